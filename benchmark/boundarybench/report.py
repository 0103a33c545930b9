"""What `score` reports: every figure of each test set with its interval, and the means of each suite.

This is where the harness's parts meet: counts from `scoring`, intervals from `uncertainty`, and the signature.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .gold.model import FILE, Gold, named
from .protocol import signature
from .scoring.arithmetic import number
from .scoring.figures import Figures, compared, figures_of, nested
from .scoring.matched_recall import scored_spans
from .scoring.means import mean_tree
from .scoring.ranking import Ranking, ranking
from .scoring.score import Score, score
from .selection import NotScored, Selection, Types, check, not_scored, resolved, selection
from .spans import decode, offsets, owners
from .submission.findings import Findings, FindingsError
from .submission.prediction import Prediction
from .suites.manifests import find, packaged
from .suites.pins import mean_name, ranked
from .uncertainty.intervals import drawn, intervals, percentiles, replicates

FloatArray = NDArray[np.float64]

#: What a mean is not taken of.
_COUNTS = ("gold", "predicted", "exact")
_NO_FIGURES = (
    *("suite", "lang", "gold_version", "signature", "pinned", "partial", "missing", "sentences", "units", "tokens", "errors", "intervals"),
    "not_scored",
)


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
        suite: _mean(suite, *zip(*((result, row) for result, row in zip(results, rows, strict=True) if result.suite == suite), strict=True))
        for suite in suites
    }
    report = {"results": rows, "means": means}
    pair = [means.get(suite.name) for suite in packaged().values() if suite.overall]
    if all(mean is not None and mean["complete"] for mean in pair):
        report["overall"] = mean_tree([_main(mean) for mean in pair if mean])[0]
    return report


def _mean(suite: str, rows: Sequence[Result], reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    known = find(suite)
    wanted = ranked(known, rows[0].version) if known else tuple(row.lang for row in rows)
    inside = [row for row in rows if row.lang in wanted]
    missing = sorted(set(wanted) - {row.lang for row in rows})
    trees = [_figures(report) for report in reports if report["lang"] in wanted]
    mean, nulls = mean_tree(trees)
    report: dict[str, Any] = {
        "signature": suite_signature(
            suite, rows[0].version, [row.fingerprint for row in inside], rows[0].types, [row.ids for row in inside]
        ),
        "languages": [row.lang for row in inside],
        "missing_languages": missing,
        "apart": [row.lang for row in rows if row.lang not in wanted],
        "complete": not missing and all(row.pinned and not row.ids and not row.missing for row in inside),
        **mean,
        "nulls": nulls,
        "micro": _micro(inside),
        "intervals": _intervals(inside),
    }
    if known:
        groups = {
            "character_tokens": [language.code for language in known.languages if language.character_tokens],
            "tiny": [language.code for language in known.languages if language.tiny],
        }
        report["without"] = {
            name: mean_tree([_main(tree) for row, tree in zip(inside, trees, strict=True) if row.lang not in codes])[0]
            for name, codes in groups.items()
            if 0 < sum(row.lang in codes for row in inside) < len(inside)
        }
    return report


def suite_signature(suite: str, version: str, fingerprints: Sequence[str], types: tuple[str, ...] | None, ids: Sequence[str]) -> str:
    """The signature of a figure over several languages of a suite, one fingerprint and one hash of chosen ids (or "") for each."""
    known = find(suite)
    name = named(mean_name(known) if known else suite, version)
    chosen = "+".join(sorted({name for name in ids if name}))
    return signature(name, fingerprints, str(len(fingerprints)), types, chosen)


def _figures(report: Mapping[str, Any]) -> dict[str, Any]:
    """The figures in a result's JSON, without what a mean cannot be taken of."""
    return _without_counts({name: value for name, value in report.items() if name not in _NO_FIGURES})


def _main(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The figures that are also shown for a part of a suite's languages: those that can be compared."""
    return {name: tree[name] for name in dict.fromkeys(figure.name.partition(".")[0] for figure in compared())}


def _without_counts(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _without_counts(value) if isinstance(value, Mapping) else value for name, value in tree.items() if name not in _COUNTS}


def _micro(rows: list[Result]) -> dict[str, Any]:
    """Figures of all languages' counts added up."""
    if not rows:
        return {}
    totals = np.sum([row.score.counts.sum(axis=0) for row in rows], axis=0)
    return {
        "predicted": int(totals[0]),
        "gold": int(totals[1]),
        **nested({name: number(value) for name, value in figures_of(totals).items()}),
        "errors": {name: sum(row.score.errors[name] for row in rows) for name in rows[0].score.errors},
    }


def _intervals(rows: list[Result]) -> dict[str, list[float]]:
    """Intervals of the means: languages are resampled independently (stratified)."""
    if len(rows) == 1:
        return {name: list(pair) for name, pair in rows[0].intervals.items()}
    freedom, found = sum(drawn(row.units) for row in rows), {}
    for name in rows[0].resampled if rows else ():
        values = np.stack([row.resampled[name] for row in rows])
        usable = values[:, ~np.isnan(values).all(axis=0)]  # replicates in which some language has the figure
        if usable.size:
            found[name] = list(percentiles(np.nanmean(usable, axis=0)[np.newaxis], freedom)[0])
    return found


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
