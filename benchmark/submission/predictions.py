"""Prediction files: bytes in; findings, or the tag codes of a whole test set, out.

There are two readers of one language. `_read_fast` accepts a file that is right in every respect and says nothing of any other;
`_read_careful` reads line by line and names everything that is wrong. The fast one is there because it takes a fifth of the
time (`docs/performance.md`); the tests hold the two against each other.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any, Literal

import msgspec
import numpy as np

from ..errors import DataError
from ..gold.model import TAG, Gold, nfc
from ..protocol import MAX_LINE_BYTES, SUITES, sentence_id
from ..spans import BoolArray, ByteArray, decode, offsets, tag_codes
from . import strict_json
from .findings import COUNTED, Findings, show

_BOM = b"\xef\xbb\xbf"

#: The keys of a prediction, and whether each must be there.
KEYS = {"id": True, "tags": True, "tokens": False, "scores": False}

_MAX_TYPES = 127  # tag codes are bytes


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Predicted tags of a whole test set.

    Attributes:
        codes: tag codes of all gold tokens, `O` where a sentence is missing; shape (tokens,).
        types: names of the types that the codes stand for; they begin with the gold's.
        present: per sentence, whether the file predicts it.
    """

    codes: ByteArray
    types: tuple[str, ...]
    present: BoolArray


def read(data: bytes, name: str, gold: Gold, findings: Findings, required: BoolArray | None = None) -> Prediction | None:
    """Read a prediction file against its gold.

    Args:
        data: the file's content.
        name: what to call the file in findings.
        gold: the test set that it predicts.
        findings: takes what is found.
        required: per sentence, whether it is an error if the file lacks it; None requires all.

    Returns:
        The prediction, or None where an error was found.
    """
    with _without_garbage_collection():
        fast = _read_fast(data, gold)
    if fast is not None:
        return fast
    before = findings.errors
    prediction = _read_careful(data, name, gold, findings, np.ones(gold.sentences, bool) if required is None else required)
    return prediction if findings.errors == before else None


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Ten thousand lists at once make the collector look for cycles again and again, where there can be none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def of_tags(tags: Sequence[Sequence[str]], gold: Gold) -> Prediction:
    """A prediction from tags in memory, one list per sentence of the gold. Raises DataError where they do not fit it."""
    if [len(sentence) for sentence in tags] != gold.lengths.tolist():
        raise DataError(
            f"wrong-number-of-tags: predictions and gold differ in sentences ({len(tags)}, {gold.sentences}) or in their lengths"
        )
    types = closed_types(gold) or _open_types(gold, set(chain.from_iterable(tags)))
    known = tag_codes(types or ())
    unknown = sorted(set(chain.from_iterable(tags)) - known.keys())
    if types is None or unknown:
        raise DataError(f"unknown-tag: {show(unknown[0] if unknown else 'too many types')}; expected O, B-TYPE or I-TYPE")
    codes = np.frombuffer(bytes(map(known.__getitem__, chain.from_iterable(tags))), np.uint8)
    return Prediction(codes, types, np.ones(gold.sentences, bool))


def closed_types(gold: Gold) -> tuple[str, ...] | None:
    """The types that predictions may use; None where the gold is a user's own and any well-formed tag will do."""
    return SUITES[gold.suite].types if gold.suite in SUITES else None


# --- The fast reader ------------------------------------------------------------------------------------------------------


@cache
def _decoder(types: tuple[str, ...] | None) -> msgspec.json.Decoder[Any]:
    tag: Any = Literal[tuple(tag_codes(types))] if types else str
    record = msgspec.defstruct(
        "Record",
        [
            ("id", str),
            ("tags", list[tag]),
            ("tokens", list[str] | msgspec.UnsetType, msgspec.UNSET),
            ("scores", list[float] | msgspec.UnsetType, msgspec.UNSET),
        ],
        forbid_unknown_fields=True,
        gc=False,
    )
    return msgspec.json.Decoder(record)


