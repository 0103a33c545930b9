"""The site in headless Chromium, opened from disk. Skipped where Playwright (extra `browser`) or Chromium is missing.

Nothing here depends on how long anything takes: `python -m speed.site` measures that.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile import HOSTILE

from boards import make_board, make_entry, make_system, submission
from boundarybench.leaderboard.collect import collect
from boundarybench.leaderboard.published import published
from boundarybench.leaderboard.store import Board
from boundarybench.protocol import FLOORS, RANK_FIGURE
from boundarybench.site import build, pages
from boundarybench.site.survey import Survey, survey
from boundarybench.suites.manifests import packaged
from boundarybench.uncertainty.intervals import percentiles

MASAKHANER2 = packaged()["masakhaner2"]
XTREME = packaged()["xtreme"]

api = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install 'boundarybench[browser]'")

CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install it, or set CHROMIUM to its path")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
SIZES = {"wide": (1280, 900), "middle": (768, 1000), "narrow": (390, 800)}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Tab:
    """A page that remembers whatever went wrong and whatever was asked for."""

    def __init__(self, chromium: Any, site: Path, **options: Any) -> None:
        self.site = site
        self.context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.page = self.context.new_page()
        self.page.set_default_timeout(120_000)  # a machine that others use too
        self.wrong: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(message.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.wrong.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def open(self, path: str) -> Any:
        self.page.goto(f"file://{self.site}/{path}")
        return self.page

    def see_everything(self) -> None:
        """Scroll through the page, so that everything that waits to be seen is drawn."""
        for handle in self.page.query_selector_all("section"):
            handle.scroll_into_view_if_needed()
            self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def check(self) -> None:
        assert self.wrong == []
        assert [url for url in self.requests if not url.startswith((f"file://{self.site}/", "data:"))] == []


@pytest.fixture
def tab(chromium: Any, site: Path) -> Iterator[Tab]:
    opened = Tab(chromium, site)
    yield opened
    opened.check()
    opened.context.close()


def names(page: Any, table: str = "board") -> list[str]:
    found: list[str] = page.eval_on_selector_all(f"#{table} tbody th", "cells => cells.map(cell => cell.textContent)")
    return found


def header(page: Any, key: str, table: str = "#board") -> Any:
    return page.locator(f'{table} th[data-key="{key}"] button')


def until(page: Any, expression: str) -> None:
    """Wait. Playwright's own waiting evaluates strings inside the page, which the page's policy forbids."""
    for _ in range(1200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)


def set_floor(page: Any, value: int) -> None:
    page.locator("#floor").fill(str(value))
    until(page, f"document.querySelector('#board th[data-key=bp]').textContent === 'BP@{value}'")


class TestEveryPage:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("size", SIZES)
    def test_no_complaint_no_request_no_sideways_scrolling(self, chromium: Any, site: Path, size: str, scheme: str) -> None:
        width, height = SIZES[size]
        tab = Tab(chromium, site, viewport={"width": width, "height": height}, color_scheme=scheme)
        for path in ("index.html", "system/loud.html", "system/hostile.html", "system/part.html", "language/sample-ar.html"):
            page = tab.open(path)
            tab.see_everything()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        tab.check()
        tab.context.close()

    def test_without_scripts_the_board_is_there(self, chromium: Any, site: Path) -> None:
        tab = Tab(chromium, site, java_script_enabled=False)
        page = tab.open("index.html")
        assert page.locator("#board tbody tr").count() == 3
        assert page.locator("#apart tbody tr").count() == 1
        assert not page.locator("#floor").is_visible()
        tab.context.close()

    def test_the_policy_stops_what_is_inline(self, tab: Tab) -> None:
        page = tab.open("index.html")
        page.evaluate("""() => {
          const script = document.createElement("script");
          script.textContent = "window.broken = true";
          document.body.append(script);
        }""")
        assert page.evaluate("window.broken") is None
        assert len(tab.wrong) == 1
        assert "Content Security Policy" in tab.wrong.pop()

    def test_strangers_of_a_board_made_by_hand(self, chromium: Any, tmp_path: Path) -> None:
        system = make_system(description=HOSTILE, authors=(HOSTILE,), family=HOSTILE, selection=HOSTILE, url=HOSTILE)
        board = make_board(make_entry("a-name", suites=(XTREME, MASAKHANER2), system=system), make_entry("b-name", 0.4))
        build.write(tmp_path / "site", pages.render(board, Survey({}, {}, {}), published()))
        tab = Tab(chromium, tmp_path / "site")
        for path in ("index.html", "masakhaner2.html", "system/a-name.html"):
            page = tab.open(path)
            tab.see_everything()
            assert page.locator("img, script:not([src]):not([type])").count() == 0
        assert page.locator("main > p").first.text_content() == HOSTILE
        tab.check()
        tab.context.close()


class TestWhatNeedsNoModel:
    def test_it_stands_in_every_chart(self, chromium: Any, submissions: Path, tmp_path: Path) -> None:
        root = tmp_path / "submissions"
        shutil.copytree(submissions, root)
        submission(root, "rule", family="other", tracks={"default": "zero-shot"})
        board = collect(root, None)
        build.write(tmp_path / "site", pages.render(board, survey(root, board), ()))
        tab = Tab(chromium, tmp_path / "site")
        labels = "Object.values(Chart.instances).map((chart) => chart.data.datasets.map((set) => set.label))"
        page = tab.open("index.html")
        tab.see_everything()
        drawn = page.evaluate(labels)
        assert len(drawn) == 2  # precision against recall, and the differences to the first row, which is another one
        assert all("rule (no model, no labels)" in chart for chart in drawn)
        figures = {row.name: {each.lang: each.figures[RANK_FIGURE] or 0.0 for each in row.rows} for row in board.entries.values()}
        for name, values in figures.items():
            line = page.locator("#heatmap tbody tr").filter(has=page.get_by_role("link", name=name, exact=True))
            expected = sum(value <= figures["rule"][lang] for lang, value in values.items()) if name != "rule" else 0
            assert line.locator("td.under").count() == expected
        assert page.locator("#heatmap td.under").count() > 0
        page = tab.open("system/loud.html")
        tab.see_everything()
        drawn = page.evaluate(labels)
        assert len(drawn) == 2  # error classes, and offsets
        assert all(any(label.endswith(": rule (no model, no labels)") for label in chart) for chart in drawn)
        page = tab.open("system/rule.html")
        tab.see_everything()
        assert not any("no model" in label for chart in page.evaluate(labels) for label in chart)
        tab.check()
        tab.context.close()


class TestTheBoard:
    def test_it_comes_ranked(self, tab: Tab) -> None:
        page = tab.open("index.html")
        assert names(page) == ["hostile", "loud", "quiet"]
        assert names(page, "apart") == ["part"]
        assert page.locator("#board th[data-key=rank]").get_attribute("aria-sort") == "ascending"

    def test_headers_sort_and_sort_back(self, tab: Tab) -> None:
        page = tab.open("index.html")
        recall = {system["name"]: system["recall"] for system in page.evaluate("Board.data.systems") if system["ranked"]}
        best_first = sorted(recall, key=recall.__getitem__, reverse=True)
        header(page, "boundary-recall").click()
        assert names(page) == best_first
        assert page.locator("#board th[data-key=boundary-recall]").get_attribute("aria-sort") == "descending"
        assert page.locator("#board th[aria-sort]").count() == 1
        header(page, "boundary-recall").click()
        assert names(page) == best_first[::-1]
        header(page, "name").click()
        assert names(page) == sorted(recall)

    def test_what_has_no_value_comes_last_either_way(self, tab: Tab) -> None:
        page = tab.open("sample.html")
        for _ in range(2):
            page.evaluate("document.querySelector('#board tbody tr:has(a[href*=loud]) .interval').dataset.value = ''")
            header(page, "interval").click()
            page.locator("#floor").dispatch_event("input")
            until(page, "document.querySelector('#board tbody').lastElementChild.textContent.includes('loud')")

    def test_filters(self, tab: Tab) -> None:
        page = tab.open("index.html")
        page.locator("#filter-family").select_option("annotation-projection")
        assert names(page) == ["quiet"]
        assert "1 of 4" in page.locator("#status").text_content()
        page.locator("#filter-family").select_option("")
        page.locator("#filter-open").check()
        assert names(page) == ["loud", "quiet"]
        assert names(page, "apart") == ["part"]
        page.locator("#filter-name").fill("OU")
        assert names(page) == ["loud"]
        assert names(page, "apart") == []
        assert "1 of 4" in page.locator("#status").text_content()
        page.locator("#filter-name").fill("(*")
        assert names(page) == []
        page.locator("#filter-name").fill("")
        page.locator("#filter-open").uncheck()
        assert len(names(page) + names(page, "apart")) == 4

    def test_the_slider_gives_the_scorers_figures(self, tab: Tab, board: Board) -> None:
        page = tab.open("index.html")
        for figure, floor in FLOORS.items():
            found = page.evaluate(f"Object.fromEntries(Board.data.systems.map(s => [s.name, Board.meanAt(s, {floor})]))")
            for name, entry in board.entries.items():
                mean = entry.mean("sample")
                assert mean is not None
                assert found[name] == pytest.approx(mean.figures[figure], abs=1e-12)

    def test_the_slider_ranks_anew(self, tab: Tab) -> None:
        page = tab.open("index.html")
        set_floor(page, 25)
        assert names(page)[0] == "quiet"  # right in all that it says, and it says a third
        assert "▲" in page.locator("#board tbody tr").first.locator(".rank").text_content()
        set_floor(page, 100)
        assert names(page) == ["loud", "hostile", "quiet"]  # `hostile` misses a fifth more
        assert page.locator("#floor-shown").text_content() == "100"
        set_floor(page, 75)
        assert page.locator("#board .rank small").count() == 0

    def test_the_slider_leaves_the_chosen_order(self, tab: Tab) -> None:
        page = tab.open("index.html")
        header(page, "name").click()
        set_floor(page, 25)
        assert names(page) == ["hostile", "loud", "quiet"]

    def test_a_row_apart_stands_beside_the_best_ranked_one_on_its_languages(self, tab: Tab, board: Board) -> None:
        page = tab.open("index.html")
        part = board.entries["part"]
        for floor, figure in ((75, "bp75"), (25, "bp25"), (100, "bp100")):
            set_floor(page, floor)
            inside = {row.lang for row in part.rows}
            means = {
                name: np.mean([row.figures[figure] for row in entry.rows if row.lang in inside])
                for name, entry in board.entries.items()
                if name != "part"
            }
            cell = page.locator("#apart .beside-row")
            assert float(cell.get_attribute("data-value")) == pytest.approx(max(means.values()))
            assert means[cell.locator("a").text_content()] == max(means.values())
            mean = part.mean("sample")
            assert mean is not None
            assert page.locator("#apart .bp").text_content() == f"{100 * mean.figures[figure]:.1f}"

    def test_by_keyboard_alone(self, tab: Tab) -> None:
        page = tab.open("index.html")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to content"
        reached: list[str] = []
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.id || document.activeElement.closest('th')?.dataset.key || ''"))
            if reached[-1] == "floor":
                page.keyboard.press("ArrowRight")
            if reached[-1] == "name":
                page.keyboard.press("Enter")
                break
        assert {"floor", "filter-name", "filter-family", "filter-track", "filter-open", "rank", "name"} <= set(reached)
        assert page.locator("#floor").input_value() == "76"
        assert names(page) == ["hostile", "loud", "quiet"]
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"

    def test_going_back_keeps_what_was_chosen(self, tab: Tab) -> None:
        page = tab.open("index.html")
        page.locator("#filter-name").fill("qu")
        page.locator("#board tbody th a").click()
        page.wait_for_url("**/system/quiet.html")
        page.go_back()
        until(page, "document.querySelectorAll('#board tbody tr').length === (document.getElementById('filter-name').value ? 1 : 3)")


class TestCharts:
    def test_precision_against_recall_shows_the_boards_rows_and_its_line(self, tab: Tab) -> None:
        page = tab.open("index.html")
        tab.see_everything()
        until(page, "!!Chart.getChart('scatter')")
        sets = "Chart.getChart('scatter').data.datasets"
        assert page.evaluate(f"{sets}.flatMap(s => s.data).filter(p => p.system).length") == 3
        assert page.evaluate(f"{sets}.at(-1).data.at(-1)") == {"x": 75, "y": 100}
        page.evaluate("scrollTo(0, 0)")
        page.locator("#filter-name").fill("quiet")
        set_floor(page, 50)
        tab.see_everything()
        until(page, f"{sets}.at(-1).data.at(-1).x === 50")
        assert page.evaluate(f"{sets}.flatMap(s => s.data).filter(p => p.system).map(p => p.system.name)") == ["quiet"]

    def test_the_heatmap_is_the_board_by_language(self, tab: Tab, board: Board) -> None:
        page = tab.open("index.html")
        tab.see_everything()
        until(page, "document.querySelectorAll('#heatmap tbody tr').length === 4")
        assert names(page, "heatmap") == names(page) + names(page, "apart")
        codes = page.eval_on_selector_all("#heatmap thead a", "cells => cells.map(cell => cell.textContent)")
        cells = page.eval_on_selector_all(
            "#heatmap tbody tr", "rows => rows.map(row => [...row.cells].slice(1).map(cell => cell.textContent))"
        )
        for name, line in zip(names(page, "heatmap"), cells, strict=True):
            known = {row.lang: row.figures["bp75"] for row in board.entries[name].rows}
            for code, shown in zip(codes, line, strict=True):
                value = known.get(code)
                assert (shown == "") == (value is None)
                assert value is None or abs(int(shown) - 100 * value) <= 0.5 + 1e-9

    def test_differences_are_those_of_the_replicates(self, tab: Tab, surveyed: Survey) -> None:
        page = tab.open("index.html")
        page.locator("#differences-title").scroll_into_view_if_needed()
        page.wait_for_selector("#differences tbody tr")
        values = surveyed.resampled["sample"]
        for baseline in ("hostile", "quiet"):
            page.locator("#baseline").select_option(label=baseline)
            rows = page.eval_on_selector_all(
                "#differences tbody tr", "rows => rows.map(row => [...row.cells].map(cell => cell.dataset.value ?? cell.textContent))"
            )
            assert {row[0] for row in rows} == {"hostile", "loud", "quiet"} - {baseline}
            for name, difference, low, high, p, words in rows:
                expected = percentiles((values[name] - values[baseline])[np.newaxis], np.inf)[0]
                assert (float(low), float(high)) == pytest.approx(expected, abs=1 / 65535)
                assert float(low) < float(difference) < float(high)
                assert 0 < float(p) <= 1
                assert words == ("no difference shown" if float(p) >= 0.05 else "better" if float(difference) > 0 else "worse")

    def test_colours_follow_the_scheme(self, tab: Tab) -> None:
        page = tab.open("index.html")
        page.locator("#scatter").scroll_into_view_if_needed()
        until(page, "!!Chart.getChart('scatter')")
        colour = "Chart.getChart('scatter').data.datasets[0].backgroundColor"
        before = page.evaluate(colour)
        page.emulate_media(color_scheme="dark")
        until(page, f"{colour} !== '{before}'")


class TestDetails:
    def test_from_the_board_to_a_system_to_a_language_and_back(self, tab: Tab) -> None:
        page = tab.open("index.html")
        page.locator("#board tbody a", has_text="loud").click()
        page.wait_for_url("**/system/loud.html")
        page.get_by_role("link", name="Arabic").click()
        page.wait_for_url("**/language/sample-ar.html")
        assert page.locator("h1").text_content().startswith("Arabic")
        page.get_by_role("link", name="Sample suite").first.click()
        page.wait_for_url("**/sample.html")

    def test_tables_sort(self, tab: Tab) -> None:
        page = tab.open("language/sample-de.html")
        header(page, "boundary-recall", "table.sortable").click()
        shown = page.eval_on_selector_all("table.sortable tbody tr", "rows => rows.map(row => Number(row.cells[4].dataset.value))")
        assert shown == sorted(shown, reverse=True)
        assert len(shown) == 4

    def test_the_classes_of_a_system(self, tab: Tab, board: Board) -> None:
        page = tab.open("system/quiet.html")
        tab.see_everything()
        until(page, "!!Chart.getChart('classes')")
        (bars,) = page.evaluate("Chart.getChart('classes').data.datasets.map(set => set.data)")
        labels = page.evaluate("Chart.getChart('classes').data.labels")
        assert {label for label, share in zip(labels, bars, strict=True) if share} == {"missed"}

    def test_right_to_left_lines_begin_on_the_right(self, tab: Tab) -> None:
        page = tab.open("language/sample-ar.html")
        box = page.locator(".example dd").first.bounding_box()
        first = page.evaluate("""() => {
          const range = document.createRange();
          const line = document.querySelector(".example dd");
          range.setStart(line.firstChild.nodeType === 3 ? line.firstChild : line.firstChild.firstChild, 0);
          range.setEnd(range.startContainer, 1);
          return range.getBoundingClientRect().right;
        }""")
        assert abs(box["x"] + box["width"] - first) < 20
