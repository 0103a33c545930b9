"""Suites beside "overall": a table of their own as soon as a submission has rows of them, and nothing else changes."""

import re
from pathlib import Path

import msgspec
import pytest

from boards import make_board, make_entry, make_system
from boundarybench.leaderboard.families.families_report import as_json as families
from boundarybench.leaderboard.markdown import render
from boundarybench.leaderboard.rank import standings
from boundarybench.leaderboard.signatures import OVERALL, OVERALL_SUITES, table_signature
from boundarybench.site import content
from boundarybench.suites.manifests import on_board, packaged

SUITES = packaged()
APART = [SUITES[name] for name in ("masakhaner1", "uner-pud", "europarl", "e3c")]
TRANSFER = make_entry("a", 0.5, APART)
PROJECTION = make_entry("b", 0.4, APART, system=make_system(family="annotation-projection"))


def headings(page: str) -> list[str]:
    return re.findall(r"^## .*\(`(.*)`\)$", page, re.MULTILINE)


def test_their_tables_stand_behind_those_of_overall_and_before_the_sample() -> None:
    assert [suite.name for suite in on_board()] == ["masakhaner2", "xtreme", "masakhaner1", "uner-pud", "europarl", "e3c", "sample"]
    assert [suite.name for suite in OVERALL_SUITES] == ["xtreme", "masakhaner2"]


def test_a_table_appears_when_a_submission_has_rows_of_it() -> None:
    assert headings(render(make_board(make_entry("a", suites=[SUITES["masakhaner2"]])), ())) == ["masakhaner2"]
    page = render(make_board(TRANSFER, PROJECTION), ())
    assert headings(page) == ["masakhaner1", "uner-pud", "europarl", "e3c"]
    assert "## Overall" not in page
    for suite in APART:
        assert table_signature(suite.name) in page
        assert f"**{suite.note.split('. ')[0]}.** " in page


@pytest.mark.parametrize("suite", APART, ids=lambda suite: suite.name)
def test_complete_rows_are_ranked_there_and_not_in_overall(suite) -> None:  # type: ignore[no-untyped-def]
    board = make_board(TRANSFER, PROJECTION, make_entry("c", 0.9, [suite], without=[suite.headline[0]]))
    assert [(row.name, row.rank) for row in standings(board, suite.name)] == [("a", 1), ("b", 2), ("c", None)]
    assert standings(board, OVERALL) == []


def test_a_suite_may_have_no_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    without = {name: msgspec.structs.replace(suite, ranked=name != "e3c") for name, suite in SUITES.items()}
    monkeypatch.setattr("boundarybench.leaderboard.rank.suite_of", without.__getitem__)
    monkeypatch.setattr("boundarybench.leaderboard.markdown.packaged", lambda: without)
    board = make_board(TRANSFER, PROJECTION, make_entry("c", 0.9, [SUITES["e3c"]], without=["eu"]))
    assert [(row.name, row.rank, row.reason) for row in standings(board, "e3c")] == [
        ("a", None, "this suite has no ranks"),
        ("b", None, "this suite has no ranks"),
        ("c", None, "incomplete: 3 of 4 languages; this suite has no ranks"),
    ]
    assert [row.rank for row in standings(board, "europarl")] == [1, 2]
    assert render(board, ()).count("This suite has no ranks.") == 1


def test_english_is_shown_and_not_in_the_mean() -> None:
    for name in ("uner-pud", "europarl", "e3c"):
        assert "en" in SUITES[name].codes
        assert "en" not in SUITES[name].headline
    page = render(make_board(TRANSFER), ())
    assert page.count("English (`en`) †") == 3


def test_families_and_site_take_suites_without_person_names() -> None:
    board = make_board(TRANSFER, PROJECTION)
    report = families(board)
    assert {line["suite"] for line in report["envelope"]} == {suite.name for suite in APART}
    assert {mean["suite"] for mean in report["envelope_means"]} == {suite.name for suite in APART}
    assert content.tables(board) == [suite.name for suite in APART]
    assert [content.title(table) for table in content.tables(board)] == ["MasakhaNER 1.0", "UNER PUD", "Europarl NER", "E3C"]


def test_signatures_of_the_committed_board_are_what_they_were() -> None:
    page = (Path(__file__).parents[2] / "leaderboard.md").read_text(encoding="utf-8")
    for table in ("masakhaner2", "xtreme", "sample"):
        assert f"`{table_signature(table)}`" in page
