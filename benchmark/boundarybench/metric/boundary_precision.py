"""Boundary precision as a metric module of Hugging Face `evaluate`: the figures of `boundarybench score`, to the last digit."""

import warnings
from typing import Any

import datasets
import evaluate

from boundarybench.gold.model import FILE, build
from boundarybench.report import measure
from boundarybench.selection import Selection, Types, check, selection
from boundarybench.submission.findings import Findings
from boundarybench.submission.prediction import of_tags
from boundarybench.types_and_tags import tag_lists

_DESCRIPTION = """
Boundary precision of named entity recognition: spans with exact start and end, type ignored; with recall, F1, BP@25 to BP@100,
typed figures, start and end precision, conditional boundary precision, offsets, error classes and bootstrap intervals.
"""

_KWARGS_DESCRIPTION = """
Args:
    predictions: per sentence, a list of IOB2 tags (names, not class ids).
    references: per sentence, the list of gold IOB2 tags, of the same length.
    types: None for PER, ORG and LOC, "all" for every type that occurs, or a list of type names.
Returns:
    What `boundarybench score --gold labels.tsv --format json` gives for the test set. What the command refuses because of its types
    (no reference has a scored type, a predicted type is in no reference), and references without an entity, give a Python warning
    here and figures by the protocol's zero-division rule, so that no training ends over an evaluation. `not_scored` has the numbers
    of spans that do not count.
    Raises DataError for malformed tags or lengths that differ, UsageError where `types` is no selection.
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

    # The library copies these three methods without their closures, so that `super()` is out of reach.

    def compute(self, *, predictions: Any = None, references: Any = None, types: Types = None, **kwargs: Any) -> dict[str, Any] | None:
        """Score everything that was added; the selection is read before the library stores anything."""
        chosen = Selection() if types is None else selection(types)
        found: dict[str, Any] | None = evaluate.Metric.compute(self, predictions=predictions, references=references, types=chosen, **kwargs)
        return found

    def add_batch(self, *, predictions: Any = None, references: Any = None, **kwargs: Any) -> None:
        """Add sentences; tags are read before the library sees them, whose own message does not say what is wrong."""
        given = {"predictions": predictions, "references": references}
        read = {name: tag_lists(tags, name) for name, tags in given.items() if tags is not None}
        evaluate.Metric.add_batch(self, **(given | read), **kwargs)

    def add(self, *, prediction: Any = None, reference: Any = None, **kwargs: Any) -> None:
        """Add one sentence; as `add_batch`."""
        given = {"prediction": prediction, "reference": reference}
        read = {name: tag_lists([tags], name)[0] for name, tags in given.items() if tags is not None}
        evaluate.Metric.add(self, **(given | read), **kwargs)

    def _compute(self, predictions: list[list[str]], references: list[list[str]], types: Selection) -> dict[str, Any]:
        gold = build(FILE, "references", "test", references, None, None, "references", may_be_empty=True)
        prediction = of_tags(predictions, gold)
        result = measure(gold, prediction, types)
        findings = Findings()
        check(gold, prediction, types, "predictions", findings)
        if not len(gold.spans):
            warnings.warn("no-entities: the references have no entity: precision of predictions is 0, recall is null", stacklevel=2)
        # That the references have types which do not count is no news at every evaluation: `not_scored` has their numbers.
        usual = result.not_scored is not None and result.not_scored.predicted.keys() <= set(gold.spans.types)
        for finding in findings.shown:
            if not (usual and finding.code == "type-not-scored"):
                warnings.warn(f"{finding.code}: {finding.message}; fix: {finding.fix}", stacklevel=2)
        return result.as_json()
