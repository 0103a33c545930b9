"""Boundary precision as a metric module of Hugging Face `evaluate`: the figures of `boundarybench score`, to the last digit."""

from typing import Any

import datasets
import evaluate

from boundarybench.gold.model import FILE, build
from boundarybench.protocol import TYPES
from boundarybench.report import evaluate as score_test_set
from boundarybench.submission.prediction import of_tags

_DESCRIPTION = """
Boundary precision of named entity recognition: spans with exact start and end, type ignored; with recall, F1, BP@25 to BP@100,
typed figures, start and end precision, conditional boundary precision, offsets, error classes and bootstrap intervals.
"""

_KWARGS_DESCRIPTION = """
Args:
    predictions: per sentence, a list of IOB2 tags.
    references: per sentence, the list of gold IOB2 tags, of the same length.
    types: None for PER, ORG and LOC, or "all" for every type that occurs.
Returns:
    What `boundarybench score --gold labels.tsv --format json` gives for the test set. Raises DataError for malformed tags,
    lengths that differ, or references without an entity.
Examples:
    metric = evaluate.load(boundarybench.metric.PATH)
    metric.compute(predictions=[["B-PER", "O"]], references=[["B-PER", "I-PER"]])["boundary"]["precision"]  # 0.0
"""

_CITATION = "boundarybench: entity boundaries in cross-lingual named entity recognition, 2026"


class BoundaryPrecision(evaluate.Metric):  # type: ignore[misc]
    """The metric; `evaluate.load` finds the one class of this module."""

    def _info(self) -> evaluate.MetricInfo:
        tags = datasets.Sequence(datasets.Value("string"))
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation=_CITATION,
            inputs_description=_KWARGS_DESCRIPTION,
            features=datasets.Features({"predictions": tags, "references": tags}),
        )

    def _compute(self, predictions: list[list[str]], references: list[list[str]], types: str | None = None) -> dict[str, Any]:
        gold = build(FILE, "references", "test", references, None, None, "references")
        return score_test_set(gold, of_tags(predictions, gold), None if types == "all" else TYPES).as_json()
