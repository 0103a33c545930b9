"""What a validator finds: a stable code, a place, a message and the fix (`docs/errors.md`)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeVar

from ..errors import DataError


class Code(NamedTuple):
    """A kind of finding: what it means and how to mend it."""

    severity: str
    meaning: str
    fix: str


def _error(meaning: str, fix: str) -> Code:
    return Code("error", meaning, fix)


CODES = MappingProxyType(
    {
        # The file as bytes.
        "file-too-large": _error(
            "the file is over 64 MiB, unpacked (system.json: 1 MiB)", "submit one object per test sentence and nothing else"
        ),
        "submission-too-large": _error(
            "the submission's files are over 512 MiB together, unpacked", "submit one object per test sentence and nothing else"
        ),
        "bad-gzip": _error(
            "the file's name ends in .gz, and it is not one whole gzip member", "pack the whole file again: gzip -n -9 <lang>.jsonl"
        ),
        "line-too-large": _error("the line is over 1 MiB", "write one sentence per line"),
        "byte-order-mark": _error("the file begins with a byte-order mark", "save it as UTF-8 without a byte-order mark"),
        "not-utf-8": _error("bytes that are not UTF-8", "save the file as UTF-8"),
        "not-json-lines": _error(
            "the file is of another kind than JSON Lines", "write one JSON object per line, as UTF-8 without compression"
        ),
        # The line as JSON.
        "broken-json": _error("the line is no JSON value", "write one JSON object per line, and no blank lines"),
        "nesting-too-deep": _error("the JSON is nested more than 8 levels deep", "keep to the fields of the schema"),
        "duplicate-key": _error("an object has the same key twice", "keep one of them"),
        "non-finite-number": _error("a number is NaN, infinite or too large for a 64-bit float", "write finite numbers"),
        "lone-surrogate": _error("a string holds half of a surrogate pair", "write whole characters"),
        "wrong-type": _error(
            "a value has the wrong type",
            'write {"id": string, "tags": [string, ...]}, optionally "tokens": [string, ...] and "scores": [number, ...]',
        ),
        "missing-key": _error("the object lacks `id` or `tags`", "add it"),
        "unknown-key": _error("the object has a key that the schema does not know", "remove it (allowed: id, tags, tokens, scores)"),
        # The record against gold.
        "unknown-id": _error(
            "the gold has no sentence with this id", "use the ids `<lang>-<index>` of this language: zero-based, five digits"
        ),
        "duplicate-id": _error("the id stands on an earlier line too", "keep one line per sentence"),
        "missing-id": _error(
            "a sentence of the gold is not in the file",
            "predict every sentence (all `O` is a prediction); `score` takes a JSONL file that lacks some with --allow-missing",
        ),
        "wrong-number-of-tags": _error(
            "there are more or fewer tags than gold tokens",
            "write one tag per gold token; sentences that a model cut short are predicted in windows (docs/errors.md, `truncated`)",
        ),
        "truncated": _error(
            "sentences end before the gold's do",
            "predict every token: raise the model's maximum length (run_ner.py: --max_seq_length) or predict in overlapping windows, as "
            "boundarybench run does; the gold stays whole, and `O` to the end would count as missed entities",
        ),
        "bad-span": _error(
            "an entity is empty, leaves its sentence, cuts a token, repeats or overlaps another, or its type is none",
            'write {"start": first position, "end": the one after the last, "type": string}: tokens from 0, or characters where '
            "the line has a `text`; entities do not overlap",
        ),
        "unknown-tag": _error(
            "the tag is not in the suite's set",
            "write `O`, `B-TYPE` or `I-TYPE` with a type of the suite; decide what becomes of others (MISC) and say so in system.json",
        ),
        "token-mismatch": _error(
            "a token is not the gold's, even after NFC", "predict on the frozen gold tokens (boundarybench gold verify)"
        ),
        "other-gold": _error(
            "the file fits other gold exactly: an older copy, another language, split or suite",
            "name the gold that the file was made for, or predict on the tokens of this one",
        ),
        "wrong-number-of-scores": _error(
            "there are more or fewer scores than predicted spans", "write one score per predicted span, in order, or none"
        ),
        # The types that count (benchmark/boundarybench/selection.py).
        "no-scored-type": _error(
            "gold of one's own has spans, and none of a type that is scored",
            "name the types that count, separated by blanks (--types TYPE TYPE, or --types all), "
            "or rename them on both sides (boundarybench convert --map TYPE=PER)",
        ),
        "type-not-in-gold": _error(
            "predictions on gold of one's own have types that are neither in the gold nor scored",
            "rename them (boundarybench convert --map PERSON=PER; TYPE=O drops a type), or name the types that count with --types",
        ),
        "no-predictions": _error(
            "there is no prediction to read", "write one line per test sentence, to <suite>/<lang>.jsonl in a submission"
        ),
        "too-many-findings": _error(
            "reading stopped: there are many findings, or much to look through for more", "mend the first ones and run again"
        ),
        # The folder.
        "too-many-files": _error(
            "the folder holds more than 10,000 files and folders", "submit system.json and the prediction files, nothing else"
        ),
        "not-a-regular-file": _error("a link, a device or a pipe stands where a file belongs", "submit plain files and folders"),
        "unexpected-file": _error(
            "a file or folder that is no part of a submission",
            "remove it (allowed: system.json, <suite>/<lang>.jsonl, runs/<seed>/<suite>/<lang>.jsonl, and either with .gz)",
        ),
        "two-forms": _error("a language has both `<lang>.jsonl` and `<lang>.jsonl.gz`", "remove one of them"),
        "unknown-language": _error(
            "the suite has no such language", "name the file after a language of the suite (boundarybench languages)"
        ),
        # system.json.
        "system-missing": _error("the folder has no system.json", "write one; docs/submission.md explains each field"),
        "system-schema": _error(
            "a field of system.json is missing, unknown or wrong", "see docs/submission.md and the schema in the package"
        ),
        "system-gold": _error(
            "system.json quotes another gold than the pinned one",
            "predict on the pinned gold, then quote its fingerprint (boundarybench gold list)",
        ),
        # pairs.toml, beside the submissions.
        "pairs-file": _error("pairs.toml does not hold pairs", "write [[pair]] with `a`, `b` and `budget`, each a string of one line"),
        "pair-twice": _error("a pair is declared twice", "keep one of them"),
        "pair-unknown-system": _error("a pair names a submission that is not there", "name two folders of submissions"),
        "pair-families": _error(
            "a pair is not of two families, in their order",
            "`a` is of model-transfer (or annotation-projection), `b` of a family behind it: annotation-projection or hybrid",
        ),
        "pair-differs": _error(
            "the systems of a pair differ in source languages, source data, encoder or ensemble size",
            "declare systems that differ in nothing but the family, or mend what system.json states",
        ),
        "pair-nothing-in-common": _error("the systems of a pair have no scored test set in common", "declare systems that have one"),
        # Warnings.
        "type-not-scored": Code(
            "warning",
            "spans of types that are not scored are left out on both sides",
            "none needed if that is meant; --types names the types that count (--types all: every type)",
        ),
        "own-suite": Code(
            "warning",
            "a submission has predictions of a suite of one's own",
            "none needed here; move them elsewhere before you submit: the board takes only the suites of the package",
        ),
        "type-absent": Code("warning", "a type that --types asks for is on neither side", "check its spelling"),
        "token-normalisation": Code("warning", "a token equals the gold's only after NFC", "none needed; NFC text is safer"),
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `line` is 1-based; None where a finding belongs to the file. `own_fix` stands for the code's if that is no help."""

    code: str
    file: str
    line: int | None
    message: str
    own_fix: str | None = None

    @property
    def severity(self) -> str:
        return CODES[self.code].severity

    @property
    def fix(self) -> str:
        return self.own_fix or CODES[self.code].fix

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity,
            "file": plain(self.file),
            "line": self.line,
            "message": self.message,
            "fix": self.fix,
        }

    def __str__(self) -> str:
        place = plain(self.file) if self.line is None else f"{plain(self.file)}:{self.line}"
        return f"{place}: {self.severity}: {self.code}: {self.message}; fix: {self.fix}"


