"""Speed of the site: `python -m speed.site [--systems 200] [--chromium /usr/bin/chromium]`.

A board of 200 synthetic systems on all 57 pairs is built, opened from disk in headless Chromium, and measured by the browser's own clock:
first contentful paint of a page that was just opened; then, from the event to the end of the layout that it causes, a sort, a filter and
a step of the slider. Medians of some runs. Needs the extra `browser`.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np
from tabulate import tabulate

from boundarybench.leaderboard.published import published
from boundarybench.leaderboard.signatures import OVERALL, OVERALL_SUITES, table_signature
from boundarybench.leaderboard.store import Board, Entry, Facets, Figures, LanguageRow, MeanRow, SystemFacts
from boundarybench.protocol import FLOORS, RANK_FIGURE, REPLICATES, VERSION
from boundarybench.scoring.anatomy import CLASSES, MISSED
from boundarybench.scoring.arithmetic import bp_at
from boundarybench.scoring.figures import stored
from boundarybench.site import build, pages
from boundarybench.site.survey import Survey
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import pins, ranked, unpinned

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

#: From an event to the end of the layout that it causes, in milliseconds.
_TIMED = """([action]) => {
  const act = {
    sort: () => document.querySelector('#board th[data-key="f1"] button').click(),
    filter: () => {
      const field = document.getElementById("filter-name");
      field.value = field.value ? "" : "7";
      field.dispatchEvent(new Event("input"));
    },
    slider: () => {
      const slider = document.getElementById("floor");
      slider.value = slider.value === "60" ? "61" : "60";
      slider.dispatchEvent(new Event("input"));
    },
  }[action];
  return new Promise((resolve) => {
    const begin = performance.now();
    act();
    // The slider works in the next frame, once per frame; layout is forced either way.
    const end = () => { document.body.getBoundingClientRect(); resolve(performance.now() - begin); };
    if (action === "slider") requestAnimationFrame(end); else end();
  });
}"""
_PAINT = 'performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null'


def main() -> int:
    """Measure, and print the table as markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systems", type=int, default=200)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    args = parser.parse_args()
    board, survey = synthetic(args.systems)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "site"
        begin = time.perf_counter()
        build.write(out, pages.render(board, survey, published()))
        seconds = time.perf_counter() - begin
        sizes = {path: (out / path).stat().st_size for path in ("index.html", "system/s-000.html")}
        total = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
        rows = [
            ["pages written", f"{seconds:.1f} s"],
            ["size of all, of the assets", f"{total / 1e6:.1f} MB, {sum(map(len, build.assets().values())) / 1e3:.0f} kB"],
            *([path, f"{size / 1e3:.0f} kB"] for path, size in sizes.items()),
            *_measure(out, args.chromium, args.runs),
        ]
    print(tabulate(rows, (f"{args.systems} systems, 57 languages", "")))
    return 0


def _measure(out: Path, chromium: str, runs: int) -> list[list[str]]:
    from playwright.sync_api import sync_playwright

    address = f"file://{out}/index.html"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        paints, ready = [], []
        for _ in range(runs):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(address)
            page.wait_for_function(_PAINT)
            paints.append(page.evaluate(_PAINT))
            ready.append(page.evaluate('performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd'))
            page.close()
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        board_only = {action: _median(page, action, runs) for action in ("sort", "filter", "slider")}
        for target in ("#scatter", "#heatmap", "#differences"):  # everything is drawn from here on
            page.locator(target).scroll_into_view_if_needed()
            page.wait_for_timeout(1000)
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(500)
        with_charts = {action: _median(page, action, runs) for action in ("sort", "filter", "slider")}
        browser.close()
    return [
        ["first contentful paint", f"{median(paints):.0f} ms"],
        ["scripts have run", f"{median(ready):.0f} ms"],
        *(
            [f"{name}: board alone, with all charts drawn", f"{alone:.0f} ms, {with_charts[name]:.0f} ms"]
            for name, alone in board_only.items()
        ),
    ]


