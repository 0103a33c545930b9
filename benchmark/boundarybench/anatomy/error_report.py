"""The report on errors: counts, shares and examples of each test set, and their sums over a suite's ranked languages, in plain JSON."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..gold.model import Gold
from ..protocol import signature
from ..report import part, refuse_unscored
from ..result import plain
from ..scoring.anatomy import MISSED
from ..scoring.arithmetic import ratio
from ..scoring.pairing import pair
from ..selection import NotScored, Types, not_scored, resolved, selection
from ..spans import BoolArray, decode
from ..submission.prediction import Prediction
from ..suite_means import suite_signature
from ..suites.manifests import find, packaged
from ..suites.pins import ranked
from ..types_and_tags import selected
from .counts import BREAKDOWNS, Counts, ErrorBucket, count, total
from .error_examples import ERRORS, Example, ShownEntity, choose, merge

#: What a language may lack, and a sum over languages then leaves out.
_NULLABLE = ("offsets", *BREAKDOWNS)


@dataclass(frozen=True, slots=True)
class Examination:
    """The errors of one test set, with what pins it down (`report.Result` has the same fields)."""

    suite: str
    lang: str
    version: str
    script: str | None
    signature: str
    fingerprint: str
    pinned: bool
    ids: str
    missing: int
    types: tuple[str, ...] | None
    not_scored: NotScored | None
    counts: Counts
    examples: tuple[Example, ...]

    def as_json(self) -> dict[str, Any]:
        """The counts in plain JSON types, without the examples."""
        return {
            "suite": self.suite,
            "lang": self.lang,
            **({"gold_version": self.version} if self.version else {}),
            "script": self.script,
            "signature": self.signature,
            "pinned": self.pinned,
            "partial": bool(self.ids),
            "missing": self.missing,
            **({} if self.not_scored is None else {"not_scored": plain(self.not_scored)}),
            **counts_json(self.counts),
        }


def examine(
    gold: Gold,
    prediction: Prediction,
    types: Types,
    train: Gold | None = None,
    keep: BoolArray | None = None,
    *,
    limit: int | None = 3,
    categories: Collection[str] = ERRORS,
) -> Examination:
    """Examine one test set.

    Args:
        types: the types that count, as in `report.evaluate`.
        train: the training split of the same suite and language, if at hand.
        keep: per sentence, whether it counts; None for all.
        limit: how many examples of each class; None for all.
        categories: the classes that examples are wanted of.

    Raises:
        UsageError, FindingsError: as `report.evaluate`.
    """
    names = gold.ids() if keep is None else [name for name, wanted in zip(gold.ids(), keep, strict=True) if wanted]
    gold, prediction, ids = part(gold, prediction, keep)
    chosen = resolved(selection(types), gold)
    refuse_unscored(gold, prediction, chosen)
    wanted = selected(chosen.names, prediction.types, gold.spans.types)
    decoded, _ = decode(prediction.codes, gold.lengths, prediction.types)
    pairing = pair(replace(gold.spans, types=prediction.types).of_types(wanted), decoded.of_types(wanted))
    return Examination(
        suite=gold.suite,
        lang=gold.lang,
        version=gold.version,
        script=script_of(gold.suite, gold.lang),
        signature=signature(gold.named, [gold.structure], gold.lang, chosen.names, ids),
        fingerprint=gold.structure,
        pinned=gold.pinned,
        ids=ids,
        missing=int((~prediction.present).sum()),
        types=chosen.names,
        not_scored=not_scored(gold, prediction, chosen),
        counts=count(gold, pairing, wanted, train),
        examples=tuple(choose(gold, pairing, names, categories, limit)),
    )


def script_of(suite: str, lang: str) -> str | None:
    """The script of a language; of a suite that is nobody's but the user's, the one of a language with that code, if there is any."""
    own = find(suite)
    suites = [*([own] if own else []), *packaged().values()]
    return next((language.script for known in suites if (language := known.language(lang)) and language.script), None)


def as_json(examinations: Sequence[Examination], limit: int | None = 3) -> dict[str, Any]:
    """The report on any number of test sets: `results`, `totals` per suite, and `examples`, at most `limit` of each class."""
    suites = dict.fromkeys(row.suite for row in examinations)
    return {
        "results": [row.as_json() for row in examinations],
        "totals": {suite: _total(suite, [row for row in examinations if row.suite == suite]) for suite in suites},
        "examples": [example_json(example) for example in merge((example for row in examinations for example in row.examples), limit)],
    }


def counts_json(counts: Counts) -> dict[str, Any]:
    """Counts with the share of each class: of predicted spans, and for `missed` of gold spans."""
    data: dict[str, Any] = plain(replace(counts, offsets=None))
    whole = {MISSED: counts.gold}
    shares = {name: ratio(number, whole.get(name, counts.predicted)) for name, number in counts.errors.items()}
    head = {name: data.pop(name) for name in ("gold", "predicted", "errors")}
    return {**head, "shares": shares, **data, "offsets": counts.offsets.as_json() if counts.offsets else None}


def example_json(example: Example) -> dict[str, Any]:
    """An example in plain JSON types; positions are tokens of the sentence, `gold` and `predicted` hold all of its scored spans."""
    sentence, offset = example.sentence, None
    if example.matched is not None:
        gold, (index,) = sentence.gold[example.matched], example.predicted
        predicted = sentence.predicted[index]
        offset = {"start": predicted.start - gold.start, "end": predicted.end - gold.end}
    return {
        "class": example.category,
        "suite": example.suite,
        "lang": example.lang,
        "script": script_of(example.suite, example.lang),
        "id": sentence.id,
        "length": sentence.length,
        "tokens": None if sentence.tokens is None else list(sentence.tokens),
        "gold": _entities(sentence.gold),
        "predicted": _entities(sentence.predicted),
        "about": {"gold": list(example.gold), "predicted": list(example.predicted), "matched": example.matched},
        "offset": offset,
    }


def _entities(entities: Sequence[ShownEntity]) -> list[dict[str, Any]]:
    return [{"start": entity.start, "end": entity.end, "type": entity.type} for entity in entities]


def _total(suite: str, rows: Sequence[Examination]) -> dict[str, Any]:
    """The sum over the suite's ranked languages: the scorer's micro counts."""
    known = find(suite)
    wanted = ranked(known, rows[0].version) if known else tuple(row.lang for row in rows)
    inside = [row for row in rows if row.lang in wanted]
    missing = sorted(set(wanted) - {row.lang for row in rows})
    without = {name: [row.lang for row in inside if getattr(row.counts, name) is None] for name in _NULLABLE}
    return {
        "signature": suite_signature(
            suite, rows[0].version, [row.fingerprint for row in inside], rows[0].types, [row.ids for row in inside]
        ),
        "languages": [row.lang for row in inside],
        "missing_languages": missing,
        "apart": [row.lang for row in rows if row.lang not in wanted],
        "complete": not missing and all(row.pinned and not row.ids and not row.missing for row in inside),
        **counts_json(total([row.counts for row in inside])),
        "by_script": plain(_by_script(inside)),
        "without": {name: langs for name, langs in without.items() if langs},
    }


def _by_script(rows: Sequence[Examination]) -> dict[str, ErrorBucket]:
    """Each script's spans in one bucket: the sum of its languages' breakdown by position, which holds every span once."""
    scripts = dict.fromkeys(row.script for row in rows if row.script)
    return {script: whole(total([row.counts for row in rows if row.script == script])) for script in scripts}


def whole(counts: Counts) -> ErrorBucket:
    """All spans as one bucket."""
    parts = counts.by_position.values()
    fates = {name: sum(bucket.fates[name] for bucket in parts) for name in next(iter(parts)).fates}
    return ErrorBucket(counts.predicted, counts.gold, counts.errors, fates)