#: How many findings of one code are kept, in one file and in all; the rest are counted.
SHOWN = 20
SHOWN_IN_ALL = 200
#: How many findings of one file are counted before reading stops.
COUNTED = 10_000
#: How much of a submission is looked through for more once there is an error, in bytes. A line or a finding counts for at least
#: `_LINE` bytes and a file for `_FILE` more: what they cost whatever they hold.
LOOKED_THROUGH = 16 << 20
_LINE = 100
_FILE = 16 << 10


class _HasPath(Protocol):
    @property
    def path(self) -> Path: ...


F = TypeVar("F", bound=_HasPath)


@dataclass(slots=True)
class Findings:
    """Findings in the order in which they came, capped per code, with a count of the rest."""

    shown: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: int = 0
    _shown_of: Counter[tuple[str, str] | str] = field(default_factory=Counter)
    _errors_of: Counter[str] = field(default_factory=Counter)
    _errors_before: int = 0
    _looked_through: int = 0
    _said_enough: bool = False

    def add(self, code: str, file: str, line: int | None, message: str, fix: str | None = None) -> None:
        """Note a finding, with a fix of its own where the code's does not help; beyond the caps it is only counted."""
        self.counts[file, code] += 1
        if CODES[code].severity == "error":
            self.errors += 1
            self._errors_of[file] += 1
        self.look_through(0)
        if self._shown_of[file, code] < SHOWN and self._shown_of[code] < SHOWN_IN_ALL:
            self._shown_of[file, code] += 1
            self._shown_of[code] += 1
            self.shown.append(Finding(code, file, line, message, fix))

    def next_submission(self) -> None:
        """Begin with another submission: how much is looked through holds for each."""
        self._errors_before = self.errors
        self._looked_through = 0
        self._said_enough = False

    def look_through(self, size: int) -> None:
        """Note that a line of `size` bytes is looked through. What is right is read to its end: it counts from the first error on."""
        if self.errors > self._errors_before:
            self._looked_through += max(size, _LINE)

    @property
    def is_enough(self) -> bool:
        """Whether to look no further: a submission may hold 512 MiB of faults."""
        return self._looked_through > LOOKED_THROUGH

    def until_enough(self, files: Iterable[F]) -> Iterator[F]:
        """The files of a submission that are read; where some are not, one finding says so."""
        for file in files:
            if not self.is_enough:
                self.look_through(_FILE)
                yield file
            elif not self._said_enough:
                self._said_enough = True
                self.add("too-many-findings", str(file.path), None, "this file was not read, and none behind it")

    def errors_of_file(self, file: str) -> int:
        """How many errors a file has."""
        return self._errors_of[file]

    def more(self) -> Iterator[tuple[str | None, str, int]]:
        """(file, code, number) of the findings that were only counted; one line without a file for all files that show none."""
        unseen: Counter[str] = Counter()
        for (file, code), count in self.counts.items():
            shown = self._shown_of[file, code]
            if not shown:
                unseen[code] += count
            elif count > shown:
                yield file, code, count - shown
        for code, count in unseen.items():
            yield None, code, count

    def as_json(self) -> dict[str, Any]:
        more = [{"file": file and plain(file), "code": code, "count": count} for file, code, count in self.more()]
        return {"findings": [finding.as_json() for finding in self.shown], "more": more}

    def __str__(self) -> str:
        more = (f"{plain(file or 'other files')}: … and {count} more: {code}" for file, code, count in self.more())
        return "\n".join([*map(str, self.shown), *more])


class FindingsError(DataError):
    """Predictions that cannot be scored; `findings` says why."""

    def __init__(self, findings: Findings) -> None:
        super().__init__(str(findings))
        self.findings = findings


def plain(path: str) -> str:
    """A path for a message: as it is, or with what a terminal or an encoder would choke on escaped."""
    return path if path.isprintable() else repr(path)[1:-1]


def show(value: object) -> str:
    """`value` for a message: short, and with control, bidirectional and other invisible characters escaped."""
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"
