"""Broken prediction files and folders, each with the findings that it must give; and the mutations that make more of them.

Expected findings are written `code@line`, `code` without a line, `code*4` four times, `code@1-20` on each of these lines and
`code+7` for seven that are counted and not shown.
"""

import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from boundarybench.gold.model import build
from boundarybench.submission.findings import Findings
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import pinned

SUITES = packaged()

TAGS = (("B-PER", "O", "B-LOC"), ("B-ORG", "I-ORG", "I-ORG"), ("B-DATE", "O", "O"), ("O",))
# Quotation marks and backslashes stand where a reader that counts them could be led astray.
TOKENS = (("Amani", "anaishi", "Dodoma"), ("Benki", "ya", "Pwáni"), ("jana", '"', "a\\"), ("\\",))
IDS = tuple(f"swa-{index:05d}" for index in range(len(TAGS)))

CLOSED = build("masakhaner2", "swa", "test", TAGS, TOKENS, ("PER", "ORG", "LOC", "DATE"))
#: A user's own gold: any well-formed tag will do.
OPEN = build("file", "swa", "test", TAGS, TOKENS)


def record(index: int, **changes: Any) -> dict[str, Any]:
    """The right record of a sentence, with `changes`; a change to `...` takes the key away."""
    fields = {"id": IDS[index], "tags": TAGS[index], **changes}
    return {key: value for key, value in fields.items() if value is not ...}


def dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


GOOD = [dump(record(index)) for index in range(len(TAGS))]


def lines(*content: bytes) -> bytes:
    return b"".join(line + b"\n" for line in content)


def second(line: bytes | str | dict[str, Any]) -> bytes:
    """The right file with another second line."""
    raw = line if isinstance(line, bytes) else line.encode() if isinstance(line, str) else dump(line)
    return lines(GOOD[0], raw, *GOOD[2:])


def one(**changes: Any) -> dict[str, Any]:
    return record(1, **changes)


def obj(*fields: str) -> str:
    return "{" + ",".join(fields) + "}"


ID, TAG_FIELD = '"id":"swa-00001"', '"tags":["B-ORG","I-ORG","I-ORG"]'


def with_x(value: str) -> str:
    """The right second line with an unknown key `x`."""
    return obj(ID, TAG_FIELD, f'"x":{value}')


def with_scores(value: str) -> str:
    return obj(ID, TAG_FIELD, f'"scores":{value}')


def padded(length: int) -> str:
    return with_scores("[1" + " " * (length - len(with_scores("[1]"))) + "]")


# --- The second line is wrong ---------------------------------------------------------------------------------------------

