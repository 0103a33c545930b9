"""Figures of a projection run: exact boundaries, and precision at a stated recall; and those of a prediction file."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boundarybench.errors import DataError
from boundarybench.gold.model import Gold
from boundarybench.protocol import TYPES
from boundarybench.report import evaluate
from boundarybench.scoring.score import Score
from boundarybench.submission import predictions
from boundarybench.submission.findings import Findings
from boundarybench.submission.folder import read_file
from boundarybench_baselines.alignment.links import Links
from boundarybench_baselines.projection.outcome import Projection
from boundarybench_baselines.projection.pair import SentencePair
from boundarybench_baselines.projection.project import match, project, scored
from boundarybench_baselines.projection.settings import MatchingSettings, Settings

from .corpora import Corpus, Item

#: Offsets at which a method is run to trace precision against recall.
_OFFSETS = [0.4 + step / 100 for step in range(60)]


class Counts(NamedTuple):
    """Boundary counts: entities whose start and end are both right, predicted entities, gold entities."""

    exact: int
    predicted: int
    gold: int

    @property
    def precision(self) -> float:
        """In per cent; 0 without predictions."""
        return 100 * self.exact / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """In per cent; 0 without gold."""
        return 100 * self.exact / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """In per cent."""
        both = self.predicted + self.gold
        return 200 * self.exact / both if both else 0.0

    def __str__(self) -> str:
        return f"{self.precision:.1f} / {self.recall:.1f} / {self.f1:.1f}"


def pairs_of(corpus: Corpus, links: Sequence[Links]) -> list[SentencePair]:
    """The sentences as projection takes them."""
    return [SentencePair(item.target, item.source, item.entities, each) for item, each in zip(corpus.items, links, strict=True)]


def run(pairs: Iterable[SentencePair], settings: Settings) -> list[Projection]:
    """Project every sentence."""
    return [project(pair, settings) for pair in pairs]


def count(items: Iterable[Item], projections: Iterable[Projection]) -> Counts:
    """Boundary counts over sentences; types do not matter."""
    exact = predicted = gold = 0
    for item, projection in zip(items, projections, strict=True):
        found = {(span.start, span.end) for span in projection.spans()}
        truth = {(span.start, span.end) for span in item.gold}
        exact, predicted, gold = exact + len(found & truth), predicted + len(found), gold + len(truth)
    return Counts(exact, predicted, gold)


def fates(projections: Iterable[Projection]) -> Counter[str]:
    """How many source entities met which fate."""
    return Counter(str(landing.fate) for projection in projections for landing in projection.landings)


def score_of(path: Path, gold: Gold, keep: NDArray[np.bool_] | None = None) -> Score:
    """The score of a prediction file, on all sentences or those to `keep`.

    Raises:
        UsageError: there is no such file.
        DataError: it has findings.
    """
    findings = Findings()
    data = read_file(path, str(path), findings)
    prediction = None if data is None else predictions.read(data, str(path), gold, findings)
    if prediction is None:
        raise DataError(str(findings))
    return evaluate(gold, prediction, TYPES, keep=keep).score


def precision_at(recall: float, corpus: Corpus, pairs: Sequence[SentencePair], settings: MatchingSettings) -> float | None:
    """The precision (per cent) of a method where the abstention offset gives it `recall` (per cent); None where it never gets there.

    Between two offsets the counts are interpolated: of the predictions that the lower one adds, as many as are needed.
    """
    candidates = [scored(pair, settings) for pair in pairs]
    before = Counts(0, 0, sum(len(item.gold) for item in corpus.items))
    for offset in reversed(_OFFSETS):
        at = MatchingSettings(
            settings.solver, settings.candidates, settings.score, settings.max_words, abstain=offset, weights=settings.weights
        )
        found = [match(pair, each, at) for pair, each in zip(pairs, candidates, strict=True)]
        after = count(corpus.items, found)
        if after.recall >= recall:
            wanted = recall / 100 * after.gold
            part = (wanted - before.exact) / (after.exact - before.exact) if after.exact > before.exact else 1.0
            return 100 * wanted / (before.predicted + part * (after.predicted - before.predicted))
        before = after
    return None
