// The board's page: ranks at any BP@k, filters, precision against recall, the heatmap.
"use strict";

const Board = (() => {
  const data = Site.data();
  const table = document.getElementById("board");
  const apart = document.getElementById("apart"); // rows whose means are over other languages, or of other exposures; null without any
  // The systems of the data are in the order of the rows, the board's before the others.
  const onBoard = table.tBodies[0].rows.length;
  const rows = [table, apart].flatMap((each) => (each ? [...each.tBodies[0].rows] : []));
  const ranked = data.systems.flatMap((system, index) => (system.ranked ? [index] : []));
  const STYLES = {
    "model-transfer": ["blue", "circle"],
    "annotation-projection": ["orange", "triangle"],
    hybrid: ["green", "rectRot"],
    other: ["grey", "rect"],
  };

  let floor = 75;
  let shown = data.systems.map((_, index) => index);

  /** BP@k of one test set: right boundaries / max(predicted, k of the gold); null where there is neither. */
  function bpAt(count, share) {
    if (!count) return null;
    const [predicted, exact, gold] = count;
    const whole = Math.max(predicted, share * gold);
    return whole > 0 ? exact / whole : null;
  }

  function average(values) {
    const known = values.filter((value) => value !== null);
    return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  }

  /** The mean over languages (all, or those where `inside` has counts), or the mean of the suites' means. */
  function meanAt(system, share, inside = system) {
    const wanted = (column) => (inside.counts[column] ? bpAt(system.counts[column], share) : null);
    return average(data.means.map((columns) => average(columns.map(wanted))));
  }

  /** The ranked system that is best over the languages of another, and its mean there; undefined where none is ranked. */
  function bestBeside(system, share) {
    return ranked.map((index) => [meanAt(data.systems[index], share, system), data.systems[index]])
      .filter(([value]) => value !== null)
      .reduce((best, pair) => (best && best[0] >= pair[0] ? best : pair), undefined);
  }

  /** One more than the number of ranked systems that are better, by index. */
  function ranksOf(figures) {
    const sorted = ranked.map((index) => figures[index] ?? -1).sort((a, b) => b - a);
    return new Map(ranked.map((index) => [index, sorted.indexOf(figures[index] ?? -1) + 1]));
  }

  const figuresAt = (share) => data.systems.map((system) => meanAt(system, share));
  const ranksOnBoard = ranksOf(figuresAt(floor / 100));

  function write(cell, text, value) {
    cell.textContent = text;
    cell.dataset.value = value ?? "";
  }

  function movement(index, rank) {
    const moved = ranksOnBoard.get(index) - rank;
    if (!moved) return [];
    const words = `${moved > 0 ? "up" : "down"} ${Math.abs(moved)} from rank ${ranksOnBoard.get(index)} at 75`;
    return [Site.element("small", `${moved > 0 ? "▲" : "▼"}${Math.abs(moved)}`, { title: words })];
  }

  function writeBeside(cell, best) {
    if (!best) return;
    const [value, system] = best;
    write(cell, `${Site.percent(value)} `, value);
    cell.append(Site.element("a", system.name, { href: system.page }));
  }

  function writeFigures() {
    const figures = figuresAt(floor / 100);
    const ranks = ranksOf(figures);
    rows.forEach((row, index) => {
      const rank = ranks.get(index);
      write(row.querySelector("td.bp"), Site.percent(figures[index]), figures[index]);
      if (index >= onBoard) {
        writeBeside(row.querySelector("td.beside-row"), bestBeside(data.systems[index], floor / 100));
        return;
      }
      const cell = row.querySelector("td.rank");
      write(cell, rank ?? "–", rank);
      if (rank) cell.append(...movement(index, rank));
    });
    for (const button of document.querySelectorAll('th[data-key="bp"] button')) button.textContent = `BP@${floor}`;
    for (const place of document.querySelectorAll(".floor-now")) place.textContent = floor;
    document.getElementById("floor-shown").textContent = floor;
  }

  const views = [];
  const parts = [[], data.systems.map((_, index) => index).slice(onBoard)];
  const sortable = (part, first, sorting) => Site.sortable(part, {
    sorting,
    extra: (index) => ({ open: data.systems[first + index].open }),
    changed(order) {
      parts[first ? 1 : 0] = order.map((index) => first + index);
      shown = parts.flat();
      document.getElementById("status").textContent = `${shown.length} of ${data.systems.length} systems shown`;
      for (const view of views) view();
    },
  });
  const tables = [sortable(table, 0, [{ id: "rank", desc: false }, { id: "bp", desc: true }])];
  if (apart) tables.push(sortable(apart, onBoard, []));

  const slider = document.getElementById("floor");
  let waiting = false;
  slider.addEventListener("input", () => {
    floor = Number(slider.value);
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      writeFigures();
      for (const each of tables) each.refresh();
    });
  });

  function choose(id, key, wantedOf) {
    const control = document.getElementById(id);
    control.addEventListener("input", () => tables.forEach((each) => each.filter(key, wantedOf(control))));
  }
  choose("filter-name", "name", ({ value }) => {
    const part = value.trim().toLowerCase();
    return part ? (name) => name.toLowerCase().includes(part) : null;
  });
  for (const key of ["family", "track"]) choose(`filter-${key}`, key, ({ value }) => (value ? (found) => found === value : null));
  choose("filter-open", "open", ({ checked }) => (checked ? (found) => found : null));

  // A browser that goes back keeps what was set.
  if (Number(slider.value) !== floor) slider.dispatchEvent(new Event("input"));
  for (const control of document.querySelectorAll('[id^="filter-"]')) {
    if (control.type === "checkbox" ? control.checked : control.value) control.dispatchEvent(new Event("input"));
  }

  /** Right of and above both lines a system has higher recall and precision than what needs neither model nor labels. */
  function unaidedLines() {
    if (!data.unaided) return [];
    const { precision, recall } = data.systems[data.unaided.system];
    const [x, y] = [100 * recall, 100 * precision];
    return [{
      label: data.unaided.label,
      type: "line",
      data: [{ x: 0, y }, { x: 100, y }, { x: NaN, y: NaN }, { x, y: 0 }, { x, y: 100 }],
      borderColor: Site.colour("ink"),
      borderDash: [2, 3],
      borderWidth: 1.5,
      pointStyle: "line",
      radius: 0,
      hitRadius: 0,
    }];
  }

  function scatter(canvas) {
    const visible = () => shown.filter((index) => index < onBoard).map((index) => data.systems[index]).filter((system) => system.precision !== null && system.recall !== null);
    const datasets = () => {
      const systems = visible();
      return [
        ...Object.entries(STYLES).map(([family, [name, pointStyle]]) => ({
          label: family,
          data: systems.filter((system) => system.family === family).map((system) => ({ x: 100 * system.recall, y: 100 * system.precision, system })),
          backgroundColor: Site.colour(name),
          borderColor: Site.colour("paper"),
          pointStyle,
          radius: 7,
          hoverRadius: 9,
        })).filter((set) => set.data.length),
        {
          label: `BP@${floor}: recall = ${(floor / 100).toFixed(2)} × precision`,
          type: "line",
          data: [{ x: 0, y: 0 }, { x: floor, y: 100 }],
          borderColor: Site.colour("ink"),
          borderDash: [6, 4],
          borderWidth: 1.5,
          pointStyle: "line",
          radius: 0,
          hitRadius: 0,
        },
        ...unaidedLines(),
      ];
    };
    const axis = (text) => ({ min: 0, max: 100, title: { display: true, text } });
    const held = Site.chart(canvas, () => ({
      type: "scatter",
      data: { datasets: datasets() },
      options: {
        scales: { x: axis("boundary recall"), y: axis("boundary precision") },
        plugins: {
          legend: { labels: { usePointStyle: true } },
          tooltip: {
            callbacks: {
              label: ({ raw }) => (raw.system ? `${raw.system.name}: precision ${raw.y.toFixed(1)}, recall ${raw.x.toFixed(1)}` : ""),
            },
          },
        },
        onClick(event, found) {
          const point = found.length && held.chart.data.datasets[found[0].datasetIndex].data[found[0].index];
          if (point && point.system) location.href = point.system.page;
        },
      },
    }));
    return () => {
      held.chart.data.datasets = datasets();
      held.chart.update();
    };
  }

  function heatmap(map) {
    const head = Site.element("tr");
    head.append(Site.element("th", "system", { scope: "col" }));
    for (const column of data.columns) {
      const cell = Site.element("th", undefined, { scope: "col", title: `${column.name}, ${column.suite}` });
      cell.append(Site.element("a", column.code, { href: column.page }), column.counted ? "" : " †");
      head.append(cell);
    }
    const lines = data.systems.map((system) => {
      const line = Site.element("tr");
      const name = Site.element("th", undefined, { scope: "row" });
      name.append(Site.element("a", system.name, { href: system.page }));
      line.append(name, ...data.columns.map(() => Site.element("td")));
      return line;
    });
    const body = Site.element("tbody");
    const top = Site.element("thead");
    top.append(head);
    map.replaceChildren(top, body);
    const filled = new Map();
    return () => {
      for (const index of shown) {
        if (filled.get(index) === floor) continue;
        filled.set(index, floor);
        data.systems[index].counts.forEach((count, k) => {
          const value = bpAt(count, floor / 100);
          const level = data.unaided && data.unaided.system !== index ? bpAt(data.systems[data.unaided.system].counts[k], floor / 100) : null;
          const cell = lines[index].cells[k + 1];
          cell.textContent = value === null ? "" : Math.round(100 * value);
          cell.className = value === null ? "" : `h${Math.round(10 * value)}${level !== null && value <= level ? " under" : ""}`;
        });
      }
      body.replaceChildren(...shown.map((index) => lines[index]));
    };
  }

  /** A view that is made when it is first seen. */
  function view(id, make) {
    const target = document.getElementById(id);
    let update = null;
    views.push(Site.lazily(target.closest("section"), () => {
      update ??= make(target);
      update();
    }));
  }
  view("scatter", scatter);
  view("heatmap", heatmap);

  return { data, bpAt, meanAt };
})();
