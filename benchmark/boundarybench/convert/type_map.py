"""`--map`: types to rename or drop, checked before and after the file is known."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ..errors import UsageError
from ..gold.model import Gold
from ..schemes import SCHEMES, Span
from ..spans import OUTSIDE
from ..spellings import NO_ENTITY
from ..submission.findings import SHOWN, show
from ..submission.prediction import closed_types
from .changes import Change, ConversionReport

_TYPE = re.compile(r"[^\s\x00-\x1f\x7f=]{1,64}")


def parse_map(items: Sequence[str]) -> dict[str, str]:
    """The map that `TYPE=TYPE` items state. Raises UsageError that names all faults."""
    mapping: dict[str, str] = {}
    faults = []
    for item in items:
        before, sign, after = item.partition("=")
        if not (sign and _TYPE.fullmatch(before) and _TYPE.fullmatch(after)):
            faults.append(f"--map {show(item)}: write TYPE=TYPE, as in MISC=O or GPE=LOC: one `=`, no blanks; a --map for each type")
        elif after in NO_ENTITY:
            faults.append(f"--map {item}: to drop a type write the capital letter O, as in --map {before}=O")
        elif before == OUTSIDE:
            faults.append(f"--map {item}: `O` is no type but what stands outside entities; only types can be mapped")
        elif before in mapping:
            faults.append(f"--map {item}: {before} is mapped to {mapping[before]} already; keep one of them")
        else:
            mapping[before] = after
    if faults:
        raise UsageError("\n".join(faults))
    return mapping


def check_map(mapping: Mapping[str, str], seen: Counter[str], gold: Gold, scheme: str, report: ConversionReport) -> None:
    """Hold a map against the file: faults end the conversion, a map that does nothing is a warning.

    Args:
        mapping: from `parse_map`.
        seen: the file's types with their number of spans.
        gold: the test set, whose types can be mapped to.
        scheme: the file's tag scheme: `B-PER` is a tag where it has the prefix B.
        report: takes the warnings.

    Raises:
        UsageError: a map names a tag, several types, or a type that the suite does not have.
    """
    faults = []
    closed = closed_types(gold)
    for before, after in mapping.items():
        item = f"--map {before}={after}"
        for side, known in ((before, seen.keys()), (after, gold.entities().keys())):
            if side not in known and _is_tag(side, scheme):
                faults.append(f"{item}: {side} is a tag; name the type alone, as in --map {_bare(before, scheme)}={_bare(after, scheme)}")
                break
            if side not in known and "," in side:
                faults.append(f"{item}: {side} is several types; write one --map for each, as in --map MISC=O --map GPE=LOC")
                break
        else:
            if closed and after != OUTSIDE and after not in closed:
                faults.append(f"{item}: {gold.suite} has no type {after}; map to {', '.join(closed)} or O")
            elif not closed and after not in (OUTSIDE, *gold.entities()):
                report.warnings.append(f"{item}: the gold has no type {after}; it has {', '.join(gold.entities())}")
        if before not in seen:
            report.warnings.append(f"{item} never applies: the file's types, with their spans, are {_listed(seen)}")
        elif after in mapping and mapping[after] not in (after, before):
            report.warnings.append(
                f"{item}: {before} becomes {after} and stays it; --map {after}={mapping[after]} is for the file's own {after}"
            )
    if faults:
        raise UsageError("\n".join(faults))


def _listed(seen: Counter[str]) -> str:
    named = [f"{kind} ({count})" for kind, count in seen.most_common(SHOWN)]
    if len(seen) > SHOWN:
        named.append(f"and {len(seen) - SHOWN} others")
    return ", ".join(named) or "none"


def map_types(tags: list[str], spans: list[Span], ident: str, mapping: Mapping[str, str], report: ConversionReport) -> list[str]:
    """Map types tag by tag, so that invalid transitions stay visible, and keep the spans apart that were apart."""
    mapped = [_mapped(tag, mapping) for tag in tags]
    for before, span in zip([None, *spans], spans, strict=False):
        kind = mapping.get(span.type, span.type)
        if kind != span.type:
            report.note(Change(ident, span.start, tags[span.start], mapped[span.start], f"mapped {span.type}={kind}"))
        joins = before is not None and before.end == span.start and mapping.get(before.type, before.type) == kind != OUTSIDE
        if joins and mapped[span.start].startswith("I-"):
            report.note(Change(ident, span.start, mapped[span.start], f"B-{kind}", "kept apart from the span before it"))
            mapped[span.start] = f"B-{kind}"
    return mapped


def _mapped(tag: str, mapping: Mapping[str, str]) -> str:
    kind = mapping.get(tag[2:], tag[2:])
    return OUTSIDE if tag == OUTSIDE or kind == OUTSIDE else f"{tag[0]}-{kind}"


def _is_tag(name: str, scheme: str) -> bool:
    return name[:1] in SCHEMES[scheme].prefixes | {"B", "I"} and name[1:2] == "-" and len(name) > 2


def _bare(name: str, scheme: str) -> str:
    return name[2:] if _is_tag(name, scheme) else name
