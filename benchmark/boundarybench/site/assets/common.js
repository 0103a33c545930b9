// What all pages share: the data of the page, tables that sort and filter, charts that follow the colour scheme.
// Text of strangers reaches the document through textContent only, and charts draw it on a canvas.
"use strict";

const Site = (() => {
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const charts = [];

  /** The page's data; null where it has none. */
  function data() {
    const block = document.getElementById("data");
    return block && JSON.parse(block.textContent);
  }

  /** A share as a percentage. */
  function percent(value) {
    return value === null || value === undefined ? "–" : (100 * value).toFixed(1);
  }

  /** A difference of shares in points, with its sign. */
  function points(value) {
    const text = Math.abs(100 * value).toFixed(1);
    return (value < 0 && Number(text) > 0 ? "−" : "+") + text;
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  }

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  /**
   * Keep something that costs time fresh: `show` is called when `target` comes near the window, and after a change (a call of what
   * is returned) at once where it is near, else when it comes near again.
   */
  function lazily(target, show) {
    let near = false;
    let stale = true;
    const update = () => {
      if (!near || !stale) return;
      stale = false;
      show();
    };
    new IntersectionObserver((entries) => {
      near = entries[entries.length - 1].isIntersecting;
      update();
    }, { rootMargin: "300px" }).observe(target);
    return () => {
      stale = true;
      update();
    };
  }

  /** A chart that is drawn anew in the colours of the scheme; `configure` gives its configuration in the present ones. */
  function chart(canvas, configure) {
    Chart.defaults.animation = false;
    Chart.defaults.maintainAspectRatio = false;
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    const theme = () => {
      Chart.defaults.color = colour("ink");
      Chart.defaults.borderColor = colour("rule");
    };
    theme();
    const held = { chart: new Chart(canvas, configure()) };
    held.redraw = () => {
      theme();
      held.chart.destroy();
      held.chart = new Chart(canvas, configure());
    };
    charts.push(held);
    return held;
  }

  scheme.addEventListener("change", () => charts.forEach((held) => held.redraw()));

  function valueOf(cell, type) {
    const text = cell.dataset.value ?? cell.textContent.trim();
    if (type === "text") return text;
    return text === "" || text === "–" ? undefined : Number(text.replaceAll(",", ""));
  }

  /**
   * Make a table sort by its headers, and filter by what `filter` says.
   *
   * `sorting`: as TanStack's. `extra(index)`: further values of a row, to filter by. `changed(indices)`: called with the rows
   * that are shown, as indices into the rows as they came.
   */
  function sortable(table, { sorting = [], extra = () => ({}), changed = () => {} } = {}) {
    const body = table.tBodies[0];
    const headers = [...table.tHead.rows[0].cells];
    let rows = [...body.rows];

    const read = () => rows.map((row, index) => {
      const values = extra(index);
      headers.forEach((header, k) => { values[header.dataset.key] = valueOf(row.cells[k], header.dataset.type); });
      return { row, index, values };
    });
    const column = (id, type, first) => ({
      id,
      accessorFn: (entry) => entry.values[id],
      sortingFn: type === "text" ? "alphanumeric" : "basic",
      sortUndefined: "last",
      sortDescFirst: type !== "text" && first !== "asc",
      filterFn: (row, key, wanted) => wanted(row.getValue(key)),
    });
    const known = new Set(headers.map((header) => header.dataset.key));
    const model = TableCore.createTable({
      data: read(),
      columns: [
        ...headers.map((header) => column(header.dataset.key, header.dataset.type, header.dataset.first)),
        ...Object.keys(rows.length ? extra(0) : {}).filter((key) => !known.has(key)).map((key) => column(key, "text")),
      ],
      state: {},
      enableSortingRemoval: false,
      renderFallbackValue: null,
      onStateChange: () => {},
      getCoreRowModel: TableCore.getCoreRowModel(),
      getFilteredRowModel: TableCore.getFilteredRowModel(),
      getSortedRowModel: TableCore.getSortedRowModel(),
    });
    let state = { ...model.initialState, sorting };
    const keep = (next) => {
      state = typeof next === "function" ? next(state) : next;
      model.setOptions((old) => ({ ...old, state, onStateChange: change }));
    };
    const change = (next) => {
      keep(next);
      show();
    };
    keep(state);

    function show() {
      const shown = model.getRowModel().rows.map((row) => row.original);
      // The page comes in the order that it is first sorted in.
      if (shown.length !== body.rows.length || shown.some((entry, k) => entry.row !== body.rows[k])) {
        body.replaceChildren(...shown.map((entry) => entry.row));
      }
      const first = state.sorting[0];
      for (const header of headers) {
        const sorted = first && first.id === header.dataset.key;
        if (sorted) header.setAttribute("aria-sort", first.desc ? "descending" : "ascending");
        else header.removeAttribute("aria-sort");
      }
      changed(shown.map((entry) => entry.index));
    }

    for (const header of headers) {
      const button = element("button", undefined, { type: "button" });
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", (event) => model.getColumn(header.dataset.key).toggleSorting(undefined, event.shiftKey));
    }
    if (sorting.length) show();

    return {
      /** Read the cells again, after they or the rows have changed. */
      refresh(newRows) {
        rows = newRows ?? rows;
        model.setOptions((old) => ({ ...old, data: read() }));
        show();
      },
      /** Show only rows whose value `wanted` accepts; all where it is null. */
      filter(id, wanted) {
        model.getColumn(id).setFilterValue(() => wanted ?? undefined);
      },
      get sorting() {
        return state.sorting[0];
      },
    };
  }

  for (const cell of document.querySelectorAll("td.interval[data-high]")) {
    const [low, high] = [Number(cell.dataset.value), Number(cell.dataset.high)];
    cell.style.setProperty("--span", `${Math.max(1, 100 * (high - low))}%`);
    // Where a background of that width stands so that it begins at `low`.
    cell.style.setProperty("--from", `${high - low < 1 ? (100 * low) / (1 - (high - low)) : 0}%`);
  }
  for (const hidden of document.querySelectorAll(".needs-script")) hidden.hidden = false;

  return { chart, colour, data, element, lazily, percent, points, sortable };
})();
