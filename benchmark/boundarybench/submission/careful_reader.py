"""The careful reader of prediction files: line by line, it names everything that is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np

from ..columns import BOM, LANGUAGE_PREFIX
from ..gold.fingerprints import nfc
from ..gold.model import TAG, Gold
from ..protocol import MAX_LINE_BYTES, sentence_id
from ..spans import MAX_TYPES, OUTSIDE, BoolArray, offsets, tag_codes
from . import fits, kinds, naming, strict_json
from .findings import COUNTED, Findings, show
from .prediction import Prediction, closed_types, open_types, spans_per_sentence

#: The keys of a prediction, and whether each must be there.
KEYS = {"id": True, "tags": True, "tokens": False, "scores": False}


@dataclass(slots=True)
class _File:
    """What the careful reader knows while it goes through a file."""

    name: str
    gold: Gold
    findings: Findings
    index: dict[str, int] = field(init=False)
    first: list[int] = field(init=False)
    tokens: list[str] | None = field(init=False)
    tags: dict[int, list[str]] = field(default_factory=dict)
    scores: dict[int, tuple[list[float], int]] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.index = {name: index for index, name in enumerate(self.gold.ids())}
        self.first = offsets(self.gold.lengths).tolist()
        self.tokens = self.gold.token_list()


def read_careful(data: bytes, name: str, gold: Gold, findings: Findings, required: BoolArray) -> Prediction | None:
    """Read a prediction file; arguments as in `predictions.read`. What it returns is only right where no error was found."""
    if data.startswith(BOM):
        findings.add("byte-order-mark", name, 1, "the file begins with EF BB BF")
        data = data[len(BOM) :]
    if not data:
        findings.add("no-predictions", name, None, "the file is empty")
        return None
    file = _File(name, gold, findings)
    if not _is_about_gold(data, file):
        return None
    for number, line in enumerate(_lines(data), 1):
        findings.look_through(len(line))
        _read_line(line, number, file)
        if findings.errors_of_file(name) > COUNTED or findings.is_enough:
            findings.add("too-many-findings", name, number, f"stopped at line {number}")
            return None
    for index in np.flatnonzero(required).tolist():
        if index not in file.lines:
            findings.add("missing-id", name, None, f"no line for {sentence_id(gold.lang, index)}")
    return _assemble(file)


def _is_about_gold(data: bytes, file: _File) -> bool:
    """Whether there are lines to be held against sentences of the gold; else one finding says what the file is."""
    kind = kinds.packed(data) or kinds.text(data) or kinds.spans(data)
    if kind is not None:
        file.findings.add("not-json-lines", file.name, None, kind)
        return False
    other = naming.other(data, file.gold)
    fit = None if other and other.lang else fits.of_lines(data, file.gold)  # ids that name a language say enough
    if fit is not None:
        file.findings.add("other-gold", file.name, None, *fit)
        return False
    if other is not None:
        # Once for the file; every line is then checked against the sentence that it means.
        file.findings.add("unknown-id", file.name, None, other.message)
        if other.places is None:
            return False
        file.index = other.places
    return True


def _lines(data: bytes) -> Iterator[bytes]:
    """The lines of a file, one at a time: a list of them could take eight times the file's size."""
    begin = 0
    while begin < len(data):
        end = data.find(b"\n", begin)
        end = len(data) if end < 0 else end
        yield data[begin:end]
        begin = end + 1


def _read_line(raw: bytes, number: int, file: _File) -> None:
    def report(code: str, message: str) -> None:
        file.findings.add(code, file.name, number, message)

    if len(raw) > MAX_LINE_BYTES:
        report("line-too-large", f"{len(raw)} bytes")
        return
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        report("not-utf-8", f"byte {raw[error.start]:#04x} at byte {error.start + 1} of the line")
        return
    before = file.findings.errors
    value = strict_json.loads(text, report)
    if file.findings.errors > before:
        # What else is wrong with a value that is not what was written would only confuse.
        _note_id(value, number, file)
    elif not isinstance(value, dict):
        report("wrong-type", f"a JSON object belongs here, not {show(value)}")
    else:
        _check_record(value, number, report, file)


def _check_record(value: dict[str, Any], number: int, report: strict_json.Report, file: _File) -> None:
    for key in (key for key in value if key not in KEYS):
        report("unknown-key", f"key {show(key)}")
    for key in (key for key, needed in KEYS.items() if needed and key not in value):
        report("missing-key", f"no {key!r}")
    index = _note_id(value, number, file)
    if index is not None and file.lines[index] != number:
        report("duplicate-id", f"id {show(value['id'])} stands on line {file.lines[index]} too")
        return
    if index is None and "id" in value:
        _report_id(value["id"], report, file.gold)
    if "tags" in value:
        _check_tags(value["tags"], index, report, file)
    if "tokens" in value:
        _check_tokens(value["tokens"], index, report, file)
    if "scores" in value:
        _check_scores(value["scores"], number, index, report, file)


