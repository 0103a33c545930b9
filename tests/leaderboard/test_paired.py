"""All paired tests of ranked rows: what they say, what is kept of them, and the ranges of ranks."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from boards import EXAMPLES, make_board, make_entry, submission, with_tests
from boundarybench.cli.main import main
from boundarybench.comparison import compare
from boundarybench.errors import DataError
from boundarybench.gold.load import load
from boundarybench.leaderboard import paired_tests, store
from boundarybench.leaderboard.collect import collect
from boundarybench.leaderboard.markdown import render
from boundarybench.leaderboard.paired_tests import _tests
from boundarybench.leaderboard.rank import standings
from boundarybench.leaderboard.readings import Readings
from boundarybench.leaderboard.signatures import OVERALL
from boundarybench.leaderboard.store import Board, PairedTests
from boundarybench.protocol import RANK_FIGURE, TYPES, VERSION
from boundarybench.scoring.score import sentence_counts
from boundarybench.submission.findings import Findings
from boundarybench.submission.predictions import read
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import ranked
from boundarybench.uncertainty.differences import SystemCounts, conclude, mean

MASAKHANER2 = packaged()["masakhaner2"]
SAMPLE = packaged()["sample"]
XTREME = packaged()["xtreme"]

ZERO_SHOT = {"tracks": {"default": "zero-shot"}}


def half_silent(folder: Path, langs: tuple[str, ...], every: int = 2) -> None:
    """Leave one sentence in `every` without entities."""
    for lang in langs:
        path = folder / "sample" / f"{lang}.jsonl"
        records = [json.loads(line) for line in path.read_text().splitlines()]
        for record in records[::every]:
            record["tags"] = ["O"] * len(record["tags"])
        path.write_text("".join(json.dumps(record) + "\n" for record in records))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Four ranked systems, two of them all but equal, and one that is not ranked."""
    folder = tmp_path / "submissions"
    folder.mkdir()
    submission(folder, "best", like="example-perfect", **ZERO_SHOT)
    submission(folder, "twin-1", **ZERO_SHOT)
    half_silent(submission(folder, "twin-2", **ZERO_SHOT), ("de",), every=30)
    half_silent(submission(folder, "worst", **ZERO_SHOT), ranked(SAMPLE))
    submission(folder, "one-language", langs=["de"], **ZERO_SHOT)
    return folder