SECOND: dict[str, dict[str, bytes | str | dict[str, Any]]] = {
    "broken-json@2 missing-id": {
        "truncated": obj(ID, TAG_FIELD)[:-4],
        "half a key": '{"id',
        "trailing comma in the object": obj(ID, TAG_FIELD + ","),
        "trailing comma in the array": obj(ID, '"tags":["O","O","O",]'),
        "single quotes": obj(ID, TAG_FIELD).replace('"', "'"),
        "bare key": obj(ID, TAG_FIELD).replace('"id"', "id"),
        "two objects": obj(ID, TAG_FIELD) * 2,
        "two objects and a space": obj(ID, TAG_FIELD) + " " + obj(ID, TAG_FIELD),
        "closed twice": obj(ID, TAG_FIELD) + "}",
        "comment": obj(ID, TAG_FIELD) + " // sentence 1",
        "blank": "",
        "spaces only": " \t ",
        "carriage return only": "\r",
        "form feed before": "\f" + obj(ID, TAG_FIELD),
        "byte-order mark": "\ufeff" + obj(ID, TAG_FIELD),
        "no-break space": "\u00a0" + obj(ID, TAG_FIELD),
        "NUL in a string": obj('"id":"swa-\x0000001"', TAG_FIELD),
        "NUL between values": obj(ID + "\x00", TAG_FIELD),
        "tab in a string": obj('"id":"swa\t00001"', TAG_FIELD),
        "bad escape": obj(ID, '"tags":["\\x4f","O","O"]'),
        "half an escape": obj(ID, '"tags":["\\u004","O","O"]'),
        "leading zero": with_scores("[01]"),
        "number without a fraction": with_scores("[1.]"),
        "Python's words": with_scores("[None]"),
        "column format": "Benki B-ORG",
    },
    "wrong-type@2 missing-id": {
        "top-level array": '["swa-00001",["O","O","O"]]',
        "top-level string": '"swa-00001"',
        "top-level number": "1",
        "top-level null": "null",
        "top-level true": "true",
        "id a number": one(id=1),
        "id null": one(id=None),
        "id a list": one(id=["swa-00001"]),
        "id an object": one(id={"swa": 1}),
        "id true": one(id=True),
    },
    "non-finite-number@2": {
        "NaN": with_scores("[NaN]"),
        "Infinity": with_scores("[Infinity]"),
        "-Infinity": with_scores("[-Infinity]"),
        "1e999": with_scores("[1e999]"),
        "-1e999": with_scores("[-1e999]"),
        "10**400": with_scores(f"[1{'0' * 400}]"),
        "-10**400": with_scores(f"[-1{'0' * 400}]"),
        "5000 digits": with_scores(f"[{'9' * 5000}]"),
        "400 digits and a fraction": with_scores(f"[{'9' * 400}.5]"),
        "a megabyte of digits": with_scores(f"[{'9' * 1_000_000}]"),
        "in a tag": obj(ID, '"tags":["B-ORG",NaN,"O"]'),
        "nested in an unknown key": with_x('{"a":[{"b":NaN}]}'),
    },
    "non-finite-number@2 non-finite-number@2 non-finite-number@2": {"three of them": with_scores("[NaN,1,1e400,-Infinity]")},
    "non-finite-number@2 missing-id": {"top-level NaN": "NaN", "id NaN": obj('"id":NaN', TAG_FIELD)},
    "nesting-too-deep@2 missing-id": {
        "9 arrays": with_x("[" * 8 + "]" * 8),
        "9 objects": with_x('{"a":' * 8 + "1" + "}" * 8),
        "9 of both": with_x('[{"a":' * 4 + "1" + "}]" * 4),
        "100 arrays": with_x("[" * 100 + "]" * 100),
        "100 objects": with_x('{"a":' * 100 + "1" + "}" * 100),
        "100000 arrays": with_x("[" * 100_000 + "]" * 100_000),
        "100000 objects": with_x('{"a":' * 100_000 + "1" + "}" * 100_000),
        "a million arrays, never closed": "[" * 1_000_000,
        "in tags": obj(ID, '"tags":' + "[" * 9 + "]" * 9),
        "after an escaped quotation mark": obj(ID, '"y":"\\""', '"x":' + "[" * 9 + "]" * 9),
    },
    "duplicate-key@2": {
        "id, the same": obj(ID, ID, TAG_FIELD),
        "tags, others": obj(ID, '"tags":["O","O","O"]', TAG_FIELD),
        "id, escaped": obj('"\\u0069d":"swa-00000"', ID, TAG_FIELD),
        "tags three times": obj(ID, TAG_FIELD, TAG_FIELD, TAG_FIELD),
        "scores": obj(ID, TAG_FIELD, '"scores":[1]', '"scores":[1]'),
        "nested": with_x('[{"a":1,"a":1}]'),
        "the last of a megabyte of keys": with_x(obj(*(f'"{number:x}":1' for number in range(100_000)), '"1869f":1')),
    },
    "duplicate-key@2 duplicate-key@2": {"in two objects": with_x('[{"a":1,"a":1},{"b":1,"b":1}]')},
    "lone-surrogate@2": {
        "high in a tag": obj(ID, '"tags":["\\ud800","O","O"]'),
        "low in a tag": obj(ID, '"tags":["O","O","\\uDFFF"]'),
        "high in a token": obj(ID, TAG_FIELD, '"tokens":["Benki","ya","Pw\\ud83dni"]'),
        "low in a token": obj(ID, TAG_FIELD, '"tokens":["Benki","ya","Pw\\ude00ni"]'),
        "the wrong way round": obj(ID, TAG_FIELD, '"tokens":["Benki","ya","\\ude00\\ud83d"]'),
        "two high ones": obj(ID, TAG_FIELD, '"tokens":["Benki","ya","\\ud83d\\ud83d\\ude00"]'),
        "in a key": obj(ID, TAG_FIELD, '"\\ud800":1'),
        "in an unknown key": with_x('{"a":["\\udc00"]}'),
        "in a nested key": with_x('{"\\udc00":1}'),
    },
    "lone-surrogate@2 missing-id": {"in the id": obj('"id":"swa-00001\\ud800"', TAG_FIELD), "top-level": '"\\ud800"'},
    "not-utf-8@2 missing-id": {
        "CESU-8 high half": obj(ID, TAG_FIELD).encode().replace(b"B-ORG", b"\xed\xa0\x80"),
        "CESU-8 pair": obj(ID, TAG_FIELD).encode().replace(b"B-ORG", b"\xed\xa0\xbd\xed\xb8\x80"),
        "Latin-1": dump(one(tokens=["Benki", "ya", "Pwani"])).replace(b"Pwani", b"Pw\xe1ni"),
        "overlong": obj(ID, TAG_FIELD).encode().replace(b"B-ORG", b"\xc0\xaf"),
        "beyond U+10FFFF": obj(ID, TAG_FIELD).encode().replace(b"B-ORG", b"\xf4\x90\x80\x80"),
        "cut inside a character": obj(ID, TAG_FIELD).encode() + b"\xe2\x82",
        "FF in a key": obj(ID, TAG_FIELD).encode().replace(b"tags", b"t\xffgs"),
        "byte-order mark of UTF-16": b"\xff\xfe" + obj(ID, TAG_FIELD).encode(),
    },
    "line-too-large@2 missing-id": {"one byte over": padded((1 << 20) + 1), "three times the limit": padded(3 << 20)},
    "wrong-type@2": {
        "tags a string": one(tags="B-ORG I-ORG I-ORG"),
        "tags an object": one(tags={"0": "O"}),
        "tags null": one(tags=None),
        "tags a number": one(tags=3),
        "a tag null": one(tags=["O", None, "O"]),
        "a tag a number": one(tags=[3, 4, 4]),
        "a tag true": one(tags=["O", True, "O"]),
        "a tag a list": one(tags=[["B-ORG"], ["I-ORG"], ["I-ORG"]]),
        "a tag an object": one(tags=["O", {}, "O"]),
        "tokens a string": one(tokens="Benki ya Pwáni"),
        "tokens null": one(tokens=None),
        "a token a number": one(tokens=["Benki", 7, "Pwáni"]),
        "a token null": one(tokens=["Benki", "ya", None]),
        "scores a number": one(scores=1),
        "scores a string": one(scores="1"),
        "scores an object": one(scores={"0": 1}),
        "scores null": one(scores=None),
        "a score a string": one(scores=["1"]),
        "a score null": one(scores=[None]),
        "a score true": one(scores=[True]),
        "a score a list": one(scores=[[1]]),
    },
    "wrong-type@2 wrong-type@2 wrong-type@2": {"three fields": one(tags=1, tokens=2, scores=3)},
    "unknown-tag@2": {
        f"tag {tag!a}": one(tags=["B-ORG", tag, "O"])
        for tag in (
            *("o", "b-org", "B-org", "B-", "I-", "B", "-", "", "ORG", "B-MISC", "B_ORG", "B--ORG", "B-ORG-X", "S-ORG", "E-ORG", "BORG"),
            *(" O", "O ", "O\n", "\nO", "O\r", "O\u0000", "B-ORG\u200b", "\u202eO", "\u041e", "\uff2f", "0", "B\u2010ORG", "\x1b[31mO"),
        )
    },
    "wrong-number-of-tags@2": {
        "no tags": one(tags=[]),
        "one tag too few": one(tags=["B-ORG", "I-ORG"]),
        "one tag too many": one(tags=["B-ORG", "I-ORG", "I-ORG", "O"]),
        "10000 tags": one(tags=["O"] * 10_000),
        "the count stops the look at scores": one(tags=["O"], scores=[1, 2, 3]),
    },
    "unknown-tag@2 wrong-number-of-tags@2": {"unknown tag and one too few": one(tags=["B-ORG", "I-MISC"])},
    "unknown-id@2 missing-id": {
        f"id {name[:20]!a}": one(id=name)
        for name in (
            *("hau-00001", "SWA-00001", "swa-1", "swa-0001", "swa-000001", "swa-00004", "swa-99999", "swa--0001", "swa-+0001", "00001"),
            *("swa-00001 ", " swa-00001", "swa-00001\n", "swa_00001", "swa\u201000001", "swa-\uff10\uff10\uff10\uff10\uff11", ""),
            *("swa-\u0660\u0660\u0660\u0660\u0661", "\u202eswa-00001", "swa-0000\u200b1", "\x1b[2J", "s" * 100_000),
        )
    },
    "duplicate-id@2 missing-id": {"the id of the first line": one(id="swa-00000"), "and other tags": one(id="swa-00000", tags=["O"])},
    "unknown-id@2 wrong-type@2 wrong-type@2 missing-id": {"unknown id and types": one(id="x", tags=None, scores=None)},
    "token-mismatch@2": {
        "one token too few": one(tokens=["Benki", "ya"]),
        "one token too many": one(tokens=["Benki", "ya", "Pwáni", "."]),
        "no tokens": one(tokens=[]),
        "another token": one(tokens=["Benki", "ya", "Mrima"]),
        "another case": one(tokens=["benki", "ya", "Pwáni"]),
        "a trailing space": one(tokens=["Benki ", "ya", "Pwáni"]),
        "an empty token": one(tokens=["Benki", "", "Pwáni"]),
        "no accent": one(tokens=["Benki", "ya", "Pwani"]),
        "a zero-width joiner": one(tokens=["Benki", "y\u200da", "Pwáni"]),
        "Cyrillic a": one(tokens=["Benki", "y\u0430", "Pwáni"]),
        "NFKC would mend it": one(tokens=["Benki", "ya", "\uff30wáni"]),
        "NFD and another token": one(tokens=["Benki!", "ya", unicodedata.normalize("NFD", "Pwáni")]),
    },
    "token-normalisation@2": {"NFD tokens": one(tokens=["Benki", "ya", unicodedata.normalize("NFD", "Pwáni")])},
    "token-normalisation@2 wrong-number-of-tags@2": {"NFD and a wrong count": one(tags=[], tokens=["Benki", "ya", "Pwa\u0301ni"])},
    "wrong-number-of-scores@2": {
        "no score": one(scores=[]),
        "one score too many": one(scores=[1, 0.5]),
        "one per token": one(scores=[1, 0, 0]),
        "one for no span": one(tags=["O", "O", "O"], scores=[1]),
        "spans as begin reads them": one(tags=["I-ORG", "I-LOC", "O"], scores=[1]),
    },
    "unknown-key@2": {
        "a key": one(language="swa"),
        "8 levels": with_x("[" * 7 + "]" * 7),
        "brackets in a string": with_x('"' + "[{" * 100 + '"'),
        "another case of a key": one(Tags=[]),
        "a key with a space": one(**{"scores ": [1]}),
        "an empty key": one(**{"": 0}),
        "a key in Cyrillic": one(tаgs=[]),
        "a control character": one(**{"\x1b]0;\x07": 1}),
        "a key of half a megabyte": one(**{"x" * 500_000: 1}),
    },
    "unknown-key@2 unknown-key@2 unknown-key@2": {"three keys": one(a=1, b=2, c=3)},
    "missing-key@2 missing-id": {"no id": one(id=...)},
    "missing-key@2": {"no tags": one(tags=...)},
    "missing-key@2 missing-key@2 missing-id": {"an empty object": "{}"},
    "missing-key@2 unknown-key@2": {"tags under another name": one(tags=..., labels=["O", "O", "O"])},
}

