// The pages of systems and languages: tables that sort, charts of the error classes and of offsets.
"use strict";

(() => {
  for (const table of document.querySelectorAll("table.sortable")) Site.sortable(table);
  const data = Site.data();
  if (!data) return;
  const COLOURS = ["blue", "orange", "green"];

  const bars = (canvas, labels, sets, horizontal, title) => Site.lazily(canvas, () => Site.chart(canvas, () => ({
    type: "bar",
    data: {
      labels,
      datasets: sets.map((set, k) => ({
        label: set.label,
        data: set.shares.map((share) => (share === null ? null : 100 * share)),
        backgroundColor: Site.colour(COLOURS[k]),
      })),
    },
    options: {
      indexAxis: horizontal ? "y" : "x",
      scales: {
        [horizontal ? "x" : "y"]: { beginAtZero: true, title: { display: true, text: title } },
        [horizontal ? "y" : "x"]: { ticks: { autoSkip: false } },
      },
      plugins: { tooltip: { callbacks: { label: ({ dataset, formattedValue }) => `${dataset.label}: ${formattedValue} %` } } },
    },
  })));

  const classes = document.getElementById("classes");
  if (classes) bars(classes, data.classes, data.suites.map((suite) => ({ label: suite.title, shares: suite.shares })), true, "percent of predicted spans (missed: of gold)");
  for (const canvas of document.querySelectorAll("canvas.offsets")) {
    const found = data.offsets.find((offsets) => offsets.suite === canvas.dataset.suite);
    bars(canvas, found.labels, [{ label: "start", shares: found.start }, { label: "end", shares: found.end }], false, "percent of matched");
  }
})();
