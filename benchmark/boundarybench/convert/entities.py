"""The entities of a line of a span file: each fault has a message of its own."""

from typing import Any, NamedTuple

from ..gold.model import TAG, Gold
from ..schemes import Span
from ..spans import OUTSIDE
from ..submission.findings import show
from ..submission.strict_json import Report

KEYS = ("start", "end", "type")
#: Other formats' names of our keys.
_OTHER_NAMES = {
    **dict.fromkeys(("start_char", "start_offset", "start_index", "start_token", "begin", "from"), "start"),
    **dict.fromkeys(("end_char", "end_offset", "end_index", "end_token", "stop", "to"), "end"),
    **dict.fromkeys(("label", "labels", "entity", "entity_group", "entity_type", "tag", "class", "category"), "type"),
}


class ConvertedEntity(NamedTuple):
    """An entity as a line gives it: its number in the line, from 1, and its span in the line's unit."""

    number: int
    span: Span

    def __str__(self) -> str:
        return f"entity {self.number} ({f'{self.span.start}-{self.span.end} {self.span.type}'.strip()})"


def check_entities(value: Any, length: int | None, unit: str, ident: str, gold: Gold, report: Report) -> list[ConvertedEntity]:
    """Check the entities of a line.

    Args:
        value: what stands under `entities`.
        length: of the sentence, in its unit; None where it is not known.
        unit: `tokens` or `characters`.
        ident: what to call the line's sentence.
        gold: whose types tell a tag from a type.
        report: takes the findings.

    Returns:
        Those entities whose positions are sound in themselves.
    """
    if not isinstance(value, list):
        report("wrong-type", f"entities: an array belongs here, not {show(value)}")
        return []
    found = []
    for number, item in enumerate(value, 1):
        span = _span_of(item, f"{ident}: entity {number}", gold, report)
        if span is not None and _in_range(ConvertedEntity(number, span), length, unit, ident, report):
            found.append(ConvertedEntity(number, span))
    _check_overlaps(found, ident, report)
    return found


def _span_of(item: Any, name: str, gold: Gold, report: Report) -> Span | None:
    """The span of one entity, with an empty type where that is at fault; None where there are no positions."""
    if not isinstance(item, dict):
        match item:
            case [int(start), int(end), str(kind)]:
                report("wrong-type", f'{name}: write {{"start": {start}, "end": {end}, "type": "{kind}"}} for {show(item)}')
            case _:
                report("wrong-type", f"{name}: an object belongs here, not {show(item)}")
        return None
    _check_keys(item, name, report)
    sound = "start" in item and "end" in item
    for key in ("start", "end"):
        if key in item and (not isinstance(item[key], int) or isinstance(item[key], bool)):
            report("wrong-type", f"{name}: {key}: an integer belongs here, not {show(item[key])}")
            sound = False
    kind = item["type"] if "type" in item and _is_type(item["type"], name, gold, report) else ""
    return Span(item["start"], item["end"], kind) if sound else None


def _check_keys(item: dict[str, Any], name: str, report: Report) -> None:
    renamed = set()
    for key in (key for key in item if key not in KEYS):
        meant = _OTHER_NAMES.get(key)
        if meant and meant not in item:
            report("unknown-key", f"{name}: key {show(key)}: it is `{meant}` here")
            renamed.add(meant)
        else:
            report("unknown-key", f"{name}: key {show(key)}")
    for key in KEYS:
        if key not in item and key not in renamed:
            report("missing-key", f"{name}: no `{key}`")


def _is_type(kind: Any, name: str, gold: Gold, report: Report) -> bool:
    known = gold.spans.types
    if not isinstance(kind, str):
        report("wrong-type", f"{name}: type: a string belongs here, not {show(kind)}")
    elif kind == OUTSIDE:
        report("bad-span", f"{name}: type: O stands for no entity; leave it out")
    elif not TAG.fullmatch(f"B-{kind}"):
        report("bad-span", f"{name}: type: 1 to 64 printable characters without blanks belong here, not {show(kind)}")
    elif kind[:2] in ("B-", "I-") and kind not in known and kind[2:] in known:
        report("bad-span", f"{name}: type: {kind} is a tag; write {kind[2:]}, and one entity for each run of tags")
    else:
        return True
    return False


def _in_range(entity: ConvertedEntity, length: int | None, unit: str, ident: str, report: Report) -> bool:
    start, end, _ = entity.span
    if start < 0 or end < 0:
        fault = "is negative; positions count from 0"
    elif start == end:
        fault = f"is empty; `end` is the position after the last, so {start}-{start + 1} is one of the {unit}"
    elif start > end:
        fault = "ends before it starts"
    elif length is not None and end > length:
        fault = f"leaves the sentence, which has {length} {unit}"
        if unit == "tokens":
            fault += "; if positions are characters, add the sentence as `text`"
    else:
        return True
    report("bad-span", f"{ident}: {entity} {fault}")
    return False


def _check_overlaps(entities: list[ConvertedEntity], ident: str, report: Report) -> None:
    """Report every entity that begins before all earlier ones have ended, with the one of those that ends last."""
    reach: ConvertedEntity | None = None
    for entity in sorted(entities, key=lambda entity: (entity.span, entity.number)):
        if reach is not None and entity.span == reach.span:
            report("bad-span", f"{ident}: {entity} repeats entity {reach.number}")
        elif reach is not None and entity.span.start < reach.span.end:
            report("bad-span", f"{ident}: {entity} overlaps {reach}")
        if reach is None or entity.span.end > reach.span.end:
            reach = entity