# --- The whole file is wrong ----------------------------------------------------------------------------------------------

_FILE = lines(*GOOD)
_BACKSLASHES = (dump(record(2, tokens=TOKENS[2])), dump(record(3, tokens=TOKENS[3])))

WHOLE: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "empty": (b"", "no-predictions"),
    "a byte-order mark alone": (b"\xef\xbb\xbf", "byte-order-mark@1 no-predictions"),
    "a byte-order mark": (b"\xef\xbb\xbf" + _FILE, "byte-order-mark@1"),
    "two byte-order marks": (b"\xef\xbb\xbf" * 2 + _FILE, "byte-order-mark@1 broken-json@1 missing-id"),
    "a newline alone": (b"\n", "broken-json@1 missing-id*4"),
    "spaces alone": (b"   ", "broken-json@1 missing-id*4"),
    "UTF-16 LE": (_FILE.decode().encode("utf-16"), "not-json-lines"),
    "UTF-16 BE": (b"\xfe\xff" + _FILE.decode().encode("utf-16-be"), "not-json-lines"),
    "CR line ends": (_FILE.replace(b"\n", b"\r"), "not-json-lines"),
    "line ends of U+2028": (_FILE.decode().replace("\n", "\u2028").encode(), "broken-json@1 missing-id*4"),
    "NUL bytes alone": (b"\x00" * 1000, "broken-json@1 missing-id*4"),
    "a JSON array of records": (dump([record(index) for index in range(4)]), "not-json-lines"),
    "indented JSON": (b'{\n"id": "swa-00000"\n}\n', "not-json-lines"),
    "gzip": (bytes.fromhex("1f8b0800000000000003") + b"\x00" * 50, "not-json-lines"),
    "a blank line in the middle": (lines(*GOOD[:2], b"", *GOOD[2:]), "broken-json@3"),
    "a blank line at the end": (_FILE + b"\n", "broken-json@5"),
    "spaces at the end": (_FILE + b"  ", "broken-json@5"),
    "two objects on a line, then a blank one": (lines(GOOD[0] + GOOD[1], b"", *GOOD[2:]), "broken-json@1-2 missing-id*2"),
    "two objects on the last line": (lines(b"", *GOOD[:2], GOOD[2] + GOOD[3]), "broken-json@1 broken-json@4 missing-id*2"),
    "an object over two lines": (lines(GOOD[0] + GOOD[1], GOOD[2][:6], GOOD[2][6:], GOOD[3]), "broken-json@1-3 missing-id*3"),
    "a second key, and backslashes": (
        lines(GOOD[0], obj(ID, '"tags":[]', TAG_FIELD).encode(), *_BACKSLASHES),
        "duplicate-key@2",
    ),
    "an id twice, the same tags": (lines(*GOOD, GOOD[1]), "duplicate-id@5"),
    "an id twice, other tags": (lines(GOOD[0], dump(record(0, tags=["O"] * 3)), *GOOD[1:]), "duplicate-id@2"),
    "an id three times": (lines(*GOOD, GOOD[0], GOOD[0]), "duplicate-id@5-6"),
    "every id twice": (lines(*GOOD, *GOOD), "duplicate-id@5-8"),
    "an id escaped the second time": (lines(*GOOD, GOOD[3].replace(b"swa", b"\\u0073wa")), "duplicate-id@5"),
    "the first sentence missing": (lines(*GOOD[1:]), "missing-id"),
    "a middle sentence missing": (lines(*GOOD[:2], *GOOD[3:]), "missing-id"),
    "the last sentence missing": (lines(*GOOD[:3]), "missing-id"),
    "the file cut in its last line": (_FILE[:-6], "broken-json@4 missing-id"),
    "another language": (_FILE.replace(b"swa-", b"hau-"), "unknown-id"),
    "one-based ids": (lines(*(dump(record(index, id=f"swa-{index + 1:05d}")) for index in range(4))), "unknown-id"),
    "one-based ids and a wrong line": (
        lines(
            *(dump(record(index, id=f"swa-{index + 1:05d}", tags=TAGS[max(index, 1)])) for index in range(3)),
            dump(record(3, id="swa-00004", tags=[])),
        ),
        "unknown-id wrong-number-of-tags@4",
    ),
    "upper-case ids": (_FILE.replace(b"swa-", b"SWA-"), "unknown-id"),
    "ids of four digits": (_FILE.replace(b"swa-0", b"swa-"), "unknown-id"),
    "columns": (b"Amani B-PER\nanaishi O\nDodoma B-LOC\n\n", "not-json-lines"),
    "20 MiB of newlines": (lambda: b"\n" * (20 << 20), "broken-json@1-20 broken-json+9981 too-many-findings@10001"),
    "ten thousand times a sentence": (lambda: lines(GOOD[3]) * 10_002, "duplicate-id@2-21 duplicate-id+9981 too-many-findings@10002"),
    "a line with many findings": (
        lambda: second(obj(ID, TAG_FIELD, *(f'"{number}":1' for number in range(10_001)))),
        "unknown-key@2*20 unknown-key+9981 too-many-findings@2",
    ),
    "five faults": (
        lines(
            dump(record(0, tags=["B-PER", "O", "B-GPE"])),
            dump(one(tags=["O"])),
            dump(record(1)),
            obj(ID).encode()[:-1],
            dump(record(3, scores=[0.5], note="")),
        ),
        "unknown-tag@1 wrong-number-of-tags@2 duplicate-id@3 broken-json@4 unknown-key@5 wrong-number-of-scores@5 missing-id",
    ),
}

