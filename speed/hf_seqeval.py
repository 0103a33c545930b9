"""What `evaluate.load("seqeval")` computes, as a local module: the original one lives on the hub."""

from typing import Any

import datasets
import evaluate
from seqeval.metrics import accuracy_score, classification_report


class Seqeval(evaluate.Metric):  # type: ignore[misc]
    """seqeval's report per type and overall, through `evaluate`'s Arrow tables."""

    def _info(self) -> evaluate.MetricInfo:
        tags = datasets.Sequence(datasets.Value("string"))
        return evaluate.MetricInfo(
            description="seqeval", citation="", features=datasets.Features({"predictions": tags, "references": tags})
        )

    def _compute(self, predictions: list[list[str]], references: list[list[str]]) -> dict[str, Any]:
        report: dict[str, Any] = classification_report(y_true=references, y_pred=predictions, output_dict=True)
        return report | {"overall_accuracy": accuracy_score(y_true=references, y_pred=predictions)}
