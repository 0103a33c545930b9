"""The `evaluate` module gives what the command gives."""

import json
from pathlib import Path

import evaluate
import pytest

from boundarybench.cli.main import main
from boundarybench.errors import DataError
from boundarybench.metric import PATH

GOLD = [["B-PER", "I-PER", "O", "B-MISC"], ["O", "B-LOC"], ["B-ORG", "I-ORG", "I-ORG"]] * 5
PREDICTED = [["B-PER", "O", "O", "B-MISC"], ["I-LOC", "B-LOC"], ["B-ORG", "I-ORG", "I-ORG"]] * 5


@pytest.fixture
def metric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> evaluate.Metric:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return evaluate.load(PATH, cache_dir=str(tmp_path / "evaluate"))


@pytest.mark.parametrize("types", [None, "all"])
def test_the_figures_are_those_of_the_command(metric: evaluate.Metric, tmp_path: Path, types: str | None) -> None:
    labels, pred, out = tmp_path / "references.tsv", tmp_path / "pred.jsonl", tmp_path / "out.json"
    labels.write_text("".join("\n".join(tags) + "\n\n" for tags in GOLD))
    pred.write_text("".join(json.dumps({"id": f"references-{i:05d}", "tags": tags}) + "\n" for i, tags in enumerate(PREDICTED)))
    extra = [] if types is None else ["--types", types]
    assert main(["score", str(pred), "--gold", str(labels), "--format", "json", "-o", str(out), *extra]) == 0
    (expected,) = json.loads(out.read_text())["results"]
    assert json.loads(json.dumps(metric.compute(predictions=PREDICTED, references=GOLD, types=types))) == expected


def test_batches(metric: evaluate.Metric) -> None:
    whole = metric.compute(predictions=PREDICTED, references=GOLD)
    for begin in range(0, len(GOLD), 4):
        metric.add_batch(predictions=PREDICTED[begin : begin + 4], references=GOLD[begin : begin + 4])
    assert metric.compute() == whole


@pytest.mark.parametrize("predicted", [[["B-PER"]] * 15, [*PREDICTED[:-1], ["B-ORG", "I-ORG", "i-org"]]])
def test_predictions_that_do_not_fit_are_refused(metric: evaluate.Metric, predicted: list[list[str]]) -> None:
    with pytest.raises(DataError):
        metric.compute(predictions=predicted, references=GOLD)
