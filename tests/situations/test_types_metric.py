"""The metric of `evaluate` in the hands of a training run: types, class ids, and references without what is scored."""

from typing import Any

import evaluate
import numpy as np
import pytest

from boundarybench.errors import DataError, UsageError
from boundarybench.metric import PATH

GOLD = [["B-PER", "O", "B-LOC", "O", "B-MISC", "O"]]
PREDICTED = [["B-PER", "O", "B-LOC", "O", "O", "B-MISC"]]


@pytest.fixture(scope="module")
def metric(tmp_path_factory: pytest.TempPathFactory) -> evaluate.Metric:
    return evaluate.load(PATH, cache_dir=str(tmp_path_factory.mktemp("evaluate")))


@pytest.mark.parametrize(
    ("types", "signature", "gold", "right"),
    [
        (None, "PER+ORG+LOC", 2, 2),
        ("all", "all", 3, 2),
        (["MISC"], "MISC", 1, 0),
        (("PER",), "PER", 1, 1),
        (["MISC", "PER"], "PER+MISC", 2, 1),
        ({"LOC"}, "LOC", 1, 1),
        (np.array(["PER", "MISC"]), "PER+MISC", 2, 1),
    ],
)
def test_the_types_that_are_named_count(metric: evaluate.Metric, types: Any, signature: str, gold: int, right: int) -> None:
    result = metric.compute(predictions=PREDICTED, references=GOLD, types=types)
    assert f"|types:{signature}|" in result["signature"]
    assert (result["gold"], result["predicted"], result["exact"]) == (gold, gold, right)
    assert gold + sum(result["not_scored"]["gold"].values()) == 3


@pytest.mark.parametrize("types", ["MISC", "ALL", True, 3, [], [1], {"PER": 1}, ["all", "PER"]])
def test_what_is_no_selection_is_refused_before_anything_is_kept(metric: evaluate.Metric, types: Any) -> None:
    with pytest.raises(UsageError, match=r"write a list of type names|stands alone"):
        metric.compute(predictions=PREDICTED, references=GOLD, types=types)
    assert metric.compute(predictions=PREDICTED, references=GOLD)["gold"] == 2


@pytest.mark.parametrize("types", [["FOO"], ["per"], ("B-PER",)])
def test_types_that_nobody_has_are_refused(metric: evaluate.Metric, types: Any) -> None:
    with pytest.raises(DataError, match="neither in gold nor in predictions, which have LOC, MISC, PER"):
        metric.compute(predictions=PREDICTED, references=GOLD, types=types)


@pytest.mark.parametrize(
    ("predicted", "references"),
    [
        ([[1, 0]], [[1, 0]]),
        ([["B-PER", "O"]], [[1, 0]]),
        (np.array([[1, 0], [0, 2]]), [["B-PER", "O"], ["O", "O"]]),
        ([np.array([1, 0]), np.array([0])], [["B-PER", "O"], ["O"]]),
    ],
)
def test_class_ids_are_refused_with_the_fix(metric: evaluate.Metric, predicted: Any, references: Any) -> None:
    with pytest.raises(DataError, match="write names, not class ids"):
        metric.compute(predictions=predicted, references=references)
    with pytest.raises(DataError, match="write names, not class ids"):
        metric.add_batch(predictions=predicted, references=references)
    for one, other in zip(predicted, references, strict=True):
        if not all(isinstance(tag, str) for tag in [*one, *other]):
            with pytest.raises(DataError, match="write names, not class ids"):
                metric.add(prediction=one, reference=other)


def test_one_at_a_time_and_numpy_are_the_same(metric: evaluate.Metric) -> None:
    whole = metric.compute(predictions=PREDICTED, references=GOLD)
    metric.add(prediction=PREDICTED[0], reference=tuple(GOLD[0]))
    assert metric.compute() == whole
    assert metric.compute(predictions=np.array(PREDICTED), references=np.array(GOLD)) == whole


@pytest.mark.parametrize(
    ("predicted", "references", "types", "precision"),
    [
        ([["B-PER", "O"]], [["O", "O"]], None, 0.0),
        ([["O", "O"]], [["O", "O"]], None, None),
        ([["B-MISC", "O"], ["O"]], [["O", "O"], ["O"]], "all", 0.0),
        ([["O"]], [["O"]], ["MISC"], None),
        ([[]], [[]], None, None),
    ],
)
def test_references_without_an_entity_end_no_training(
    metric: evaluate.Metric, predicted: Any, references: Any, types: Any, precision: float | None
) -> None:
    with pytest.warns(UserWarning, match="no-entities: the references have no entity"):
        result = metric.compute(predictions=predicted, references=references, types=types)
    assert (result["gold"], result["boundary"]["precision"], result["boundary"]["recall"]) == (0, precision, None)
    assert result["boundary"]["f1"] == precision


@pytest.mark.parametrize(
    ("predicted", "types", "precision", "not_scored"),
    [
        ([["B-PER", "O"]], None, 0.0, {"gold": {"MISC": 1}, "predicted": {}}),
        ([["B-MISC", "O"]], None, None, {"gold": {"MISC": 1}, "predicted": {"MISC": 1}}),
        ([["B-MISC", "B-LOC"]], ["LOC", "ORG"], 0.0, {"gold": {"MISC": 1}, "predicted": {"MISC": 1}}),
    ],
)
def test_references_without_a_scored_type_end_no_training(
    metric: evaluate.Metric, predicted: Any, types: Any, precision: float | None, not_scored: Any
) -> None:
    with pytest.warns(UserWarning, match="no-scored-type: .*gold has MISC 1"):
        result = metric.compute(predictions=predicted, references=[["B-MISC", "O"]], types=types)
    assert (result["gold"], result["boundary"]["precision"], result["boundary"]["recall"]) == (0, precision, None)
    assert result["not_scored"] == not_scored


@pytest.mark.parametrize("types", [None, ["PER", "ORG", "LOC"], ["PER"]])
def test_predicted_types_that_no_reference_has_are_told(metric: evaluate.Metric, types: Any) -> None:
    with pytest.warns(UserWarning, match="PERSON 2"):
        result = metric.compute(predictions=[["B-PERSON", "B-PER", "B-PERSON"]], references=[["B-PER", "B-PER", "O"]], types=types)
    assert (result["predicted"], result["not_scored"]["predicted"]) == (1, {"PERSON": 2})


def test_a_type_that_this_evaluation_lacks_is_told(metric: evaluate.Metric) -> None:
    with pytest.warns(UserWarning, match="type-absent: .*DATE"):
        result = metric.compute(predictions=PREDICTED, references=GOLD, types=["PER", "DATE"])
    assert (result["gold"], result["typed"]["f1"]) == (1, 1.0)


def test_nothing_at_all_is_refused(metric: evaluate.Metric) -> None:
    with pytest.raises(DataError, match="no-sentences"):
        metric.compute(predictions=[], references=[])
