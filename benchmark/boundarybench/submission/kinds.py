"""Files of another kind than JSON Lines, told by their first bytes: one finding that names the kind instead of one a line."""

import json
import re
from collections.abc import Sequence
from typing import Any

#: How much of a file is looked at, in bytes and in lines that are not blank.
HEAD = 16 << 10
_LINES = 50
#: So many lines without a bracket are no slip of the pen.
_PROSE = 10

_UNPACK = "unpack it first"
_EXPORT = 'write one object a line; pandas: to_json("pred.jsonl", orient="records", lines=True), with `tags` as lists'
_SPLIT = "write each element as an object on a line of its own; jq -c '.[]' FILE > pred.jsonl"
_COMPACT = "write each object on one line; jq -c . FILE > pred.jsonl"
_CONVERT = "boundarybench convert --from {} --to jsonl FILE -o pred.jsonl, with the same --suite and --lang, or --gold"
_UTF8 = "save it as UTF-8 without a byte-order mark"

_SIGNATURES = (
    (b"\x1f\x8b", "gzip", f"{_UNPACK}; gunzip FILE"),
    (b"BZh", "bzip2", f"{_UNPACK}; bunzip2 FILE"),
    (b"\xfd7zXZ\x00", "xz", f"{_UNPACK}; unxz FILE"),
    (b"\x28\xb5\x2f\xfd", "zstd", f"{_UNPACK}; unzstd FILE"),
    (b"7z\xbc\xaf\x27\x1c", "7z", f"{_UNPACK}; 7z x FILE"),
    (b"PK\x03\x04", "zip", f"{_UNPACK}; unzip FILE (a spreadsheet or checkpoint is a zip too; export the predictions as JSON Lines)"),
    (b"PAR1", "Parquet", _EXPORT),
    (b"ARROW1", "Arrow", _EXPORT),
    (b"\xff\xff\xff\xff", "Arrow", _EXPORT),
    (b"\x93NUMPY", "NumPy", 'write {"id": string, "tags": [string, ...]} a line'),
    (b"\x89HDF\r\n", "HDF5", _EXPORT),
    (b"SQLite format 3\x00", "SQLite", _EXPORT),
    (b"\xff\xfe\x00\x00", "UTF-32", _UTF8),
    (b"\x00\x00\xfe\xff", "UTF-32", _UTF8),
    (b"\xff\xfe", "UTF-16", _UTF8),
    (b"\xfe\xff", "UTF-16", _UTF8),
)
_PICKLE = re.compile(rb"\x80[\x02-\x05][\x95\]}(ccX]")
_TAR = slice(257, 262)

_TAG = re.compile(r"O|[BIESLUMW]-\S+")
_CELL = re.compile(r"^[\s\"']+|[\s\"']+$")
_NAMES = frozenset({"id", "tags", "tag", "tokens", "token", "word", "words", "label", "labels", "ner", "ner_tags", "sentence"})


def packed(data: bytes) -> str | None:
    """What a compressed, binary or not UTF-8 encoded file is, and what to do; None for any other. Only its beginning counts."""
    for signature, name, help_ in _SIGNATURES:
        if data.startswith(signature):
            return _say(name, help_)
    if _PICKLE.match(data):
        return _say("pickle", 'write {"id": string, "tags": [string, ...]} a line')
    if data[_TAR] == b"ustar":
        return _say("tar", f"{_UNPACK}; tar -xf FILE")
    start = data[:64]
    for these, others in ((start[0::2], start[1::2]), (start[1::2], start[0::2])):
        if len(start) >= 8 and not any(others) and all(these):
            return _say("UTF-16", _UTF8)
    return None


