"""Means over the languages of a suite, with both intervals: over sentences, and over languages (protocol, section 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from .gold.model import named
from .protocol import signature
from .result import Result
from .scoring.arithmetic import FloatArray, number
from .scoring.figures import compared, figures_of, nested
from .scoring.means import mean_tree
from .suites.manifests import find
from .suites.pins import mean_name, ranked
from .uncertainty.intervals import drawn, mean_of_known, percentiles
from .uncertainty.over_languages import OverLanguages, mean_over_strata, over_languages

#: What a mean is not taken of.
_COUNTS = ("gold", "predicted", "exact")
_NO_FIGURES = (
    *("suite", "lang", "gold_version", "signature", "pinned", "partial", "missing", "sentences", "units", "tokens", "errors", "intervals"),
    "not_scored",
)


def mean_of(suite: str, rows: Sequence[Result], reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The mean of a suite's results; `reports` are these as JSON."""
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
        "over_languages": {name: found and asdict(found) for name, found in means_over_languages(inside).items()},
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


def mean_of_means(means: Sequence[Mapping[str, Any]], inside: Sequence[Sequence[Result]]) -> dict[str, Any]:
    """The mean of suites' means ("overall"); `inside` holds the results that each was taken over."""
    general = [means_over_languages(rows) for rows in inside]
    strata = {name: [found for each in general if (found := each.get(name)) is not None] for name in general[0]}
    mean, nulls = mean_tree([_main(mean) | {name: mean[name] for name in ("average_precision", "precision_at_recall")} for mean in means])
    return {
        **mean,
        "nulls": nulls | {name: count for mean in means for name, count in mean["nulls"].items()},
        # Languages are resampled independently, so the replicates of the means are simply averaged.
        "intervals": _intervals_of([_replicates(rows) for rows in inside], _freedom([row for rows in inside for row in rows])),
        "over_languages": {name: asdict(mean_over_strata(parts)) if len(parts) == len(means) else None for name, parts in strata.items()},
    }


def _intervals(rows: Sequence[Result]) -> dict[str, list[float]]:
    """Intervals over sentences of a mean."""
    if len(rows) == 1:
        return {name: list(pair) for name, pair in rows[0].intervals.items()}
    return _intervals_of([_replicates(rows)], _freedom(rows)) if rows else {}


def _freedom(rows: Sequence[Result]) -> int:
    """Degrees of freedom of the variance of replicates of a mean: added up over the languages."""
    return sum(drawn(row.units) for row in rows)


def _replicates(rows: Sequence[Result]) -> dict[str, FloatArray]:
    """Replicates of the means of figures: languages are resampled independently (stratified); NaN where no language has the figure."""
    return {name: mean_of_known([row.resampled[name] for row in rows]) for name in rows[0].resampled}


def _intervals_of(parts: Sequence[Mapping[str, FloatArray]], freedom: int) -> dict[str, list[float]]:
    means = {name: np.mean([part[name] for part in parts], axis=0) for name in parts[0]}
    return {name: list(percentiles(values[np.newaxis], freedom)[0]) for name, values in means.items() if not np.isnan(values).all()}


def means_over_languages(rows: Sequence[Result]) -> dict[str, OverLanguages | None]:
    """Of each figure with an interval: what these languages say of languages like them; None of fewer than three that have it."""
    found = {}
    for name in rows[0].resampled if rows else ():
        values = [(value, np.nanvar(row.resampled[name])) for row in rows if (value := row.score.figures[name]) is not None]
        found[name] = over_languages([value for value, _ in values], [float(variance) for _, variance in values])
    return found