#: Against gold with open types.
OPEN_TYPES: dict[str, tuple[bytes, str]] = {
    **{
        f"open: tag {tag!a}": (second(one(tags=["O", "O", tag])), "unknown-tag@2")
        for tag in (
            "B-",
            "I-",
            "o",
            "",
            "B",
            "B_X",
            "B-A B",
            "B-\u00a0",
            "B-X\n",
            "B-\u0085",
            "B-\x7f",
            "B-\x00",
            "B-" + "X" * 65,
            "\u041e",
        )
    },
    "open: a second key, and backslashes": (
        second(obj(ID, '"tags":["B-\\\\","B-\\\\","O"]', '"scores":[1]', '"scores":[1,2]')),
        "duplicate-key@2",
    ),
    "open: a second key, and quotation marks": (
        second(obj(ID, '"tags":["B-\\"","B-\\"","O"]', '"scores":[1]', '"scores":[1,2]')),
        "duplicate-key@2",
    ),
    "open: a lone surrogate as a type": (second(obj(ID, '"tags":["B-\\ud800","O","O"]')), "lone-surrogate@2"),
}


def files() -> Iterator[tuple[str, Any, Any, str]]:
    """(name, gold, content or a function that makes it, expected findings) of every broken file."""
    for expected, cases in SECOND.items():
        for name, line in cases.items():
            yield f"{expected.split('@')[0]}: {name}", CLOSED, second(line), expected
    for name, (data, expected) in WHOLE.items():
        yield name, CLOSED, data, expected
    for name, (data, expected) in OPEN_TYPES.items():
        yield name, OPEN, data, expected


