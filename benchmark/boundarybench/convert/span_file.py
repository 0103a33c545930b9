"""Span files: JSON lines `{"id", "entities": [{"start", "end", "type"}]}`, optionally with `tokens` or `text`.

Positions count from 0, and `end` is the one after the last. They are tokens of the gold; where a line has its `text`, they are
characters of it (Unicode code points).
"""

from dataclasses import dataclass, field
from typing import Any

from ..gold.model import Gold
from ..protocol import sentence_id
from ..schemes import Span
from ..spans import offsets
from ..submission import strict_json
from ..submission.careful_reader import compare_tokens
from ..submission.findings import COUNTED, Findings, FindingsError, show
from .character_offsets import TokenPlace, locate, nearest, tokens_of
from .entities import ConvertedEntity, check_entities

KEYS = ("id", "entities", "tokens", "text")
#: Other formats' names of our keys.
_OTHER_NAMES = {
    **dict.fromkeys(("spans", "ents", "label", "labels", "ner", "annotations", "predictions"), "entities"),
    **dict.fromkeys(("words", "ner_tokens"), "tokens"),
    **dict.fromkeys(("sentence", "content", "string", "raw"), "text"),
    **dict.fromkeys(("_id", "sent_id", "sentence_id", "uid", "guid", "idx"), "id"),
}
_RECORD = (
    'write {"id": string, "entities": [{"start": integer, "end": integer, "type": string}, ...]}, optionally "tokens": [string, ...] or '
    '"text": string; positions count from 0 and `end` is the one after the last'
)
_FIXES = {
    "wrong-type": _RECORD,
    "missing-key": _RECORD,
    "unknown-key": f"remove or rename it (allowed: {', '.join(KEYS)}; in an entity: start, end, type)",
}


@dataclass(slots=True)
class _File:
    """What is known while a span file is read. `spans` holds sentences without an error, `lines` where each stands."""

    name: str
    gold: Gold
    findings: Findings
    index: dict[str, int] = field(init=False)
    first: list[int] = field(init=False)
    words: list[str] | None = field(init=False)
    spans: dict[int, list[Span]] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    with_text: int | None = None
    without_text: list[int] = field(default_factory=list)
    by_characters: int = 0

    def __post_init__(self) -> None:
        self.index = {ident: index for index, ident in enumerate(self.gold.ids())}
        self.first = offsets(self.gold.lengths).tolist()
        self.words = self.gold.token_list()

    def report(self, number: int | None) -> strict_json.Report:
        """What takes the findings of line `number`."""
        return lambda code, message: self.findings.add(code, self.name, number, message, _FIXES.get(code))

    def tokens(self, index: int) -> list[str] | None:
        return None if self.words is None else self.words[self.first[index] : self.first[index + 1]]


def read_spans(text: str, name: str, gold: Gold, findings: Findings) -> tuple[list[list[Span]], int]:
    """The spans of every sentence in token positions, and how many were given by characters.

    Raises:
        FindingsError: all that is wrong with the file, in one pass.
    """
    file = _File(name, gold, findings)
    text = text.removesuffix("\n")
    if _is_no_lines(text, file):
        raise FindingsError(findings)
    for number, line in enumerate(text.split("\n"), 1):
        before = findings.errors
        value = strict_json.loads(line, file.report(number))
        if findings.errors == before:
            _read_record(value, number, file)
        if findings.errors_of_file(name) > COUNTED:
            findings.add("too-many-findings", name, number, f"stopped at line {number}")
            raise FindingsError(findings)
    _check_unit(file)
    _check_missing(file)
    if findings.errors:
        raise FindingsError(findings)
    return [file.spans[index] for index in range(gold.sentences)], file.by_characters


def _is_no_lines(text: str, file: _File) -> bool:
    """Report a file that is empty, no JSON, or one JSON value over all its lines, once instead of on every line."""
    head, _, rest = text.partition("\n")
    opened = head.strip()
    if not text.strip():
        file.findings.add("no-predictions", file.name, None, "the file is empty", "write one line for each sentence of the gold")
    elif not any(line.lstrip().startswith(("{", "[")) for line in text.split("\n")):
        message = f"no line is a JSON object; the first is {show(opened)}"
        file.findings.add("broken-json", file.name, 1, message, "name what the file is: --from conll, xtreme or lines")
    elif opened in ("[", "{") or (opened.startswith("[") and (not rest.strip() or opened.endswith(","))):
        fix = f"write each sentence's object on a line of its own: jq -c '{'.[]' if opened[0] == '[' else '.'}' FILE"
        file.findings.add(
            "broken-json", file.name, 1, f"the file is one JSON {'array' if opened[0] == '[' else 'object'}, not JSON lines", fix
        )
    else:
        return False
    return True


