"""What `score` reports: every figure of each test set with its interval, and the means of each suite.

This is where the harness's parts meet: counts from `scoring`, intervals from `uncertainty`, and the signature.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .gold.model import FILE, Gold
from .protocol import signature
from .result import Result
from .scoring.figures import figures_of
from .scoring.ranking import Ranking, ranking
from .scoring.score import score
from .scoring.scored_spans import scored_spans
from .selection import Selection, Types, check, not_scored, resolved, selection
from .spans import decode, offsets, owners
from .submission.findings import Findings, FindingsError
from .submission.prediction import Prediction
from .suite_means import mean_of, mean_of_means
from .suites.manifests import packaged
from .uncertainty.intervals import drawn, intervals, replicates


def evaluate(
    gold: Gold,
    prediction: Prediction,
    types: Types,
    train: Gold | None = None,
    keep: NDArray[np.bool_] | None = None,
) -> Result:
    """Score one test set.

    Args:
        types: the types that count: a collection of names; None or "all" for all.
        train: the training split of the same suite and language, if at hand.
        keep: per sentence, whether it is scored; None scores all.

    Raises:
        UsageError: `types` is no selection, or names a type that the suite does not have.
        FindingsError: gold of one's own has no scored type, or the protocol's types are chosen and a predicted type is neither among
            them nor in the gold (`selection.check`).
    """
    wanted = selection(types)
    refuse_unscored(*part(gold, prediction, keep)[:2], wanted)
    return measure(gold, prediction, wanted, train, keep)


def refuse_unscored(gold: Gold, prediction: Prediction, wanted: Selection) -> None:
    """Raise what `selection.check` finds wrong with a selection of types: errors as in `evaluate`."""
    findings = Findings()
    check(gold, prediction, wanted, f"predictions for {gold.suite}/{gold.lang}", findings)
    if findings.errors:
        raise FindingsError(findings)


def measure(
    gold: Gold,
    prediction: Prediction,
    wanted: Selection,
    train: Gold | None = None,
    keep: NDArray[np.bool_] | None = None,
) -> Result:
    """`evaluate` for those who have called `selection.check` and told what it found: whatever is left out, there is a result."""
    gold, prediction, ids = part(gold, prediction, keep)
    wanted = resolved(wanted, gold)
    scored = score(gold, prediction.codes, prediction.types, wanted.names, train)
    # A file of one's own has no name to share: its draws are the same whatever it is called.
    name = gold.suite if gold.suite == FILE else f"{gold.suite}/{gold.lang}"
    resampled = figures_of(replicates(scored.counts, gold.units, name))
    return Result(
        suite=gold.suite,
        lang=gold.lang,
        version=gold.version,
        signature=signature(gold.named, [gold.structure], gold.lang, wanted.names, ids),
        fingerprint=gold.structure,
        pinned=gold.pinned,
        ids=ids,
        missing=int((~prediction.present).sum()),
        types=wanted.names,
        not_scored=not_scored(gold, prediction, wanted),
        score=scored,
        ranking=_ranking(gold, prediction, wanted),
        units=gold.unit_count,
        intervals=intervals(scored.counts.sum(axis=0), resampled, drawn(gold.unit_count)),
        resampled=resampled,
    )


def _ranking(gold: Gold, prediction: Prediction, wanted: Selection) -> Ranking | None:
    spans = scored_spans(gold, prediction, wanted.names)
    return None if spans is None else ranking(spans.exact, spans.scores, int(spans.gold.sum()))


def part(gold: Gold, prediction: Prediction, keep: NDArray[np.bool_] | None) -> tuple[Gold, Prediction, str]:
    """The sentences that are scored, and a hash of their ids; everything and an empty hash where `keep` is None."""
    if keep is None:
        return gold, prediction, ""
    kept = "\n".join(name for name, wanted in zip(gold.ids(), keep, strict=True) if wanted)
    codes, scores = prediction.codes[np.repeat(keep, gold.lengths)], prediction.scores
    if scores is not None:
        spans, _ = decode(prediction.codes, gold.lengths, prediction.types)
        scores = scores[keep[owners(spans.start, offsets(gold.lengths))]]
    return (
        gold.select(keep),
        replace(prediction, codes=codes, present=prediction.present[keep], scores=scores),
        hashlib.sha256(kept.encode()).hexdigest()[:8],
    )


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    """The report on any number of test sets: `results`, `means` per suite and, for systems complete in both, `overall`."""
    rows = [result.as_json() for result in results]
    suites = dict.fromkeys(result.suite for result in results)
    means = {
        suite: mean_of(
            suite, *zip(*((result, row) for result, row in zip(results, rows, strict=True) if result.suite == suite), strict=True)
        )
        for suite in suites
    }
    report = {"results": rows, "means": means}
    overall = [suite.name for suite in packaged().values() if suite.overall]
    if all(suite in means and means[suite]["complete"] for suite in overall):
        report["overall"] = mean_of_means([means[suite] for suite in overall], [_inside(results, means, suite) for suite in overall])
    return report


def _inside(results: Sequence[Result], means: Mapping[str, Any], suite: str) -> list[Result]:
    """The results that the mean of a suite is taken over."""
    return [result for result in results if result.suite == suite and result.lang in means[suite]["languages"]]
