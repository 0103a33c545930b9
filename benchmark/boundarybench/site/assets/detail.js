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
      datasets: sets.map((set) => ({
        label: set.label,
        data: set.shares.map((share) => (share === null ? null : 100 * share)),
        // Hollow: what needs neither model nor labels, in the colour of what it stands beside.
        backgroundColor: set.hollow ? "transparent" : Site.colour(COLOURS[set.colour]),
        borderColor: Site.colour(COLOURS[set.colour]),
        borderWidth: set.hollow ? 1.5 : 0,
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

  /** A set of bars and, if there is one, the hollow one beside it. */
  const beside = (label, colour, shares, unaided, theirs) => [
    { label, colour, shares },
    ...(theirs ? [{ label: `${label}: ${unaided.label}`, colour, shares: theirs, hollow: true }] : []),
  ];

  const classes = document.getElementById("classes");
  if (classes) {
    const sets = data.suites.flatMap((suite, k) => beside(suite.title, k % COLOURS.length, suite.shares, suite.unaided, suite.unaided?.shares));
    bars(classes, data.classes, sets, true, "percent of predicted spans (missed: of gold)");
  }
  for (const canvas of document.querySelectorAll("canvas.offsets")) {
    const found = data.offsets.find((offsets) => offsets.suite === canvas.dataset.suite);
    const sets = ["start", "end"].flatMap((side, k) => beside(side, k, found[side], found.unaided, found.unaided?.offsets?.[side]));
    bars(canvas, found.labels, sets, false, "percent of matched");
  }
})();
