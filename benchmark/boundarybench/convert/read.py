"""Predictions of any format and tag scheme as IOB2 tags of a whole test set."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

from .. import schemes
from ..column_layout import FOUND, Columns
from ..columns import BOM, decode_text, parse
from ..errors import DataError
from ..gold.model import TAG, Gold
from ..protocol import sentence_id
from ..schemes import SCHEMES, Span
from ..spans import OUTSIDE, offsets, tag_codes
from ..spellings import Misspelling, explain, is_bare_type, uses
from ..submission.findings import Findings, FindingsError, show
from ..submission.prediction import closed_types
from ..submission.predictions import read
from .aligned import line_up
from .changes import KEPT, Change, ConversionReport
from .layout import parse_lines, refuse_json, refuse_lines
from .span_file import read_spans
from .type_map import check_map, map_types

#: The line of a file on which the tag at (sentence, token) stands; None where the file has other lines.
Line = Callable[[int, int], int | None]


def to_tags(
    data: bytes,
    name: str,
    source: str,
    gold: Gold,
    scheme: str,
    mapping: Mapping[str, str],
    findings: Findings,
    report: ConversionReport,
    columns: Columns = FOUND,
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
        columns: where tokens and tags of a column file stand.

    Returns:
        Tags per sentence. IOB2 input stays as it is, invalid transitions included: the protocol counts them.

    Raises:
        FindingsError: the file does not line up with the gold, or holds tags outside the set.
        DataError: the file cannot be read at all.
        UsageError: the map cannot be meant (`check_map`).
    """
    tags, line = _read(data, name, source, gold, findings, report, columns, open_types=bool(mapping))
    if scheme == "IO":
        tags = [[f"I-{tag}" if is_bare_type(tag) else tag for tag in sentence] for sentence in tags]
    _check_prefixes(tags, line, name, scheme, findings, last=source != "lines")
    spans = [schemes.decode(sentence) for sentence in tags]
    check_map(mapping, Counter(span.type for sentence in spans for span in sentence), gold, scheme, report)
    converted = [
        _convert(sentence, found, sentence_id(gold.lang, index), scheme, mapping, report)
        for index, (sentence, found) in enumerate(zip(tags, spans, strict=True))
    ]
    _check_types(converted, gold, line, name, findings)
    return converted


def _read(
    data: bytes, name: str, source: str, gold: Gold, findings: Findings, report: ConversionReport, columns: Columns, *, open_types: bool
) -> tuple[list[list[str]], Line]:
    refuse_json(data, name, source)
    if source == "jsonl":
        tags = _read_jsonl(data, name, gold, findings, open_types=open_types)
        for key in ("scores", "tokens"):
            if count := data.count(f'"{key}"'.encode()):
                report.counts[f"`{key}` not carried over"] = count
        return tags, _no_line
    text = decode_text(data.removeprefix(BOM), name)
    if source == "spans":
        spans, by_characters = read_spans(text, name, gold, findings)
        if by_characters:
            report.counts["spans given by characters of `text`"] = by_characters
        return [schemes.iob2(found, length) for found, length in zip(spans, gold.lengths.tolist(), strict=True)], _no_line
    if source == "lines":
        sentences = parse_lines(text, name)
    else:
        refuse_lines(text, name)
        sentences = parse(text, name, columns)
    if source == "xtreme" and sentences[0].tokens is not None:
        raise DataError(f"{name}:{sentences[0].line}: bad-columns: one label a line belongs here; for two columns use --from conll")
    line_up(sentences, gold, name, findings)
    tags = [list(sentence.tags) for sentence in sentences]
    if source == "lines":
        return tags, lambda index, _position: sentences[index].line
    return tags, lambda index, position: sentences[index].line_of(position)


def _no_line(_index: int, _position: int) -> None:
    return None


def _refuse(findings: Findings) -> None:
    if findings.errors:
        raise FindingsError(findings)


def _read_jsonl(data: bytes, name: str, gold: Gold, findings: Findings, *, open_types: bool) -> list[list[str]]:
    # With a map, types outside the suite's set may stand in the input: read it as an open set, the check comes after.
    prediction = read(data, name, replace(gold, suite="") if open_types else gold, findings)
    if prediction is None:
        raise FindingsError(findings)
    names = list(tag_codes(prediction.types))
    flat = [names[code] for code in prediction.codes.tolist()]
    first = offsets(gold.lengths).tolist()
    return [flat[begin:end] for begin, end in pairwise(first)]


def _check_prefixes(tags: list[list[str]], line: Line, name: str, scheme: str, findings: Findings, *, last: bool) -> None:
    """Report every distinct tag that is none of the scheme, and what does not line up: all that is wrong before types are looked at."""
    allowed = SCHEMES[scheme].prefixes
    good = {tag for tag in {tag for sentence in tags for tag in sentence} if _well_formed(tag, allowed)}
    found = uses(
        (tag, line(index, position)) for index, sentence in enumerate(tags) for position, tag in enumerate(sentence) if tag not in good
    )
    for tag, (count, first) in found.items():
        fault = _explained(tag, scheme)
        findings.add(
            "unknown-tag", name, first, f"{show(tag)} is no {scheme} tag ({_times(count)}): {fault.problem}", fault.advice(last=last)
        )
    _refuse(findings)


def _explained(tag: str, scheme: str) -> Misspelling:
    if tag[:1] in SCHEMES["IOB2"].prefixes and TAG.fullmatch(tag):
        return Misspelling(f"{tag[0]}- is no prefix of {scheme}", f"name the file's scheme: --scheme {' or '.join(_schemes_with(tag[0]))}")
    return explain(tag, "--scheme")


def _schemes_with(prefix: str) -> list[str]:
    return [name for name, scheme in SCHEMES.items() if prefix in scheme.prefixes]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times, first here"


def _well_formed(tag: str, prefixes: frozenset[str]) -> bool:
    return tag == OUTSIDE or (tag[:1] in prefixes and TAG.fullmatch(f"B{tag[1:]}") is not None)


def _convert(
    tags: list[str], spans: list[Span], ident: str, scheme: str, mapping: Mapping[str, str], report: ConversionReport
) -> list[str]:
    if scheme == "IOB2":
        written = tags
        report.counts[KEPT] += sum(a != b for a, b in zip(tags, schemes.iob2(spans, len(tags)), strict=True))
    else:
        written = schemes.iob2(spans, len(tags))
        for position, (tag, valid) in enumerate(zip(tags, schemes.encode(spans, len(tags), SCHEMES[scheme]), strict=True)):
            if tag != valid:
                report.note(Change(ident, position, tag, written[position], f"invalid {scheme}"))
        report.counts[f"spans read from {scheme}"] += len(spans)
    return map_types(written, spans, ident, mapping, report) if mapping else written


def _check_types(tags: list[list[str]], gold: Gold, line: Line, name: str, findings: Findings) -> None:
    """Report every type that the suite does not have; gold of one's own takes any."""
    types = closed_types(gold)
    if types is None:
        return
    known = tag_codes(types).keys()
    found = uses(
        (tag[2:], line(index, position)) for index, sentence in enumerate(tags) for position, tag in enumerate(sentence) if tag not in known
    )
    for kind, (count, first) in found.items():
        message = f"{show(kind)} is no type of {gold.suite}, which has {', '.join(types)} ({_times(count)})"
        findings.add("unknown-tag", name, first, message, f"say what becomes of it, as in --map {kind}=O")
    _refuse(findings)