# --- Folders --------------------------------------------------------------------------------------------------------------

PINNED = pinned("masakhaner2", "swa").structure
#: More than there are.
LANGUAGES = ["".join(letters) for letters in product("abcdefghijklm", repeat=3)][:1001]

SYSTEM: dict[str, Any] = {
    "name": "good-system",
    "description": "An invented system.",
    "authors": ["A. Nobody", "Ñ. Ọmọ"],
    "url": "https://example.org/good-system",
    "family": "annotation-projection",
    "tracks": {"default": "zero-shot", "masakhaner2/swa": "oracle"},
    "facets": {
        "source_languages": ["en"],
        "source_data": ["an invented corpus"],
        "encoder": None,
        "translation_model": "an invented model",
        "parallel_data": [],
        "aligner": None,
        "projection_on": "test",
        "ensemble_size": 1,
        "open": True,
    },
    "models": [{"name": "m", "revision": None, "licence": "MIT", "prompt": "Mark the names.", "date": "2024-02-29"}],
    "training_data": ["an invented corpus"],
    "budget": {
        "labelled": [
            {"data": "an invented corpus", "use": "training", "sentences": {"en": 1000}},
            {"data": "an invented dev set", "use": "weights", "sentences": {"luo": 70, "swa": None}, "own_left_out": True},
        ],
        "text": [{"source": "invented pairs", "kind": "parallel", "sentences": {"swa": 20000}}],
        "models": [{"name": "m", "trained_on": None}],
        "human": [{"kind": "links", "source": "students", "amount": {"swa": 10}}],
    },
    "seed": None,
    "hardware": "one laptop",
    "wall_time_hours": 0.5,
    "mentions_outside_types": "none",
    "selection": "none",
    "gold": {"masakhaner2/swa": PINNED},
    "reproduce": "make",
}


def good_folder(root: Path) -> Path:
    """A submission folder without a finding."""
    (root / "masakhaner2").mkdir(parents=True)
    (root / "masakhaner2" / "swa.jsonl").write_bytes(_FILE)
    (root / "system.json").write_bytes(dump(SYSTEM))
    return root


def add(*names: str, size: int = 0) -> Callable[[Path], None]:
    """Puts files of `size` (sparse) bytes into a folder."""

    def builder(root: Path) -> None:
        for name in names:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            with (root / name).open("wb") as file:
                file.truncate(size)

    return builder


def crowd(number: int, where: str = "zz") -> Callable[[Path], None]:
    """Puts many files into a folder, as names of one: that is faster."""

    def builder(root: Path) -> None:
        add(f"{where}/0")(root)
        for name in range(1, number):
            os.link(root / where / "0", f"{root}/{where}/{name}")

    return builder


def remove(*names: str) -> Callable[[Path], None]:
    return lambda root: [(root / name).unlink() for name in names] and None


def link(name: str, target: str) -> Callable[[Path], None]:
    def builder(root: Path) -> None:
        (root / name).unlink(missing_ok=True)
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).symlink_to(target)

    return builder


def pipe(name: str) -> Callable[[Path], None]:
    def builder(root: Path) -> None:
        (root / name).unlink(missing_ok=True)
        os.mkfifo(root / name)

    return builder


def folder(name: str) -> Callable[[Path], None]:
    def builder(root: Path) -> None:
        if (root / name).is_file():
            (root / name).unlink()
        (root / name).mkdir(parents=True)

    return builder


def bytes_name(name: bytes) -> Callable[[Path], None]:
    def builder(root: Path) -> None:
        with open(os.fsencode(root) + b"/" + name, "wb"):  # noqa: PTH123  a name that is no text
            pass

    return builder