def text(data: bytes) -> str | None:
    """What a text file that cannot be JSON Lines is, and what to do; None for any other, broken JSON Lines among them."""
    head = data[:HEAD].decode(errors="replace")
    if "\n" not in head and "}\r{" in head:
        return _say("JSON Lines with carriage returns for line ends", "tr '\\r' '\\n' < FILE > pred.jsonl")
    whole = head.split("\n")
    lines = [line for line in (whole[:-1] if len(data) > HEAD and len(whole) > 1 else whole) if line.strip()][:_LINES]
    if not lines:
        return None
    if lines[0].lstrip()[0] in "[{":
        return _document(lines)
    if any(line.lstrip()[0] in "[{" for line in lines):
        return None
    return _table(lines) or (_say("other text", 'write {"id": string, "tags": [string, ...]} a line') if len(lines) >= _PROSE else None)


def spans(data: bytes) -> str | None:
    """What to do where the lines are the span JSON of `convert`; None for any other."""
    value = _value(data[:HEAD].decode(errors="replace").split("\n")[0])
    if isinstance(value, dict) and isinstance(value.get("entities"), list) and "tags" not in value:
        return _say("span JSON", _CONVERT.format("spans"))
    return None


def _document(lines: Sequence[str]) -> str | None:
    """A JSON text over several lines, or one line that holds the whole file. `lines` begin with a bracket or brace."""
    first, after = lines[0].strip(), lines[1].strip() if len(lines) > 1 else ""
    value = _value(first)
    if first[0] == "[":
        if value is None and not isinstance(_value(after), dict):
            return _say("JSON array", _SPLIT)
        if value is not None and after[:1] in ("", "["):
            return _say("one JSON array a line" if after else "JSON array", "write objects with `id` and `tags`" if after else _SPLIT)
    elif value is None and first[-1] in "{[,:" and after[:1] in ('"', "}"):
        return _say("JSON over several lines", _COMPACT)
    elif not after and _holds_all(first, value):
        return _say("one JSON object for all sentences", 'write {"id": string, "tags": [string, ...]} for each sentence, one a line')
    return None


def _holds_all(line: str, value: Any) -> bool:
    """Whether the only line is an object of lists and objects, none of which are a prediction's own."""
    if isinstance(value, dict):
        known = [value.get(key) for key in ("id", "tags", "tokens") if key in value]
        return any(isinstance(item, list | dict) for item in ([value.get("id")] if known else value.values()))
    found = re.match(r'\{\s*"([^"\\]*)"\s*:\s*[\[{]', line)
    return found is not None and len(line) >= HEAD // 2 and found[1] not in ("tags", "tokens", "scores")


def _table(lines: Sequence[str]) -> str | None:
    """Columns, one label a line, tags a line, or a table with a separator. No line begins with a bracket or brace."""
    half = len(lines) / 2
    for sign, name in ((",", "CSV"), (";", "CSV"), ("\t", "TSV")):
        rows = [[_CELL.sub("", cell) for cell in line.split(sign)] for line in lines]
        header = len(rows[0]) > 1 and not _TAG.fullmatch(rows[0][-1]) and not _NAMES.isdisjoint(cell.lower() for cell in rows[0])
        token_a_line = sum(len(row) > 1 and _TAG.fullmatch(row[-1]) is not None for row in rows) >= half
        if token_a_line and (header or sign != "\t"):
            return _say(
                name, f"write `token<TAB>tag` without a header and a blank line after each sentence, then {_CONVERT.format('conll')}"
            )
        if header:
            return _say(name, _EXPORT)
    rows = [line.split() for line in lines]
    if sum(any(map(_TAG.fullmatch, row)) for row in rows) < half:
        return None
    if all(_TAG.fullmatch(cell) for row in rows for cell in row):
        if max(map(len, rows)) == 1:
            return _say("one label a line", _CONVERT.format("xtreme"))
        if {*map(len, rows)} != {2}:
            return _say("one sentence of tags a line", _CONVERT.format("lines"))
    return _say("columns", _CONVERT.format("conll"))


def _value(line: str) -> Any:
    """The JSON value of a line; None where it has none."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _say(name: str, help_: str) -> str:
    return f"{name}, not JSON Lines: {help_}"
