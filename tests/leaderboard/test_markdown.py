"""The page: what stands where, for boards of every shape."""

import re

import pytest
import tabulate

from boards import REPOSITORY, make_board, make_entry, make_system, with_tests
from boundarybench.leaderboard.markdown import MAX_COLUMNS, render
from boundarybench.leaderboard.published import published
from boundarybench.leaderboard.signatures import OVERALL, table_signature
from boundarybench.leaderboard.store import Board
from boundarybench.protocol import VERSION
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import ranked

MASAKHANER2 = packaged()["masakhaner2"]
SAMPLE = packaged()["sample"]
XTREME = packaged()["xtreme"]

BOTH = (MASAKHANER2, XTREME)


def tables(page: str, heading: str) -> list[list[list[str]]]:
    """The tables below a heading: rows of cells."""
    section = re.split(r"^## ", page, flags=re.MULTILINE)
    (wanted,) = [part for part in section if part.startswith(heading)]
    found: list[list[list[str]]] = [[]]
    for line in wanted.split("\n"):
        if line.startswith("|"):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [table for table in found if table]


def test_a_table_names_rank_and_figures() -> None:
    board = with_tests(make_board(make_entry("a", 0.5, **{"bp25": 0.1, "boundary.recall": 0.123}), make_entry("b", 0.25)))
    page = render(board, ())
    in_rank, *_ = tables(page, "MasakhaNER 2.0 (`masakhaner2`)")
    assert in_rank[0] == [
        "rank",
        "range",
        "system",
        "family",
        "BP@75 (95 %)",
        "languages like these (95 %)",
        "BP",
        "BR",
        "BF1",
        "BP@50",
        "typed F1",
        "AP",
        "25/50/100",
    ]
    first = ["1", "1–2", "[a](submissions/a)", "model-transfer", "50.0 (25.0–50.0)", "–", "50.0", "12.3", *["50.0"] * 4, "2 / 1 / 1"]
    assert in_rank[2:] == [first, ["2", "1–2", "[b](submissions/b)", "model-transfer", "25.0 (12.5–25.0)", "–", *["25.0"] * 6, "1 / 2 / 2"]]
    in_rank, *_ = tables(render(Board(board.protocol, board.entries), ()), "MasakhaNER 2.0 (`masakhaner2`)")
    assert [row[1] for row in in_rank[2:]] == ["–", "–"]  # a board of before there were tests


def test_rows_that_are_not_ranked_stand_below_with_the_reason() -> None:
    page = render(make_board(make_entry("a", 0.5), make_entry("b", 0.9, without=["swa", "yor"])), ())
    in_rank, others, *_ = tables(page, "MasakhaNER")
    assert len(in_rank) == 3
    system, _, languages, *_, beside, reason = others[2]
    assert (system, languages, beside) == ("[b](submissions/b)", "all 18 but swa yor", "50.0 [a](submissions/a)")
    assert reason == "incomplete: 16 of 18 languages"


def test_means_over_other_languages_stand_in_tables_of_their_own() -> None:
    few = [language for language in ranked(MASAKHANER2) if language not in ("swa", "yor")]
    page = render(
        make_board(
            make_entry("a", 0.5),
            make_entry("b", 0.9, without=["swa"]),
            make_entry("c", 0.8, tracks={"swa": "supervised"}),
            make_entry("d", 0.7, without=few, tracks={"yor": "oracle"}),
        ),
        (),
    )
    _, incomplete, oracle, supervised, *_ = tables(page, "MasakhaNER")
    assert [[row[0] for row in table[2:]] for table in (incomplete, oracle, supervised)] == [
        ["[b](submissions/b)"],
        ["[d](submissions/d)"],
        ["[c](submissions/c)"],
    ]
    assert [table[2][2] for table in (incomplete, oracle, supervised)] == ["all 18 but swa", "2: swa yor", "all 18"]
    assert "**Oracle**: human translations" in page
    only_unranked = tables(render(make_board(make_entry("b", 0.9, without=["swa"])), ()), "MasakhaNER")
    assert only_unranked[0][2][-2] == "–"


def test_sections_stand_in_order_and_only_where_there_are_rows() -> None:
    page = render(make_board(make_entry("a", suites=BOTH), make_entry("b", suites=(SAMPLE,))), ())
    names = ["Overall", "MasakhaNER 2.0", "XTREME PAN-X", "The parallel sample", "Published figures", "Systems"]
    assert [heading.startswith(name) for heading, name in zip(re.findall(r"^## (.*)", page, re.MULTILINE), names, strict=True)] == [
        True
    ] * 6
    assert "**An example suite.**" in page
    assert "An example suite" not in render(make_board(make_entry("a", suites=BOTH)), ())
    assert re.findall(r"^## (.*)", render(Board(VERSION, {}), ()), re.MULTILINE) == ["Published figures"]