def pairs_from_now(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Collects the pairs that are tested from now on."""
    pairs: list[tuple[str, str]] = []
    real = paired_tests._test

    def watch(root: Path, suite: str, wanted: list[tuple[str, str]]) -> object:
        pairs.extend(wanted)
        return real(root, suite, wanted)

    monkeypatch.setattr(paired_tests, "_test", watch)
    return pairs


def test_ranges_of_real_systems(root: Path) -> None:
    board = collect(root, None)
    assert {row.name: (row.rank, row.range) for row in standings(board, "sample")} == {
        "best": (1, (1, 1)),
        "twin-1": (2, (2, 3)),
        "twin-2": (3, (2, 3)),
        "worst": (4, (4, 4)),
        "one-language": (None, None),
    }
    assert board.tests["sample"].systems == ("best", "twin-1", "twin-2", "worst")
    assert set(board.tests) == {"sample"}
    page = render(board, ())
    assert "| rank   | range   |" in page
    assert "| 3      | 2–3     | [twin-2]" in page
    assert store.from_files(store.to_files(board), "x") == board


def test_ranks_are_those_of_compare(root: Path, tmp_path: Path) -> None:
    rows = [row for row in standings(collect(root, None), "sample") if row.rank is not None]
    names = sorted(row.name for row in rows)
    call = ["compare", *(str(root / name) for name in names), "--format", "json", "-o", str(tmp_path / "x.json")]
    assert main(call) == 0
    ranks = json.loads((tmp_path / "x.json").read_text())["ranks"]["sample"][RANK_FIGURE]
    found = dict(zip(names, ranks.values(), strict=True))
    assert {name: (each["rank"], tuple(each["range"])) for name, each in found.items()} == {row.name: (row.rank, row.range) for row in rows}
    assert [found[row.name]["value"] for row in rows] == [row.mean.figures[RANK_FIGURE] for row in rows]


def test_p_is_that_of_compare(root: Path) -> None:
    """Not to the last digit: compare draws more often, and asks for other figures with the same draw."""
    board = collect(root, None)
    rows = []
    for lang in ranked(SAMPLE):
        gold = load("sample", lang)
        systems = []
        for name in ("twin-1", "twin-2"):
            prediction = read((root / name / "sample" / f"{lang}.jsonl").read_bytes(), "x", gold, Findings())
            assert prediction is not None
            systems.append(SystemCounts(("",), sentence_counts(gold, prediction.codes, prediction.types, TYPES)[None]))
        rows.append(compare(gold, systems[0], systems[1], ["bp75"], 4000))
    expected = conclude(mean([row.figures["bp75"] for row in rows])).p
    assert 0.05 < expected < 1
    assert (1 + board.tests["sample"].extreme[2][1]) / 1001 == pytest.approx(expected, abs=0.05)


def test_only_pairs_with_a_change_are_tested(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = collect(root, None)
    pairs = pairs_from_now(monkeypatch)
    monkeypatch.setattr(paired_tests, "load", None)
    assert store.to_files(collect(root, board)) == store.to_files(board)
    assert pairs == []
    monkeypatch.setattr(paired_tests, "load", load)
    half_silent(root / "twin-1", ("sw", "zu"))
    changed = collect(root, board)
    assert sorted(pairs) == [("best", "twin-1"), ("twin-1", "twin-2"), ("twin-1", "worst")]
    assert store.to_files(changed) == store.to_files(collect(root, None))
    del pairs[:]
    (root / "worst" / "sample" / "de.jsonl").unlink()  # no longer ranked: the other tests are as they were
    fewer = collect(root, changed)
    assert pairs == []
    assert fewer.tests["sample"].systems == ("best", "twin-1", "twin-2")
    assert store.to_files(fewer) == store.to_files(collect(root, None))


def test_the_order_in_which_systems_came_changes_nothing(root: Path, tmp_path: Path) -> None:
    boards = []
    names = ("best", "twin-1", "twin-2", "worst", "one-language")
    for order in (names, names[::-1]):
        place = tmp_path / order[0] / "submissions"
        place.mkdir(parents=True)
        board: Board | None = None
        for name in order:
            (root / name).rename(place / name)
            board = collect(place, board)
        assert board is not None
        boards.append(store.to_files(board))
        for name in names:
            (place / name).rename(root / name)
    assert boards[0] == boards[1]


def test_a_board_without_tests_gets_them(root: Path) -> None:
    board = collect(root, None)
    before = Board(board.protocol, board.entries)
    assert collect(root, before) == board
    assert store.from_files(store.to_files(before), "x") == before


def test_ranges_by_hand() -> None:
    """a > b > c > d in figures; shown are a > c, a > d, b > d."""
    board = make_board(*(make_entry(name, bp50) for name, bp50 in (("a", 0.9), ("b", 0.8), ("c", 0.7), ("d", 0.6))))
    shown = {("a", "c"), ("a", "d"), ("b", "d")}
    known = {pair: 10 if pair in shown else 300 for pair in combinations("abcd", 2)}
    found = _tests(board, "masakhaner2", list("abcd"), known)
    assert found.ranges == {"a": (1, 2), "b": (1, 3), "c": (2, 4), "d": (3, 4)}
    assert found.extreme == ((), (300,), (10, 300), (10, 10, 300))


def test_five_percent_is_not_below_five_percent() -> None:
    board = make_board(make_entry("a", 0.9), make_entry("b", 0.8))
    assert _tests(board, "masakhaner2", ["a", "b"], {("a", "b"): 49}).ranges == {"a": (1, 1), "b": (2, 2)}  # 50 / 1001
    assert _tests(board, "masakhaner2", ["a", "b"], {("a", "b"): 50}).ranges == {"a": (1, 2), "b": (1, 2)}  # 51 / 1001


@pytest.mark.slow
def test_overall_and_suites_with_real_gold(data: Path, tmp_path: Path) -> None:
    """Two systems of all languages, one of which is silent in MasakhaNER 2.0: better in one suite, worse in the other."""
    root = tmp_path / "submissions"
    for name, first in (("aa", {"xtreme"}), ("bb", {"masakhaner2"})):
        folder = submission(root, name, langs=[], **ZERO_SHOT)
        fields = json.loads((folder / "system.json").read_text())
        for suite in (XTREME, MASAKHANER2):
            (folder / suite.name).mkdir()
            for lang in ranked(suite):
                gold = load(suite.name, lang)
                fields["gold"][f"{suite.name}/{lang}"] = gold.structure
                tags = "B-PER" if suite.name in first else "B-LOC"
                lines = (
                    json.dumps({"id": ident, "tags": [tags if suite.name in first and k == 0 else "O" for k in range(length)]}) + "\n"
                    for ident, length in zip(gold.ids(), gold.lengths.tolist(), strict=True)
                )
                (folder / suite.name / f"{lang}.jsonl").write_text("".join(lines))
        (folder / "system.json").write_text(json.dumps(fields))
    board = collect(root, None)
    assert set(board.tests) == {"xtreme", "masakhaner2", OVERALL}
    assert board.tests["xtreme"].ranges == {"aa": (1, 1), "bb": (2, 2)}
    assert board.tests["masakhaner2"].ranges == {"aa": (2, 2), "bb": (1, 1)}
    first = standings(board, OVERALL)[0]
    assert board.tests[OVERALL].ranges == {name: (1, 1) if name == first.name else (2, 2) for name in ("aa", "bb")}


def test_two_hundred_systems_fit() -> None:
    entries = [make_entry(f"system-{index:03}", index / 200, (XTREME, MASAKHANER2)) for index in range(200)]
    without, board = make_board(*entries), with_tests(make_board(*entries), 500)
    sizes = [sum(map(len, store.to_files(each).values())) for each in (board, without)]
    assert sizes[0] - sizes[1] < 400_000
    assert store.from_files(store.to_files(board), "x") == board
    assert all(row.range == (1, 200) for row in standings(board, OVERALL))


@pytest.mark.parametrize("extreme", [((), (1, 2)), ((1,), (1,)), ((),), ((), ("x",))])
def test_tests_that_are_no_triangle_are_refused(extreme: tuple[tuple[int, ...], ...]) -> None:
    data = store.to_files(Board(VERSION, {}, {"sample": PairedTests(("a", "b"), extreme, {})}))
    with pytest.raises(DataError, match=r"^x/tests/sample\.json: not of a board"):
        store.from_files(data, "x")


def test_figures_of_the_pairs_are_those_of_the_rows() -> None:
    gold = load("sample", "de")
    counts = paired_tests._spans(Readings(EXAMPLES).of("example-typical-errors", gold), gold)
    total = len(gold.spans.of_types(TYPES))
    found = float(paired_tests._rank_figure(counts.sum(axis=0), total))
    entry = collect(EXAMPLES, store.read(EXAMPLES.parent / "results")).entries["example-typical-errors"]
    assert found == next(row.figures["bp75"] for row in entry.rows if row.lang == "de")
    assert np.array_equal(
        counts.sum(axis=0), [next(getattr(row, name) for row in entry.rows if row.lang == "de") for name in ("predicted", "exact")]
    )