def system(change: bytes | dict[str, Any]) -> Callable[[Path], None]:
    """Writes system.json: these bytes, or the right one with changes (`...` takes a key away)."""
    fields = {**SYSTEM, **change} if isinstance(change, dict) else {}
    data = dump({key: value for key, value in fields.items() if value is not ...}) if fields else change
    return lambda root: (root / "system.json").write_bytes(data) and None


def within(field: str, **changes: Any) -> dict[str, Any]:
    """A change to an object inside system.json."""
    return {field: {**SYSTEM[field], **changes}}


_LANGUAGES = [language.code for language in SUITES["masakhaner2"].languages if language.code != "swa"]

FOLDERS: dict[str, tuple[Callable[[Path], None], str]] = {
    # What stands in the folder.
    "a linked prediction file": (link("masakhaner2/swa.jsonl", "/etc/hostname"), "not-a-regular-file no-predictions"),
    "a linked suite": (link("xtreme", "masakhaner2"), "not-a-regular-file"),
    "a link to the folder itself": (link("runs", "."), "not-a-regular-file"),
    "a dangling link": (link("masakhaner2/hau.jsonl", "nowhere"), "not-a-regular-file"),
    "a link in a circle": (link("masakhaner2/hau.jsonl", "hau.jsonl"), "not-a-regular-file"),
    "a linked system.json": (link("system.json", "masakhaner2/swa.jsonl"), "not-a-regular-file system-missing"),
    "a pipe for predictions": (pipe("masakhaner2/swa.jsonl"), "not-a-regular-file no-predictions"),
    "a pipe for system.json": (pipe("system.json"), "not-a-regular-file system-missing"),
    **{
        f"the file {name!a}": (add(name), "unexpected-file")
        for name in (
            *("README.md", ".DS_Store", "swa.jsonl", "masakhaner2/swa.json", "masakhaner2/swa.gz", "masakhaner2/swa.JSONL"),
            *("masakhaner2/system.json", "runs/1/system.json", "runs/1/swa.jsonl", "runs/masakhaner2/swa.jsonl", "conll/eng.jsonl"),
            *("Masakhaner2/swa.jsonl", "MASAKHANER2/swa.jsonl", "runs/a b/masakhaner2/swa.jsonl", "runs/é/masakhaner2/swa.jsonl"),
            *(f"runs/{'1' * 33}/masakhaner2/swa.jsonl", "Runs/1/masakhaner2/swa.jsonl", "masakhaner2/test/swa.jsonl", "a/b/c/d"),
            *("\x1b[2J\x1b[31m", "a\nb: valid", "\u202egnp.exe", "a\u2066b", "\x7f", "a\u200bb"),
        )
    },
    "both forms": (add("masakhaner2/swa.jsonl.gz"), "two-forms"),
    "both forms in a run": (add("runs/1/masakhaner2/swa.jsonl", "runs/1/masakhaner2/swa.jsonl.gz"), "two-forms"),
    "a name that is no text": (bytes_name(b"\xff\xfe.jsonl"), "unexpected-file"),
    "a suite whose name is no text": (bytes_name(b"masakhaner2/\xc3.txt"), "unexpected-file"),
    "a deep folder": (folder("masakhaner2/a/b/c/d/e/f"), "unexpected-file"),
    "a deep file": (add("/".join("abcdefgh")), "unexpected-file"),
    "a folder for a run's file": (folder("runs/1/masakhaner2/swa.jsonl"), "unexpected-file"),
    **{
        f"the language {name!a}": (add(name), "unknown-language")
        for name in (
            *("masakhaner2/SWA.jsonl", "masakhaner2/sw.jsonl", "masakhaner2/xx.jsonl", "masakhaner2/.jsonl", "masakhaner2/swa .jsonl"),
            *("xtreme/swa.jsonl", "runs/1/masakhaner2/xx.jsonl", "masakhaner2/s\u200bwa.jsonl", "masakhaner2/\x1b[2J.jsonl"),
        )
    },
    "a language that is no text": (bytes_name(b"masakhaner2/\xff.jsonl"), "unknown-language"),
    "no prediction file": (remove("masakhaner2/swa.jsonl"), "no-predictions"),
    "nothing at all": (remove("masakhaner2/swa.jsonl", "system.json"), "no-predictions system-missing"),
    "a folder for the only file": (folder("masakhaner2/swa.jsonl"), "no-predictions unexpected-file"),
    "no system.json": (remove("system.json"), "system-missing"),
    "SYSTEM.JSON": (lambda root: (root / "system.json").rename(root / "SYSTEM.JSON") and None, "unexpected-file system-missing"),
    "a folder for system.json": (folder("system.json"), "system-missing unexpected-file"),
    "a file of 64 MiB and a byte": (add("masakhaner2/swa.jsonl", size=(64 << 20) + 1), "file-too-large no-predictions"),
    "a run of 64 MiB and a byte": (add("runs/1/masakhaner2/swa.jsonl", size=(64 << 20) + 1), "file-too-large"),
    "a file of 600 MiB": (add("masakhaner2/swa.jsonl", size=600 << 20), "file-too-large submission-too-large"),
    "languages of 570 MiB": (add(*(f"masakhaner2/{lang}.jsonl" for lang in _LANGUAGES), size=30 << 20), "submission-too-large"),
    "runs of 540 MiB": (add(*(f"runs/{run}/masakhaner2/swa.jsonl" for run in range(9)), size=60 << 20), "submission-too-large"),
    "10001 files": (crowd(10_001), "too-many-files"),
    "10001 files in a run": (crowd(10_001, "runs"), "too-many-files"),
    # What stands in system.json.
    **{
        f"system.json: {name}": (system(data), expected)
        for name, data, expected in (
            ("empty", b"", "broken-json"),
            ("truncated", dump(SYSTEM)[:-9], "broken-json"),
            ("two objects", dump(SYSTEM) * 2, "broken-json"),
            ("single quotes", b"{'name': 'good-system'}", "broken-json"),
            ("Latin-1", dump(SYSTEM).replace("Ñ".encode(), b"\n\xd1"), "not-utf-8@2"),
            ("UTF-16", dump(SYSTEM).decode().encode("utf-16"), "not-utf-8@1"),
            ("a byte-order mark", b"\xef\xbb\xbf" + dump(SYSTEM), "byte-order-mark@1"),
            ("a key twice", dump(SYSTEM)[:-1] + b',"seed":1}', "duplicate-key"),
            ("a seed of 400 digits", dump(SYSTEM).replace(b'"seed": null', b'"seed": 1' + b"0" * 400), "non-finite-number"),
            ("NaN hours", dump(SYSTEM).replace(b"0.5", b"NaN"), "non-finite-number"),
            ("deep", dump(SYSTEM)[:-1] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nesting-too-deep"),
            ("half a pair", dump(SYSTEM).replace("Ñ".encode(), b"\\ud83d"), "lone-surrogate"),
            ("over 1 MiB", dump(SYSTEM) + b" " * (1 << 20), "file-too-large"),
            ("an array", b"[]", "system-schema"),
            ("null", b"null", "system-schema"),
            ("an empty object", b"{}", "system-schema*15"),
            ("an unknown field", {"notes": ""}, "system-schema"),
            ("an unknown field of half a megabyte", {"n" * (1 << 19): ""}, "system-schema"),
            ("50000 unknown fields", within("facets", **{f"{number:x}": 1 for number in range(50_000)}), "system-schema"),
            ("no family", {"family": ...}, "system-schema"),
            ("another family", {"family": "magic"}, "system-schema"),
            ("no authors", {"authors": []}, "system-schema"),
            ("authors a string", {"authors": "A. Nobody"}, "system-schema"),
            ("no default track", {"tracks": {}}, "system-schema"),
            ("another track", within("tracks", default="easy"), "system-schema"),
            ("a track of an unknown language", within("tracks", **{"masakhaner2/xx": "oracle"}), "system-schema"),
            ("a track of an unknown suite", within("tracks", **{"conll/en": "oracle"}), "system-schema"),
            ("a track of no pair", within("tracks", swa="oracle"), "system-schema"),
            ("a facet missing", {"facets": {k: v for k, v in SYSTEM["facets"].items() if k != "open"}}, "system-schema"),
            ("open a string", within("facets", open="yes"), "system-schema"),
            ("no ensemble", within("facets", ensemble_size=0), "system-schema"),
            *(
                (f"a budget: {name}", within("budget", **{part: entries}), "system-schema")
                for name, part, entries in [
                    ("no list", "labelled", {"en": 1}),
                    ("a part that there is not", "hours", []),
                    ("an entry without amounts", "labelled", [{"data": "d", "use": "training"}]),
                    ("another use", "labelled", [{"data": "d", "use": "prompting", "sentences": {"en": 1}}]),
                    ("half a sentence more", "labelled", [{"data": "d", "use": "training", "sentences": {"en": 1.5}}]),
                    ("fewer than no sentences", "text", [{"source": "s", "kind": "parallel", "sentences": {"swa": -1}}]),
                    ("sentences of true", "text", [{"source": "s", "kind": "parallel", "sentences": {"swa": True}}]),
                    ("more sentences than were ever written", "text", [{"source": "s", "kind": "parallel", "sentences": {"swa": 10**13}}]),
                    ("a language in words", "text", [{"source": "s", "kind": "monolingual", "sentences": {"Swahili": 1}}]),
                    ("a line feed after a language", "human", [{"kind": "links", "source": "s", "amount": {"swa\n": 1}}]),
                    ("two lines", "human", [{"kind": "links", "source": "s\nt", "amount": {"swa": 1}}]),
                    ("bidirectional text", "models", [{"name": "m\u202e", "trained_on": None}]),
                    ("a model of nothing", "models", [{"name": "m"}]),
                    ("201 models", "models", [{"name": "m", "trained_on": None}] * 201),
                    ("1,001 languages", "text", [{"source": "s", "kind": "parallel", "sentences": dict.fromkeys(LANGUAGES, 1)}]),
                ]
            ),
            ("a budget without a part", {"budget": {"labelled": [], "text": [], "models": []}}, "system-schema"),
            ("a budget of null", {"budget": None}, "system-schema"),
            ("a budget that is deep", {"budget": json.loads("[" * 8 + "]" * 8)}, "nesting-too-deep"),
            ("a seed of true", {"seed": True}, "system-schema"),
            ("hours below zero", {"wall_time_hours": -1}, "system-schema"),
            ("a script for a url", {"url": "javascript:alert(1)"}, "system-schema"),
            ("a tag in the url", {"url": "https://example.org/<script>"}, "system-schema"),
            ("a long description", {"description": "x" * 501}, "system-schema"),
            ("another name", {"name": "better-system"}, "system-schema"),
            ("a path for a name", {"name": "../good-system"}, "system-schema"),
            ("a line feed after the name", {"name": "good-system\n"}, "system-schema"),
            ("an escape sequence", {"description": "\x1b[31mbest"}, "system-schema"),
            ("bidirectional text", {"authors": ["\u202eydoboN"]}, "system-schema"),
            ("an isolate in a model's name", {"models": [{"name": "m\u2066", "revision": None, "licence": "MIT"}]}, "system-schema"),
            ("a zero-width space", {"hardware": "lap\u200btop"}, "system-schema"),
            ("a control character in a key", within("gold", **{"masakhaner2/swa\n": PINNED}), "system-schema"),
            ("three faults", {"family": "magic", "seed": "0", "authors": []}, "system-schema*3"),
            ("no gold quoted", {"gold": {}}, "system-gold"),
            ("another gold", {"gold": {"masakhaner2/swa": "0" * 64}}, "system-gold"),
            ("the gold of another language", {"gold": {"masakhaner2/hau": PINNED}}, "system-gold"),
            ("the gold in capitals", {"gold": {"masakhaner2/swa": PINNED.upper()}}, "system-schema"),
            ("the gold cut short", {"gold": {"masakhaner2/swa": PINNED[:8]}}, "system-schema"),
            ("the gold of an unknown language", within("gold", **{"masakhaner2/xx": PINNED}), "system-schema"),
        )
    },
}


# --- Expectations ---------------------------------------------------------------------------------------------------------


def expand(expected: str) -> list[str]:
    """Every finding of an expectation by itself, sorted."""
    found = []
    for part in expected.split():
        place, _, times = part.partition("*")
        code, _, places = place.partition("@")
        first, _, last = places.partition("-")
        numbers = range(int(first), int(last or first) + 1) if first else [None]
        found += [code if number is None else f"{code}@{number}" for number in numbers] * int(times or 1)
    return sorted(found)


def found(findings: Findings) -> list[str]:
    """What was found, as `expand` writes it."""
    shown = [finding.code if finding.line is None else f"{finding.code}@{finding.line}" for finding in findings.shown]
    return sorted([*shown, *(f"{code}+{count}" for _, code, count in findings.more())])


def codes(expected: str) -> set[str]:
    """The codes of an expectation."""
    return {re.split(r"[@*+]", part)[0] for part in expected.split()}


# --- Mutations ------------------------------------------------------------------------------------------------------------

_FIELDS = (b'"tags":[],', b'"scores":[],', b'"scores":[1],', b'"tokens":[],', b'"\\u0069d":"swa-00000",', b'"x":1,')
_PIECES = (
    *(
        b"\n",
        b"\r",
        b" ",
        b"\x00",
        b'"',
        b"\\",
        b'\\"',
        b"\\\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"}{",
        b"}\n{",
        b"null",
        b"true",
        b"0",
        b"-",
    ),
    *(
        b"1e999",
        b"NaN",
        b"-Infinity",
        b"\\ud800",
        b"\\udc00",
        b"\\u004f",
        b"\xed\xa0\x80",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xe2\x80\xa8",
        b"B-",
    ),
    b"1" * 400,
)
_SEAMS = re.compile(rb'[\n{}\[\],"\\]')


@st.composite
def mutated(draw: st.DrawFn, originals: st.SearchStrategy[bytes], most: int = 4) -> bytes:
    """A file after one to `most` changes: cuts, insertions, replacements, doublings, and what only JSON lines know."""
    data = draw(originals)
    for _ in range(draw(st.integers(1, most))):
        data = draw(st.sampled_from([_slice, _slice, _line, _field]))(draw, data)
    return data


def _slice(draw: st.DrawFn, data: bytes) -> bytes:
    """Half of the cuts are at a seam of the syntax."""
    seams = [position for match in _SEAMS.finditer(data) for position in match.span()]
    begin = draw(st.sampled_from(seams) if seams and draw(st.booleans()) else st.integers(0, len(data)))
    end = min(len(data), begin + draw(st.sampled_from([0, 1, 2, 20, 1000])))
    action = draw(st.sampled_from(["cut", "insert", "replace", "double"]))
    if action == "cut":
        return data[:begin] + data[end:]
    if action == "double":
        return data[:end] + data[begin:]
    piece = draw(st.sampled_from(_PIECES) | st.binary(min_size=1, max_size=3))
    return data[:begin] + piece + data[begin if action == "insert" else end :]


def _line(draw: st.DrawFn, data: bytes) -> bytes:
    """Lines joined, doubled, lost, or a blank one added."""
    rows = data.split(b"\n")
    at = draw(st.integers(0, len(rows) - 1))
    changed = {"join": [b"".join(rows[at : at + 2])], "double": [rows[at]] * 2 + rows[at + 1 : at + 2], "blank": [b"", *rows[at : at + 2]]}
    return b"\n".join([*rows[:at], *changed.get(draw(st.sampled_from(["join", "blank", "double", "lose"])), []), *rows[at + 2 :]])


def _field(draw: st.DrawFn, data: bytes) -> bytes:
    """A key more at the front of an object."""
    at = draw(st.sampled_from([match.end() for match in re.finditer(rb"\{", data)] or [0]))
    return data[:at] + draw(st.sampled_from(_FIELDS)) + data[at:]
