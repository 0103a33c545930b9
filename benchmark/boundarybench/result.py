"""`Result`: the score of one test set with what pins it down."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from .scoring.arithmetic import FloatArray
from .scoring.figures import Figures
from .scoring.ranking import Ranking
from .scoring.score import Score
from .selection import NotScored


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The score of one test set with what pins it down.

    Attributes:
        version: the older copy of the gold; "" for today's.
        fingerprint: the gold's structure fingerprint.
        pinned: whether the manifest knows it.
        ids: a hash of the scored sentence ids where only some were scored (`--ids`); empty where all were.
        missing: sentences that the submission lacks, scored as all `O`.
        types: the types that count; None for all.
        not_scored: the spans of other types; None where the protocol's rules for the suite say what counts.
        ranking: of the predicted spans by their scores; None where the predictions have no scores, or gold has no span.
        units: how many documents, blocks or sentences are drawn for the intervals (docs/uncertainty.md).
        resampled: bootstrap values of each figure that has an interval.
    """

    suite: str
    lang: str
    version: str
    signature: str
    fingerprint: str
    pinned: bool
    ids: str
    missing: int
    types: tuple[str, ...] | None
    not_scored: NotScored | None
    score: Score
    ranking: Ranking | None
    units: int
    intervals: dict[str, tuple[float, float]]
    resampled: dict[str, FloatArray]

    def as_json(self) -> dict[str, Any]:
        """The result in plain JSON types, full precision."""
        data: dict[str, Any] = plain(self.score)
        return {
            "suite": self.suite,
            "lang": self.lang,
            **({"gold_version": self.version} if self.version else {}),
            "signature": self.signature,
            "pinned": self.pinned,
            "partial": bool(self.ids),
            "missing": self.missing,
            **({} if self.not_scored is None else {"not_scored": plain(self.not_scored)}),
            "sentences": data.pop("sentences"),
            "units": self.units,
            "tokens": data.pop("tokens"),
            **data.pop("figures"),
            **data,
            "average_precision": self.ranking and self.ranking.average_precision,
            "precision_at_recall": self.ranking and self.ranking.as_json(),
            "intervals": plain(self.intervals),
        }


def plain(value: Any) -> Any:
    """A value in JSON types: dataclasses and named tuples become objects, arrays are left out."""
    if isinstance(value, Figures):
        return value.as_json()
    if is_dataclass(value):
        return {f.name: plain(v) for f in fields(value) if not isinstance(v := getattr(value, f.name), np.ndarray)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(item) for name, item in value._asdict().items()}
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