def _median(page: Any, action: str, runs: int) -> float:
    times = [page.evaluate(_TIMED, [action]) for _ in range(runs)]
    page.locator("#filter-name").fill("")  # all rows again
    return float(median(times))


def synthetic(systems: int) -> tuple[Board, Survey]:
    """A board of complete zero-shot systems, and a survey with replicates around their means."""
    draw = random.Random(0)
    entries = {name: _entry(name, draw) for name in (f"s-{k:03d}" for k in range(systems))}
    noise = np.random.RandomState(0)
    resampled = {
        suite.name: {
            name: np.clip(figure + 0.01 * noise.standard_normal(REPLICATES), 0, 1)
            for name, entry in entries.items()
            if (mean := entry.mean(suite.name)) and (figure := mean.figures[RANK_FIGURE]) is not None
        }
        for suite in OVERALL_SUITES
    }
    return Board(VERSION, entries), Survey({}, resampled, {})


def _entry(name: str, draw: random.Random) -> Entry:
    level, talk = draw.uniform(0.3, 0.9), draw.uniform(0.3, 1.3)
    rows, means = [], []
    for suite in OVERALL_SUITES:
        of_suite = [
            _row(suite.name, language.code, level, talk, draw) for language in suite.languages if language.code not in unpinned(suite)
        ]
        inside = [row for row in of_suite if row.lang in ranked(suite)]
        means.append(_mean(suite.name, ranked(suite), inside))
        rows += of_suite
    langs = tuple(f"{suite.name}/{lang}" for suite in OVERALL_SUITES for lang in ranked(suite))
    means.append(_mean(OVERALL, langs, means))
    facets = Facets(("en",), ("CoNLL-2003",), "xlm-r-large", None, (), None, None, 1, draw.random() < 0.8)
    family = draw.choice(["model-transfer", "annotation-projection", "hybrid", "other"])
    return Entry(name, name, SystemFacts("A synthetic system.", ("Nobody",), family, facets, (), "none", "none"), tuple(rows), tuple(means))


def _row(suite: str, lang: str, level: float, talk: float, draw: random.Random) -> LanguageRow:
    pin = pins(packaged()[suite])[f"{lang}/test"]
    gold = max(20, pin.sentences)
    predicted = max(1, round(gold * talk * draw.uniform(0.8, 1.2)))
    exact = round(min(predicted, gold) * min(1.0, level * draw.uniform(0.8, 1.2)))
    precision, recall = exact / predicted, exact / gold
    floors = {name: float(bp_at(floor, exact, predicted, gold)) for name, floor in FLOORS.items()}
    figures: Figures = {
        **dict.fromkeys(stored()),
        **floors,
        "boundary.precision": precision,
        "boundary.recall": recall,
        "boundary.f1": 2 * exact / (predicted + gold),
        "typed.f1": 1.8 * exact / (predicted + gold),
    }
    interval = (0.97 * floors[RANK_FIGURE], min(1.0, 1.03 * floors[RANK_FIGURE]))
    errors = {name: (predicted - exact) // len(CLASSES) for name in (*CLASSES, MISSED)} | {"exact": exact}
    return LanguageRow(
        suite, lang, "zero-shot", "", pin.structure, True, 0, pin.sentences, pin.tokens,
        gold, predicted, exact, exact, figures, interval, errors,
    )  # fmt: skip


def _mean(suite: str, langs: tuple[str, ...], parts: Sequence[LanguageRow | MeanRow]) -> MeanRow:
    columns = {name: [value for part in parts if (value := part.figures[name]) is not None] for name in parts[0].figures}
    figures = {name: fmean(column) if column else None for name, column in columns.items()}
    figure = figures[RANK_FIGURE] or 0.0
    return MeanRow(suite, table_signature(suite), langs, (), True, figures, (0.99 * figure, min(1.0, 1.01 * figure)))


if __name__ == "__main__":
    raise SystemExit(main())
