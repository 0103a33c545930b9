"""Which entity types count, and what becomes of the spans of all others: reported with their number, or a reason to refuse.

A suite of the protocol has a closed set of types and a rule for each of them. On gold of one's own nobody knows whether `person` is
another name of PER: there no figure is given over predictions or gold that the default selection would silently reduce.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .errors import UsageError
from .gold.model import Gold
from .protocol import TYPES
from .spans import decode
from .submission.findings import Findings, plain
from .submission.prediction import Prediction, closed_types
from .suites.manifests import find
from .types_and_tags import type_names

#: How many types a message names; the others are added up.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Selection:
    """The types that count: `names` (None: all), and whether somebody `chosen` them or they are the suite's by default."""

    names: tuple[str, ...] | None = TYPES
    chosen: bool = False


#: How the functions that score take a selection: names, "all" or None for every type, or a selection that is read already.
Types = Selection | Iterable[str] | None


@dataclass(frozen=True, slots=True)
class NotScored:
    """Number of spans of each type that does not count, on either side."""

    gold: dict[str, int]
    predicted: dict[str, int]

    def __bool__(self) -> bool:
        return bool(self.gold or self.predicted)


def selection(types: Types) -> Selection:
    """The selection that a caller names. The protocol's own types are the default, however they are given. Raises UsageError."""
    if isinstance(types, Selection):
        return types
    names = type_names(types)
    if names is not None:  # one order, so that one selection has one signature
        names = (*(name for name in TYPES if name in names), *sorted(set(names).difference(TYPES)))
    return Selection(names, chosen=names != TYPES)


def scored_types(suite: str) -> tuple[str, ...]:
    """The types that count by default on gold of that name: the suite's, or the protocol's for a file of one's own."""
    known = find(suite)
    return known.scored if known else TYPES


def resolved(wanted: Selection, gold: Gold) -> Selection:
    """The selection on this gold: its suite's own types where nobody chose others."""
    return wanted if wanted.chosen else Selection(scored_types(gold.suite))


def not_scored(gold: Gold, prediction: Prediction, wanted: Selection) -> NotScored | None:
    """The spans that a selection leaves out; None for the default one on a suite of the protocol, whose rules say so already."""
    wanted = resolved(wanted, gold)
    if closed_types(gold) is not None and not wanted.chosen:
        return None
    if wanted.names is None:
        return NotScored({}, {})
    return NotScored(
        *({name: count for name, count in side.items() if name not in wanted.names} for side in _spans_by_type(gold, prediction))
    )


def check(gold: Gold, prediction: Prediction, wanted: Selection, name: str, findings: Findings) -> None:
    """Note what a selection leaves out of a test set: errors where there should be no figure, a warning where there may be one.

    Args:
        name: what to call the predictions in findings.
        findings: takes what is found.

    Raises:
        UsageError: a suite of the protocol does not have a type that is asked for.
    """
    wanted, closed = resolved(wanted, gold), closed_types(gold)
    if closed is not None:
        foreign = [kind for kind in wanted.names or () if kind not in closed]
        if foreign:
            raise UsageError(f"types: suite {gold.suite} has no {', '.join(foreign)}: choose from {', '.join(closed)}")
    left = not_scored(gold, prediction, wanted)
    if left is None:
        return
    of_gold, predicted = _spans_by_type(gold, prediction)
    scored = ", ".join(map(plain, wanted.names or ()))
    if of_gold and of_gold == left.gold:
        findings.add("no-scored-type", name, None, f"scored: {scored}; gold has {listed(of_gold)}; predicted: {listed(predicted)}")
        return
    foreign_spans = {} if wanted.chosen else {kind: count for kind, count in left.predicted.items() if kind not in gold.spans.types}
    if foreign_spans:
        message = f"predicted and neither in gold nor scored: {listed(foreign_spans)}; scored: {scored}; gold has {listed(of_gold)}"
        findings.add("type-not-in-gold", name, None, message)
    rest = {kind: count for kind, count in left.predicted.items() if kind not in foreign_spans}
    if left.gold or rest:
        message = f"spans that do not count: gold {listed(left.gold)}; predicted {listed(rest)}; scored: {scored}"
        findings.add("type-not-scored", name, None, message)
    absent = [kind for kind in wanted.names or () if of_gold and wanted.chosen and kind not in {*of_gold, *predicted, *TYPES}]
    if absent:
        findings.add("type-absent", name, None, f"asked for, and neither in gold nor predicted: {', '.join(map(plain, absent))}")


def listed(counts: Mapping[str, int]) -> str:
    """Types with their numbers of spans, most first, the rest added up; `none` of nothing."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{plain(name)} {count}" for name, count in ordered[:_NAMED]]
    if rest := ordered[_NAMED:]:
        parts.append(f"{len(rest)} more types {sum(count for _, count in rest)}")
    return ", ".join(parts) or "none"


def _spans_by_type(gold: Gold, prediction: Prediction) -> tuple[dict[str, int], dict[str, int]]:
    """Number of spans of each type that occurs, in gold and in predictions."""
    decoded, _ = decode(prediction.codes, gold.lengths, prediction.types)
    of_gold, predicted = ({kind: count for kind, count in spans.counts().items() if count} for spans in (gold.spans, decoded))
    return of_gold, predicted
