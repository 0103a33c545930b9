// Paired differences: any two systems that were resampled together, replicate by replicate.
"use strict";

(() => {
  const { data } = Board;
  const canvas = document.getElementById("forest");
  if (!canvas) return;
  const { groups, largest } = data.differences;
  const LEVEL = 0.05;

  /** The replicates of each system that has some, by index: shares of one, 16 bits each, little-endian. */
  const replicates = new Map();
  const groupOf = new Map();
  for (const group of groups) {
    group.systems.forEach((index, k) => {
      groupOf.set(index, group);
      replicates.set(index, group.values[k]);
    });
  }
  function valuesOf(index) {
    const found = replicates.get(index);
    if (typeof found !== "string") return found;
    const view = new DataView(Uint8Array.from(atob(found), (character) => character.charCodeAt(0)).buffer);
    const values = Float64Array.from({ length: view.byteLength / 2 }, (_, k) => view.getUint16(2 * k, true) / largest);
    replicates.set(index, values);
    return values;
  }

  /** numpy's percentile: linear between the two values beside it. */
  function quantile(sorted, share) {
    const place = share * (sorted.length - 1);
    const low = Math.floor(place);
    const high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
  }

  function pOf(a, b) {
    if (!data.tests) return undefined;
    const places = [a, b].map((index) => data.tests.systems.indexOf(index)).sort((x, y) => x - y);
    if (places[0] < 0) return undefined;
    return (1 + data.tests.extreme[places[1]][places[0]]) / (1 + data.tests.replicates);
  }

  function words(difference, low, high, p) {
    if (p !== undefined) {
      if (p >= LEVEL || difference === 0) return "no difference shown";
      return difference > 0 ? "better" : "worse";
    }
    if (low > 0) return "interval above 0";
    return high < 0 ? "interval below 0" : "interval holds 0";
  }

  function compare(baseline, index) {
    const a = valuesOf(baseline);
    const sorted = valuesOf(index).map((value, k) => value - a[k]).sort();
    const difference = data.systems[index].rank_figure - data.systems[baseline].rank_figure;
    const [low, high] = [quantile(sorted, LEVEL / 2), quantile(sorted, 1 - LEVEL / 2)];
    const p = pOf(baseline, index);
    return { system: data.systems[index], difference, low, high, p, words: words(difference, low, high, p) };
  }

  function line(found) {
    const row = Site.element("tr");
    const name = Site.element("th", undefined, { scope: "row" });
    name.append(Site.element("a", found.system.name, { href: found.system.page }));
    const number = (text, value) => Site.element("td", text, { class: "number", "data-value": value ?? "" });
    row.append(
      name,
      ...["difference", "low", "high"].map((key) => number(Site.points(found[key]), found[key])),
      number(found.p === undefined ? "–" : found.p.toFixed(3), found.p),
      Site.element("td", found.words),
    );
    return row;
  }

  const select = document.getElementById("baseline");
  for (const group of groups) {
    for (const index of group.systems) select.append(Site.element("option", data.systems[index].name, { value: index }));
  }
  const table = Site.sortable(document.getElementById("differences"));
  let rows = [];
  let held = null;

  /** Where what needs neither model nor labels stands; nothing where it is the baseline or cannot be compared with it. */
  function unaidedLine() {
    const found = data.unaided && rows.find((row) => row.system === data.systems[data.unaided.system]);
    if (!found) return [];
    const x = 100 * found.difference;
    return [{
      type: "line",
      label: data.unaided.label,
      data: [rows[0], rows[rows.length - 1]].map((row) => ({ x, y: row.system.name })),
      borderColor: Site.colour("ink"),
      borderDash: [2, 3],
      borderWidth: 1.5,
      pointStyle: "line",
      radius: 0,
      hitRadius: 0,
    }];
  }

  function configure() {
    const line = unaidedLine();
    return {
      type: "bar",
      data: {
        labels: rows.map((row) => row.system.name),
        datasets: [
          {
            type: "scatter",
            label: "difference",
            data: rows.map((row) => ({ x: 100 * row.difference, y: row.system.name })),
            backgroundColor: Site.colour("ink"),
            radius: 4,
          },
          {
            label: "95 % interval",
            data: rows.map((row) => [100 * row.low, 100 * row.high]),
            backgroundColor: rows.map((row) => Site.colour(row.low > 0 ? "blue" : row.high < 0 ? "orange" : "grey")),
            barThickness: 8,
          },
          ...line,
        ],
      },
      options: {
        indexAxis: "y",
        scales: {
          x: {
            title: { display: true, text: "difference in mean BP@75, points" },
            grace: "5%",
            grid: { color: ({ tick }) => Site.colour(tick && tick.value === 0 ? "ink" : "rule") },
          },
          y: { type: "category", offset: true, ticks: { autoSkip: false } },
        },
        plugins: {
          legend: { display: line.length > 0, labels: { usePointStyle: true, filter: ({ text }) => text === line[0]?.label } },
          tooltip: {
            callbacks: {
              label: ({ dataIndex }) => {
                const row = rows[dataIndex];
                return `${Site.points(row.difference)} (${Site.points(row.low)} to ${Site.points(row.high)})`;
              },
            },
          },
        },
      },
    };
  }

  function show() {
    const baseline = Number(select.value);
    rows = groupOf.get(baseline).systems.filter((index) => index !== baseline).map((index) => compare(baseline, index));
    table.refresh(rows.map(line));
    canvas.parentElement.style.height = `${90 + 24 * rows.length}px`;
    if (held) held.redraw();
    else held = Site.chart(canvas, configure);
  }
  select.addEventListener("input", Site.lazily(canvas.closest("section"), show));
})();
