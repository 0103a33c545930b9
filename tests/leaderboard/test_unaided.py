"""The row that the charts show as a line: the best one without model and labels."""

from typing import Any

import pytest

from boards import REPOSITORY, make_board, make_entry, make_system
from boundarybench.leaderboard import store
from boundarybench.leaderboard.store import Model, SystemFacts
from boundarybench.leaderboard.unaided import label, unaided
from boundarybench.suites.manifests import on_board


def rule(**facets: Any) -> SystemFacts:
    """A system that has nothing, but for what is named."""
    nothing: dict[str, Any] = {"source_languages": (), "source_data": (), "encoder": None}
    return make_system(family="other", models=(), facets={**nothing, **facets})


def test_the_best_ranked_row_without_model_and_labels() -> None:
    board = make_board(
        make_entry("trained", 0.9),
        make_entry("rule", 0.5, system=rule()),
        make_entry("worse-rule", 0.1, system=rule()),
        make_entry("part-rule", 0.8, system=rule(), without=["yor"]),
        make_entry("oracle-rule", 0.8, system=rule(), tracks={"yor": "oracle"}),
    )
    found = unaided(board, "masakhaner2")
    assert found is not None
    assert found.name == "rule"
    assert label(found) == "rule (no model, no labels)"


@pytest.mark.parametrize(
    "system",
    [
        make_system(family="model-transfer", models=(), facets={"source_data": (), "encoder": None}),
        make_system(family="other", models=(Model("a-model", None, "MIT"),), facets={"source_data": (), "encoder": None}),
        rule(encoder="an-encoder"),
        rule(source_data=("news",)),
        rule(parallel_data=("bible",)),
        rule(translation_model="people"),
        rule(aligner="eflomal"),
    ],
)
def test_whoever_has_anything_is_no_such_row(system: SystemFacts) -> None:
    assert unaided(make_board(make_entry("a", system=system)), "masakhaner2") is None


def test_the_committed_rows_have_one_in_every_table() -> None:
    board = store.read(REPOSITORY / "results")
    for table in ("overall", *(suite.name for suite in on_board() if suite.ranked)):
        found = unaided(board, table)
        assert found is not None, table
        assert found.name == "capitals-rule"
