"""What a board needs of the predictions, so that each file is parsed once: who scores it keeps this here, tests and pairs take it."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..gold.model import Gold
from ..scoring.score import sentence_counts
from ..scoring.scored_spans import ScoredSpans, scored_spans
from ..selection import scored_types
from ..submission import predictions
from ..submission.findings import Findings, FindingsError
from ..submission.folder import prediction_file, read_file
from ..submission.prediction import Prediction
from ..uncertainty.paired_resampling import CountArray


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """A system, or one of its runs, on one test set.

    Attributes:
        small: `Score.counts` in the smallest type that holds them: a system on all test sets is a megabyte.
        scored: its spans with their scores; None without scores, or where the system is in no declared pair.
    """

    small: NDArray[Any]
    scored: ScoredSpans | None

    @property
    def counts(self) -> CountArray:
        """`Score.counts`, shape (sentences, 4)."""
        return self.small.astype(np.int64)


class Readings:
    """The outputs of the submissions in `root`; `compared` are the systems in declared pairs: their runs and scores matter, too."""

    def __init__(self, root: Path, compared: Collection[str] = ()) -> None:
        self._root = root
        self._compared = frozenset(compared)
        self._held: dict[Path, Output] = {}

    def keep(self, path: Path, gold: Gold, prediction: Prediction, counts: CountArray) -> None:
        """Keep what was read from a file; `counts` are its `Score.counts`."""
        scored = scored_spans(gold, prediction, scored_types(gold.suite)) if self.is_compared(path) else None
        self._held[path] = Output(counts.astype(np.min_scalar_type(int(counts.max(initial=0)))), scored)

    def is_compared(self, path: Path) -> bool:
        """Whether a file is one of a system in a declared pair."""
        return path.relative_to(self._root).parts[0] in self._compared

    def of(self, system: str, gold: Gold, run: str = "") -> Output:
        """The output of a system, or of one of its runs, for this gold.

        Raises:
            FindingsError: the file has changed since it was scored, and is not valid.
        """
        path = self._path(system, gold, run)
        if path not in self._held:
            prediction = read(path, gold)
            self.keep(path, gold, prediction, sentence_counts(gold, prediction.codes, prediction.types, scored_types(gold.suite)))
        return self._held[path]

    def runs(self, system: str, gold: Gold) -> list[str]:
        """The names of a system's runs for this gold, sorted."""
        names = sorted(path.name for path in (self._root / system / "runs").glob("*"))
        return [name for name in names if self._path(system, gold, name).exists()]

    def _path(self, system: str, gold: Gold, run: str) -> Path:
        folder = self._root / system / "runs" / run if run else self._root / system
        return prediction_file(folder / gold.suite, gold.lang)


def read(path: Path, gold: Gold) -> Prediction:
    """The prediction in a file that was valid when it was scored. Raises FindingsError where it no longer is."""
    findings = Findings()
    data = read_file(path, str(path), findings)
    prediction = None if data is None else predictions.read(data, str(path), gold, findings)
    if prediction is None:
        raise FindingsError(findings)
    return prediction