def _read_fast(data: bytes, gold: Gold) -> Prediction | None:
    """The prediction, if the file is complete and has no finding of any kind; None in every other case or doubt."""
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    # The decoder takes two objects on a line, and one on two; a record that ends every line leaves room for neither.
    if lines != gold.sentences or lines != data.count(b"}\n") + data.endswith(b"}"):
        return None
    if len(data) > MAX_LINE_BYTES and max(map(len, data.split(b"\n"))) > MAX_LINE_BYTES:
        return None
    types = closed_types(gold)
    try:
        records = _decoder(types).decode_lines(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    ids = gold.ids()
    if [record.id for record in records] != ids:
        by_id = {record.id: record for record in records}
        if len(records) != lines or by_id.keys() != set(ids):
            return None
        records = [by_id[name] for name in ids]
    tags = [record.tags for record in records]
    given = _optional_keys(data, records, tags)
    if given is None or list(map(len, tags)) != gold.lengths.tolist() or not _tokens_agree(records, given["tokens"], gold):
        return None
    if types is None:
        types = _open_types(gold, set(chain.from_iterable(tags)))
    if types is None:
        return None
    codes = np.frombuffer(bytes(map(tag_codes(types).__getitem__, chain.from_iterable(tags))), np.uint8)
    if not _scores_agree(records, given["scores"], codes, gold, types):
        return None
    return Prediction(codes, types, np.ones(gold.sentences, bool))


def _optional_keys(data: bytes, records: list[Any], tags: list[list[str]]) -> dict[str, list[int]] | None:
    """Indices of the records that have `tokens` and `scores`; None if any object might have a key twice.

    The decoder does not notice a second key, but every string that it read accounts for two quotation marks in the bytes:
    more of them than that is a doubt.
    """
    quotes = data.count(b'"')
    expected = 2 * (3 * len(records) + sum(map(len, tags)))
    if quotes == expected:
        return {"tokens": [], "scores": []}
    given = {
        key: [index for index, record in enumerate(records) if getattr(record, key) is not msgspec.UNSET] for key in ("tokens", "scores")
    }
    expected += 2 * (sum(map(len, given.values())) + sum(len(records[index].tokens) for index in given["tokens"]))
    # After an escaped backslash a quotation mark ends its string, and would be counted as an escaped one.
    return given if quotes == expected + data.count(b'\\"') and b"\\\\" not in data else None


def _tokens_agree(records: list[Any], given: list[int], gold: Gold) -> bool:
    expected = gold.token_list() if given else []
    if expected is None:
        return False
    first = offsets(gold.lengths).tolist()
    return all(records[index].tokens == expected[first[index] : first[index + 1]] for index in given)


def _scores_agree(records: list[Any], given: list[int], codes: ByteArray, gold: Gold, types: tuple[str, ...]) -> bool:
    if not given:
        return True
    predicted = _spans_per_sentence(codes, gold, types)
    values = np.fromiter(chain.from_iterable(records[index].scores for index in given), np.float64)
    return bool(np.isfinite(values).all()) and all(len(records[index].scores) == predicted[index] for index in given)


def _spans_per_sentence(codes: ByteArray, gold: Gold, types: tuple[str, ...]) -> list[int]:
    spans, _ = decode(codes, gold.lengths, types)
    owner = np.searchsorted(offsets(gold.lengths), spans.start, "right") - 1
    counts: list[int] = np.bincount(owner, minlength=gold.sentences).tolist()
    return counts


def _open_types(gold: Gold, tags: set[str]) -> tuple[str, ...] | None:
    """The gold's types and, after them, all others that are predicted; None where a tag is malformed or there are too many."""
    if not all(TAG.fullmatch(tag) for tag in tags):
        return None
    known = set(gold.spans.types)
    types = (*gold.spans.types, *sorted({tag[2:] for tag in tags if tag != "O"} - known))
    return types if len(types) <= _MAX_TYPES else None


# --- The careful reader ---------------------------------------------------------------------------------------------------


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
    scores: dict[int, tuple[int, int]] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.index = {name: index for index, name in enumerate(self.gold.ids())}
        self.first = offsets(self.gold.lengths).tolist()
        self.tokens = self.gold.token_list()


def _read_careful(data: bytes, name: str, gold: Gold, findings: Findings, required: BoolArray) -> Prediction | None:
    file = _File(name, gold, findings)
    if data.startswith(_BOM):
        findings.add("byte-order-mark", name, 1, "the file begins with EF BB BF")
        data = data[len(_BOM) :]
    if not data:
        findings.add("no-predictions", name, None, "the file is empty")
        return None
    for number, line in enumerate(_lines(data), 1):
        _read_line(line, number, file)
        if findings.errors_of_file(name) > COUNTED:
            findings.add("too-many-findings", name, number, f"stopped at line {number}")
            return None
    for index in np.flatnonzero(required).tolist():
        if index not in file.lines:
            findings.add("missing-id", name, None, f"no line for {sentence_id(gold.lang, index)}")
    return _assemble(file)


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
    index = file.index.get(name) if isinstance(name, str) else None
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
    """Report the first token of sentence `name` that is not the gold's: an error if NFC does not make it so."""
    for normalise, code, remark in ((nfc, "token-mismatch", ""), (str, "token-normalisation", " (the same after NFC)")):
        for place, (token, gold) in enumerate(zip(tokens, expected, strict=True)):
            if normalise(token) != normalise(gold):
                report(code, f"{name}, token {place}: expected {show(gold)}, got {show(token)}{remark}")
                return


def _check_scores(scores: Any, number: int, index: int | None, report: strict_json.Report, file: _File) -> None:
    if not isinstance(scores, list) or not all(isinstance(score, int | float) and not isinstance(score, bool) for score in scores):
        report("wrong-type", f"scores: an array of numbers belongs here, found {show(scores)}")
    elif index is not None and index in file.tags:
        file.scores[index] = (len(scores), number)


def _assemble(file: _File) -> Prediction | None:
    """The prediction, `O` where a sentence is missing or wrong; None where there are too many types."""
    gold = file.gold
    empty = [["O"] * length for length in gold.lengths.tolist()]
    flat = list(chain.from_iterable(file.tags.get(index, empty[index]) for index in range(gold.sentences)))
    types = closed_types(gold) or _open_types(gold, set(flat))
    if types is None:
        file.findings.add("unknown-tag", file.name, None, f"more than {_MAX_TYPES} entity types")
        return None
    known = tag_codes(types)
    codes = np.frombuffer(bytes(map(known.__getitem__, flat)), np.uint8)
    spans = _spans_per_sentence(codes, gold, types)
    for index, (given, number) in file.scores.items():
        if given != spans[index]:
            message = f"{sentence_id(gold.lang, index)}: expected {spans[index]} scores (predicted spans), got {given}"
            file.findings.add("wrong-number-of-scores", file.name, number, message)
    present = np.zeros(gold.sentences, bool)
    present[list(file.lines)] = True
    return Prediction(codes, types, present)