def _report_id(name: Any, report: strict_json.Report, gold: Gold) -> None:
    if isinstance(name, str):
        last = sentence_id(gold.lang, gold.sentences - 1)
        report("unknown-id", f"id {show(name)}; the gold has {sentence_id(gold.lang, 0)} to {last}")
    else:
        report("wrong-type", f"id: a string belongs here, not {show(name)}")


def _note_id(value: Any, number: int, file: _File) -> int | None:
    """The index of the sentence that a record names, its first line noted; None where it names none."""
    name = value.get("id") if isinstance(value, dict) else None
    index = file.index.get(str(name)) if type(name) in (str, int) else None
    if index is not None:
        file.lines.setdefault(index, number)
    return index


def _check_tags(tags: Any, index: int | None, report: strict_json.Report, file: _File) -> None:
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        wrong = tags if not isinstance(tags, list) else next(tag for tag in tags if not isinstance(tag, str))
        report("wrong-type", f"tags: an array of strings belongs here, found {show(wrong)}")
        return
    types = closed_types(file.gold)
    known = tag_codes(types).keys() if types else None
    unknown = {tag for tag in tags if not (tag in known if known is not None else TAG.fullmatch(tag))}
    if unknown:
        place = next(position for position, tag in enumerate(tags) if tag in unknown)
        expected = f"O, B- or I- with {', '.join(types)}" if types else "O, B-TYPE or I-TYPE"
        report("unknown-tag", f"tag {show(tags[place])} at token {place}; expected {expected}")
    if index is None:
        return
    length = int(file.gold.lengths[index])
    if len(tags) != length:
        report("wrong-number-of-tags", f"{sentence_id(file.gold.lang, index)}: expected {length} tags, got {len(tags)}")
    elif not unknown:
        file.tags[index] = tags


def _check_tokens(tokens: Any, index: int | None, report: strict_json.Report, file: _File) -> None:
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        report("wrong-type", f"tokens: an array of strings belongs here, found {show(tokens)}")
        return
    if index is None:
        return
    length = int(file.gold.lengths[index])
    if len(tokens) != length:
        report("token-mismatch", f"{sentence_id(file.gold.lang, index)}: expected {length} tokens, got {len(tokens)}")
    elif file.tokens is not None:
        expected = file.tokens[file.first[index] : file.first[index + 1]]
        compare_tokens(tokens, expected, sentence_id(file.gold.lang, index), report)


def compare_tokens(tokens: list[str], expected: list[str], name: str, report: strict_json.Report) -> None:
    """Report the first token of sentence `name` that is not the gold's: an error if NFC does not make it so.

    XTREME's language prefix (`sw:`) goes where it is all that sets the first token apart and every token has it.
    """
    prefix = LANGUAGE_PREFIX.match(tokens[0]) if tokens and tokens[0] != expected[0] else None
    if prefix and not expected[0].startswith(prefix[0]) and all(token.startswith(prefix[0]) for token in tokens):
        tokens = [token.removeprefix(prefix[0]) for token in tokens]
    for normalise, code, remark in ((nfc, "token-mismatch", ""), (str, "token-normalisation", " (the same after NFC)")):
        for place, (token, gold) in enumerate(zip(tokens, expected, strict=True)):
            if normalise(token) != normalise(gold):
                report(code, f"{name}, token {place}: expected {show(gold)}, got {show(token)}{remark}")
                return


def _check_scores(scores: Any, number: int, index: int | None, report: strict_json.Report, file: _File) -> None:
    if not isinstance(scores, list) or not all(isinstance(score, int | float) and not isinstance(score, bool) for score in scores):
        report("wrong-type", f"scores: an array of numbers belongs here, found {show(scores)}")
    elif index is not None and index in file.tags:
        file.scores[index] = (scores, number)


def _assemble(file: _File) -> Prediction | None:
    """The prediction, `O` where a sentence is missing or wrong; None where there are too many types."""
    gold = file.gold
    empty = [[OUTSIDE] * length for length in gold.lengths.tolist()]
    flat = list(chain.from_iterable(file.tags.get(index, empty[index]) for index in range(gold.sentences)))
    types = closed_types(gold) or open_types(gold, set(flat))
    if types is None:
        file.findings.add("unknown-tag", file.name, None, f"more than {MAX_TYPES} entity types")
        return None
    known = tag_codes(types)
    codes = np.frombuffer(bytes(map(known.__getitem__, flat)), np.uint8)
    spans = spans_per_sentence(codes, gold, types)
    for index, (given, number) in file.scores.items():
        if len(given) != spans[index]:
            message = f"{sentence_id(gold.lang, index)}: expected {spans[index]} scores (predicted spans), got {len(given)}"
            file.findings.add("wrong-number-of-scores", file.name, number, message)
    present = np.zeros(gold.sentences, bool)
    present[list(file.lines)] = True
    scores = [score for _, (given, _) in sorted(file.scores.items()) for score in given]
    return Prediction(codes, types, present, np.array(scores, np.float64) if scores and len(scores) == sum(spans) else None)