@pytest.mark.parametrize("suite", [OVERALL, "masakhaner2", "xtreme", "sample"])
def test_every_table_has_its_signature(suite: str) -> None:
    page = render(make_board(make_entry("a", suites=BOTH), make_entry("b", suites=(SAMPLE,))), ())
    assert f"`{table_signature(suite)}`" in page
    assert table_signature("xtreme").startswith("bp75|suite:xtreme-38|")


@pytest.mark.parametrize("count", [1, 3, MAX_COLUMNS, 20])
def test_languages_have_a_row_each_and_at_most_eight_columns(count: int) -> None:
    entries = [make_entry(f"{'long' * 4}-{index:02}", 0.5 + index / 100, BOTH) for index in range(count)]
    page = render(make_board(*entries), ())
    for heading, languages in (("MasakhaNER", 20), ("XTREME", 39)):
        *_, by_language = tables(page, heading)
        assert len(by_language) == 2 + languages
        assert {len(line) for line in by_language} == {1 + min(count, MAX_COLUMNS)}
    best = f"{'long' * 4}-{count - 1:02}"
    assert (f"**A** [{best}](submissions/{best})" in page) == (count > 3)


def test_languages_outside_the_mean_and_labels_that_were_seen_are_marked() -> None:
    page = render(make_board(make_entry("a", tracks={"swa": "supervised", "pcm": "supervised"})), ())
    *_, by_language = tables(page, "MasakhaNER")
    cells = dict(by_language[2:])
    assert cells["Naija (`pcm`) †"] == "50.0 *"
    assert cells["Swahili (`swa`)"] == "50.0 *"
    assert cells["Ewe (`ewe`)"] == "50.0"


def test_published_figures_stand_apart_beside_our_typed_means() -> None:
    page = render(make_board(make_entry("a", 0.5, BOTH), make_entry("b", 0.4, tracks={"swa": "oracle"})), published())
    masakhaner, xtreme = tables(page, "Published figures")
    assert "Reported by their authors" in page
    assert masakhaner[2] == ["scored here", "[a](submissions/a)", "18", "50.0", "50.0", "50.0"]
    assert masakhaner[3][0] == "scored here; oracle (1 of 18 languages not zero-shot)"
    assert ["reported: Politov et al. 2025", "model-transfer", "18", "48.6", "57.5", "52.1"] in masakhaner
    assert ["reported: Shkalikov 2024", "all_fusion, awesome", "18", "–", "–", "68.7"] in masakhaner
    assert len(masakhaner) == 2 + 2 + 13 + 10
    assert {row[2] for row in xtreme[2:]} == {"38"}
    assert not [row for row in tables(page, "XTREME")[0] if "Politov" in row]


def test_facets_and_bibtex_have_a_row_for_each_system() -> None:
    system = make_system(url="https://example.org/paper", facets={"aligner": "an-aligner", "open": False, "source_data": ("one", "two")})
    page = render(make_board(make_entry("a", system=system)), ())
    *_, facets = tables(page, "Systems")
    assert facets[2] == ["[a](submissions/a)", "en; one, two", "an-encoder", "–", "an-aligner", "–", "–", "no", "none", "no"]
    assert "@misc{boundarybench-a,\n" in page
    assert "  url    = {https://example.org/paper}" in page


def test_the_page_does_not_depend_on_packages_that_measure_text(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wide:
        @staticmethod
        def wcswidth(text: str) -> int:
            return 2 * len(text)

    board = make_board(make_entry("a", system=make_system(selection="李四")))
    monkeypatch.setattr(tabulate, "wcwidth", None)
    monkeypatch.setattr(tabulate, "WIDE_CHARS_MODE", False)
    expected = render(board, ())
    monkeypatch.setattr(tabulate, "wcwidth", Wide)
    monkeypatch.setattr(tabulate, "WIDE_CHARS_MODE", True)
    assert render(board, ()) == expected


def test_links_lead_to_files_of_the_repository() -> None:
    page = (REPOSITORY / "leaderboard.md").read_text()
    for target in re.findall(r"\]\(([^)]*)\)", page):
        assert (REPOSITORY / target).exists(), target
