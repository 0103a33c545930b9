"""Predictions in other formats and tag schemes, to ours and back. Nothing is repaired silently.

Formats: `conll` (`token tag` lines), `xtreme` (one label a line), `spans` (JSON lines `{"id", "entities": [{"start", "end",
"type"}]}`, half-open token positions) and `jsonl` (ours).
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from . import schemes
from .columns import Sentence, decode_text, parse
from .errors import DataError
from .gold.model import TAG, Gold, nfc
from .protocol import sentence_id
from .schemes import SCHEMES, Span
from .spans import OUTSIDE, offsets, tag_codes
from .submission import strict_json
from .submission.careful_reader import compare_tokens
from .submission.findings import Findings, FindingsError, show
from .submission.prediction import closed_types
from .submission.predictions import read

#: What `Report.counts` calls the invalid transitions of IOB2 that stand in the output as they stood in the input.
KEPT = "invalid transitions kept"

FORMATS = ("conll", "xtreme", "spans", "jsonl")


@dataclass(frozen=True, slots=True)
class Change:
    """A tag that is not what the input said, beyond the other way of writing the same span."""

    id: str
    token: int
    before: str
    after: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def __str__(self) -> str:
        return f"{self.id}, token {self.token}: {self.before} -> {self.after} ({self.reason})"


@dataclass(slots=True)
class Report:
    """What a conversion did: `changes` lists every repair and mapping; `counts` adds up what is kept or rewritten as well."""

    changes: list[Change] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def note(self, change: Change) -> None:
        self.changes.append(change)
        self.counts[change.reason] += 1


def to_tags(
    data: bytes, name: str, source: str, gold: Gold, scheme: str, mapping: Mapping[str, str], findings: Findings, report: Report
) -> list[list[str]]:
    """Read predictions of a whole test set as IOB2 tags.

    Args:
        data, name: the file's content, and what to call it.
        source: one of `FORMATS`.
        gold: the test set that is predicted: its ids, and what tokens are compared with.
        scheme: a key of `SCHEMES`; spans have none.
        mapping: types to replace; to `O` drops a type.
        findings: takes warnings (tokens that are the gold's after NFC).
        report: takes what was changed.

    Returns:
        Tags per sentence. IOB2 input stays as it is, invalid transitions included: the protocol counts them.

    Raises:
        FindingsError: the file does not line up with the gold, or holds tags outside the set.
        DataError: the file cannot be read at all.
    """
    if source == "jsonl":
        tags = _read_jsonl(data, name, gold, findings, open_types=bool(mapping))
        for key in ("scores", "tokens"):
            if count := data.count(f'"{key}"'.encode()):
                report.counts[f"`{key}` not carried over"] = count
        lines = None
    elif source == "spans":
        tags = [_iob2(spans, length) for spans, length in zip(_read_spans(data, name, gold, findings), gold.lengths.tolist(), strict=True)]
        lines = None
    else:
        sentences = parse(decode_text(data, name), name)
        if source == "xtreme" and sentences[0].tokens is not None:
            raise DataError(f"{name}:{sentences[0].line}: bad-columns: one label a line belongs here; for two columns use --from conll")
        _line_up(sentences, gold, name, findings)
        tags = [list(sentence.tags) for sentence in sentences]
        lines = [sentence.line for sentence in sentences]
    _check_prefixes(tags, lines, name, scheme, findings)
    converted = [_convert(sentence, sentence_id(gold.lang, index), scheme, mapping, report) for index, sentence in enumerate(tags)]
    _check_types(converted, gold, lines, name, findings)
    return converted


def _refuse(findings: Findings) -> None:
    if findings.errors:
        raise FindingsError(findings)


def _line_up(sentences: Sequence[Sentence], gold: Gold, name: str, findings: Findings) -> None:
    """Sentence by sentence, the file must be the gold's: the first difference ends the comparison."""
    expected = gold.token_list()
    first = offsets(gold.lengths).tolist()
    for index, sentence in enumerate(sentences):
        if index == gold.sentences:
            findings.add("unknown-id", name, sentence.line, f"sentence {index + 1} of the file; the gold has {gold.sentences}")
            break
        ident, length = sentence_id(gold.lang, index), int(gold.lengths[index])
        tokens = None if expected is None or sentence.tokens is None else expected[first[index] : first[index + 1]]
        if tokens is None or sentence.tokens is None:
            if len(sentence.tags) != length:
                findings.add("wrong-number-of-tags", name, sentence.line, f"{ident}: expected {length} tags, got {len(sentence.tags)}")
                break
            continue
        place = next((k for k, (a, b) in enumerate(zip(sentence.tokens, tokens, strict=False)) if nfc(a) != nfc(b)), None)
        if place is None and len(sentence.tokens) != length:
            place = min(len(sentence.tokens), length)
        if place is not None:
            got, want = (show(words[place]) if place < len(words) else "the end of the sentence" for words in (sentence.tokens, tokens))
            findings.add("token-mismatch", name, sentence.line + place, f"{ident}, token {place}: expected {want}, got {got}")
            break
        line = sentence.line
        compare_tokens(
            list(sentence.tokens),
            tokens,
            ident,
            lambda code, message, line=line: findings.add(code, name, line, message),  # type: ignore[misc]
        )
    else:
        if len(sentences) < gold.sentences:
            findings.add("missing-id", name, None, f"the file ends before {sentence_id(gold.lang, len(sentences))}")
    _refuse(findings)


def _read_jsonl(data: bytes, name: str, gold: Gold, findings: Findings, *, open_types: bool) -> list[list[str]]:
    # With a map, types outside the suite's set may stand in the input: read it as an open set, the check comes after.
    prediction = read(data, name, replace(gold, suite="") if open_types else gold, findings)
    if prediction is None:
        raise FindingsError(findings)
    names = list(tag_codes(prediction.types))
    flat = [names[code] for code in prediction.codes.tolist()]
    first = offsets(gold.lengths).tolist()
    return [flat[begin:end] for begin, end in pairwise(first)]


def _read_spans(data: bytes, name: str, gold: Gold, findings: Findings) -> list[list[Span]]:
    found: dict[int, list[Span]] = {}
    index_of = {ident: index for index, ident in enumerate(gold.ids())}
    for number, line in enumerate(decode_text(data, name).removesuffix("\n").split("\n"), 1):
        before = findings.errors
        value = strict_json.loads(line, lambda code, message, number=number: findings.add(code, name, number, message))  # type: ignore[misc]
        if findings.errors > before:
            continue
        index = index_of.get(value["id"]) if isinstance(value, dict) and isinstance(value.get("id"), str) else None
        if index is None:
            findings.add("unknown-id", name, number, f"{show(value)}")
        elif index in found:
            findings.add("duplicate-id", name, number, show(value["id"]))
        else:
            found[index] = _spans_of(value, int(gold.lengths[index]), name, number, findings)
    for index in sorted(index_of.values() - found.keys()):
        findings.add("missing-id", name, None, f"no line for {sentence_id(gold.lang, index)}")
    _refuse(findings)
    return [found[index] for index in range(gold.sentences)]


def _spans_of(value: dict[str, Any], length: int, name: str, number: int, findings: Findings) -> list[Span]:
    entities = value.get("entities")
    if not isinstance(entities, list) or not all(_is_entity(entity) for entity in entities):
        findings.add("wrong-type", name, number, 'entities: expected [{"start": integer, "end": integer, "type": string}, ...]')
        return []
    spans = sorted(Span(entity["start"], entity["end"], entity["type"]) for entity in entities)
    for before, span in zip([None, *spans], spans, strict=False):
        if not 0 <= span.start < span.end <= length or (before and before.end > span.start):
            findings.add("wrong-type", name, number, f"entity {span.start}-{span.end} overlaps another or leaves the {length} tokens")
    return spans


def _is_entity(entity: Any) -> bool:
    return (
        isinstance(entity, dict)
        and all(isinstance(entity.get(side), int) and not isinstance(entity.get(side), bool) for side in ("start", "end"))
        and isinstance(entity.get("type"), str)
    )


def _check_prefixes(tags: list[list[str]], lines: list[int] | None, name: str, scheme: str, findings: Findings) -> None:
    allowed = SCHEMES[scheme].prefixes
    good = {tag for tag in {tag for sentence in tags for tag in sentence} if _well_formed(tag, allowed)}
    for index, sentence in enumerate(tags):
        for position, tag in enumerate(sentence):
            if tag not in good:
                place = lines[index] + position if lines else None
                findings.add("unknown-tag", name, place, f"{show(tag)} is no {scheme} tag (--scheme names another: {', '.join(SCHEMES)})")
    _refuse(findings)


def _well_formed(tag: str, prefixes: frozenset[str]) -> bool:
    return tag == OUTSIDE or (tag[:1] in prefixes and TAG.fullmatch(f"B{tag[1:]}") is not None)


def _convert(tags: list[str], ident: str, scheme: str, mapping: Mapping[str, str], report: Report) -> list[str]:
    spans = schemes.decode(tags)
    if scheme == "IOB2":
        written = tags
        report.counts[KEPT] += sum(a != b for a, b in zip(tags, _iob2(spans, len(tags)), strict=True))
    else:
        written = _iob2(spans, len(tags))
        for position, (tag, valid) in enumerate(zip(tags, schemes.encode(spans, len(tags), SCHEMES[scheme]), strict=True)):
            if tag != valid:
                report.note(Change(ident, position, tag, written[position], f"invalid {scheme}"))
        report.counts[f"spans read from {scheme}"] += len(spans)
    return _map_types(written, spans, ident, mapping, report) if mapping else written


def _iob2(spans: Sequence[Span], length: int) -> list[str]:
    return schemes.encode(spans, length, SCHEMES["IOB2"])


def _map_types(tags: list[str], spans: list[Span], ident: str, mapping: Mapping[str, str], report: Report) -> list[str]:
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


def _check_types(tags: list[list[str]], gold: Gold, lines: list[int] | None, name: str, findings: Findings) -> None:
    types = closed_types(gold)
    known = tag_codes(types).keys() if types else None
    for index, sentence in enumerate(tags):
        for position, tag in enumerate(sentence):
            if tag not in known if known is not None else not TAG.fullmatch(tag):
                place = lines[index] + position if lines else None
                message = f"{show(tag)} in {sentence_id(gold.lang, index)}; say what becomes of the type, as in --map {tag[2:]}=O"
                findings.add("unknown-tag", name, place, message)
    _refuse(findings)


def write(tags: list[list[str]], target: str, gold: Gold, scheme: str, report: Report) -> str:
    """The tags of a whole test set as a file's text.

    Args:
        target: one of `FORMATS`; `conll` takes its tokens from the gold.
        scheme: how `conll` and `xtreme` write spans; `jsonl` is always IOB2.

    Raises:
        DataError: `conll` was asked for and the gold has no tokens.
    """
    ids = gold.ids()
    if target == "spans" or scheme != "IOB2":
        _note_invalid(tags, ids, report)
    if target == "jsonl":
        return "".join(json.dumps({"id": ident, "tags": sentence}) + "\n" for ident, sentence in zip(ids, tags, strict=True))
    if target == "spans":
        return "".join(
            json.dumps({"id": ident, "entities": [span._asdict() for span in schemes.decode(sentence)]}) + "\n"
            for ident, sentence in zip(ids, tags, strict=True)
        )
    if scheme != "IOB2":
        tags = [_rewrite(sentence, ident, scheme, report) for ident, sentence in zip(ids, tags, strict=True)]
    if target == "xtreme":
        return "".join("\n".join(sentence) + "\n\n" for sentence in tags)
    words = gold.token_list()
    if words is None:
        raise DataError("this gold has no tokens to write beside the tags: use --to xtreme")
    supply = iter(words)
    return "".join("".join(f"{next(supply)}\t{tag}\n" for tag in sentence) + "\n" for sentence in tags)


def _note_invalid(tags: list[list[str]], ids: list[str], report: Report) -> None:
    """List the invalid beginnings that only IOB2 can keep."""
    del report.counts[KEPT]
    for ident, sentence in zip(ids, tags, strict=True):
        for position, (tag, valid) in enumerate(zip(sentence, _iob2(schemes.decode(sentence), len(sentence)), strict=True)):
            if tag != valid:
                report.note(Change(ident, position, tag, valid, "invalid transition, written as the beginning that it is read as"))


def _rewrite(tags: list[str], ident: str, scheme: str, report: Report) -> list[str]:
    spans = schemes.decode(tags)
    written = schemes.encode(spans, len(tags), SCHEMES[scheme])
    if schemes.decode(written) != spans:  # only IO: adjacent spans of one type run together
        for before, span in pairwise(spans):
            if before.end == span.start and before.type == span.type:
                report.note(Change(ident, span.start, tags[span.start], written[span.start], f"{scheme} cannot keep it apart"))
    return written
