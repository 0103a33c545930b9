"""The data for the scripts."""

import base64
import json

import numpy as np
import pytest

from boards import make_board, make_entry, make_system
from boundarybench.leaderboard.rank import standings
from boundarybench.leaderboard.signatures import OVERALL
from boundarybench.leaderboard.store import Board
from boundarybench.protocol import REPLICATES
from boundarybench.scoring.anatomy import MISSED
from boundarybench.site import content
from boundarybench.site.survey import Survey
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import ranked
from boundarybench.uncertainty.differences import ALPHA

MASAKHANER2 = packaged()["masakhaner2"]
SAMPLE = packaged()["sample"]
XTREME = packaged()["xtreme"]

EMPTY = Survey({}, {}, {})


def unpacked(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<u2") / 65535


class TestTables:
    def test_only_those_with_rows_in_the_sites_order(self, board: Board) -> None:
        assert content.tables(board) == ["sample"]
        assert content.tables(make_board(make_entry("a", suites=(XTREME, MASAKHANER2)))) == [OVERALL, "masakhaner2", "xtreme"]
        assert content.tables(make_board()) == []

    def test_ranked_rows_first_then_by_the_figure(self, board: Board) -> None:
        assert [row.name for row in standings(board, "sample")] == ["hostile", "loud", "quiet", "part"]

    def test_columns_are_what_any_row_has(self) -> None:
        found = content.columns(make_board(make_entry("a", without=["swa"])), "masakhaner2")
        assert [column.language.code for column in found] == [language.code for language in MASAKHANER2.languages if language.code != "swa"]
        assert {column.language.code for column in found if not column.counted} == {"bbj", "pcm"}


class TestBoard:
    def test_counts_give_the_boards_figures(self, board: Board) -> None:
        data = content.board_json(board, EMPTY, "sample")
        for system in data["systems"]:
            figures = board.entries[system["name"]].mean("sample").figures  # type: ignore[union-attr]
            counts = [system["counts"][k] for k in data["means"][0] if system["counts"][k]]
            assert np.mean([exact / max(predicted, 0.75 * gold) for predicted, exact, gold in counts]) == pytest.approx(figures["bp75"])

    def test_overall_is_a_mean_of_two_means(self) -> None:
        data = content.board_json(make_board(make_entry("a", suites=(XTREME, MASAKHANER2))), EMPTY, OVERALL)
        assert [len(columns) for columns in data["means"]] == [len(ranked(MASAKHANER2)), len(ranked(XTREME))]

    def test_what_needs_no_model_is_named(self, board: Board) -> None:
        rule = make_system(family="other", models=(), facets={"source_data": (), "encoder": None})
        made = make_board(make_entry("a", 0.9), make_entry("rule", 0.5, system=rule))
        data = content.board_json(made, EMPTY, "masakhaner2")
        assert data["unaided"] == {"system": 1, "label": "rule (no model, no labels)"}
        assert data["systems"][1]["name"] == "rule"
        assert content.board_json(board, EMPTY, "sample")["unaided"] is None

    def test_it_is_json(self, board: Board, surveyed: Survey) -> None:
        data = content.board_json(board, surveyed, "sample")
        assert json.loads(json.dumps(data, allow_nan=False))["table"] == "sample"


class TestDifferences:
    def test_only_systems_over_the_same_languages(self, board: Board, surveyed: Survey) -> None:
        data = content.board_json(board, surveyed, "sample")
        (group,) = data["differences"]["groups"]
        assert [data["systems"][k]["name"] for k in group["systems"]] == ["hostile", "loud", "quiet"]  # `part` has three languages

    def test_replicates_survive_the_packing(self, board: Board, surveyed: Survey) -> None:
        data = content.board_json(board, surveyed, "sample")
        (group,) = data["differences"]["groups"]
        for index, text in zip(group["systems"], group["values"], strict=True):
            values = surveyed.resampled["sample"][data["systems"][index]["name"]]
            assert len(unpacked(text)) == REPLICATES
            assert np.abs(unpacked(text) - values).max() <= 0.5 / 65535 + 1e-12

    def test_none_without_predictions(self, board: Board) -> None:
        assert content.board_json(board, EMPTY, "sample")["differences"] is None

    def test_the_boards_tests_give_its_ranges(self, board: Board, surveyed: Survey) -> None:
        data = content.board_json(board, surveyed, "sample")
        tests, systems = data["tests"], data["systems"]
        better = dict.fromkeys(tests["systems"], 0)
        for i, row in enumerate(tests["extreme"]):
            for j, extreme in enumerate(row):
                if (1 + extreme) / (1 + tests["replicates"]) < ALPHA:
                    pair = tests["systems"][i], tests["systems"][j]
                    better[min(pair, key=lambda k: systems[k]["rank_figure"])] += 1
        ranges = {row.name: row.range for row in standings(board, "sample") if row.range}
        assert {systems[k]["name"]: 1 + count for k, count in better.items()} == {name: first for name, (first, _) in ranges.items()}


def test_shares_of_errors(board: Board) -> None:
    shares = content.errors_by_suite(board.entries["quiet"])["sample"]
    rows = [row for row in board.entries["quiet"].rows if row.lang in ranked(SAMPLE)]
    assert shares[MISSED] == 1 - sum(row.exact for row in rows) / sum(row.gold for row in rows)
    assert {name for name, share in shares.items() if share} == {MISSED}