def _read_record(value: Any, number: int, file: _File) -> None:
    report = file.report(number)
    if not isinstance(value, dict):
        report("wrong-type", f"a JSON object belongs here, not {show(value)}")
        return
    _check_keys(value, report)
    index = _sentence_of(value, number, report, file)
    if "tokens" in value:
        _check_tokens(value["tokens"], index, report, file)
    text = value.get("text")
    if "text" in value and not isinstance(text, str):
        report("wrong-type", f"text: a string belongs here, not {show(text)}")
    if "entities" not in value:
        return
    if "text" in value:
        file.with_text = file.with_text or number
    elif value["entities"]:
        file.without_text.append(number)
    length = len(text) if isinstance(text, str) else None if "text" in value or index is None else int(file.gold.lengths[index])
    ident = "the line" if index is None else sentence_id(file.gold.lang, index)
    entities = check_entities(value["entities"], length, "characters" if "text" in value else "tokens", ident, file.gold, report)
    if index is None:
        return
    if isinstance(text, str):
        file.spans[index] = _by_characters(text, entities, index, value.get("tokens"), report, file)
    else:
        file.spans[index] = sorted(entity.span for entity in entities)


def _check_keys(value: dict[str, Any], report: strict_json.Report) -> None:
    renamed = set()
    for key in (key for key in value if key not in KEYS):
        meant = _OTHER_NAMES.get(key)
        if key in ("tags", "ner_tags"):
            report("unknown-key", f"key {show(key)}: tags belong to --from jsonl")
        elif meant and meant not in value:
            report("unknown-key", f"key {show(key)}: it is `{meant}` here")
            renamed.add(meant)
        else:
            report("unknown-key", f"key {show(key)}")
    for key in ("id", "entities"):
        if key not in value and key not in renamed:
            report("missing-key", f"no `{key}`")


def _sentence_of(value: dict[str, Any], number: int, report: strict_json.Report, file: _File) -> int | None:
    """The index of the sentence that a record names; None where it names none, or one that an earlier line has."""
    ident = value.get("id")
    if not isinstance(ident, str):
        if "id" in value:
            report("wrong-type", f"id: a string belongs here, not {show(ident)}")
        return None
    index = file.index.get(ident)
    if index is None:
        lang = file.gold.lang
        report("unknown-id", f"id {show(ident)}; the gold has {sentence_id(lang, 0)} to {sentence_id(lang, file.gold.sentences - 1)}")
        return None
    if index in file.lines:
        report("duplicate-id", f"id {show(ident)} stands on line {file.lines[index]} too")
        return None
    file.lines[index] = number
    return index


def _check_tokens(tokens: Any, index: int | None, report: strict_json.Report, file: _File) -> None:
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        report("wrong-type", f"tokens: an array of strings belongs here, not {show(tokens)}")
    elif index is not None:
        length, ident = int(file.gold.lengths[index]), sentence_id(file.gold.lang, index)
        expected = file.tokens(index)
        if len(tokens) != length:
            report("token-mismatch", f"{ident}: expected {length} tokens, got {len(tokens)}")
        elif expected is not None:
            compare_tokens(tokens, expected, ident, report)


def _by_characters(text: str, entities: list[ConvertedEntity], index: int, own: Any, report: strict_json.Report, file: _File) -> list[Span]:
    ident = sentence_id(file.gold.lang, index)
    tokens = file.tokens(index) or own
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        report("missing-key", f"{ident}: the gold has no tokens to find in `text`: add the line's `tokens`, or give positions of tokens")
        return []
    places = locate(text, tokens)
    if isinstance(places, int):
        what = (
            f"token {places}, {show(tokens[places])}, is not where it should be" if places < len(tokens) else "it goes on behind the last"
        )
        report("token-mismatch", f"{ident}: `text` does not hold the gold's tokens and blanks alone: {what}")
        return []
    file.by_characters += len(entities)
    return sorted(filter(None, (_of_tokens(entity, text, places, ident, report) for entity in entities)))


def _of_tokens(entity: ConvertedEntity, text: str, places: list[TokenPlace], ident: str, report: strict_json.Report) -> Span | None:
    start, end, kind = entity.span
    found = tokens_of(places, start, end)
    if found is not None:
        return Span(*found, kind)
    near = nearest(places, start, end)
    instead = f"; its tokens are {near.start}-{near.end}, {show(text[near.start : near.end])}" if near else ""
    report("bad-span", f"{ident}: {entity}: characters {show(text[start:end])} do not begin and end with tokens{instead}")
    return None


def _check_unit(file: _File) -> None:
    """Positions are characters in a whole file or tokens in all of it: a `text` that was forgotten changes what they mean."""
    if file.with_text is not None:
        for number in file.without_text:
            file.report(number)(
                "missing-key", f"no `text`, but line {file.with_text} has one: positions are characters on all lines or tokens on all"
            )


def _check_missing(file: _File) -> None:
    missing = sorted(file.index.values() - file.lines.keys())
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        message = f"no line for {sentence_id(file.gold.lang, missing[0])}{more}"
        file.findings.add("missing-id", file.name, None, message, 'write a line for every sentence; without entities it has "entities": []')
