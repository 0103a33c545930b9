"""What a validator finds: a stable code, a place, a message and the fix (`docs/errors.md`)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

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
        "file-too-large": _error("the file is over 64 MiB (system.json: 1 MiB)", "submit one object per test sentence and nothing else"),
        "submission-too-large": _error(
            "the submission's files are over 512 MiB together", "submit one object per test sentence and nothing else"
        ),
        "line-too-large": _error("the line is over 1 MiB", "write one sentence per line"),
        "byte-order-mark": _error("the file begins with a byte-order mark", "save it as UTF-8 without a byte-order mark"),
        "not-utf-8": _error("bytes that are not UTF-8", "save the file as UTF-8"),
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
            "a sentence of the gold is not in the file", "predict every sentence (all `O` is a prediction), or score with --allow-missing"
        ),
        "wrong-number-of-tags": _error(
            "there are more or fewer tags than gold tokens", "write one tag per gold token; truncated sentences need `O` to the end"
        ),
        "unknown-tag": _error(
            "the tag is not in the suite's set",
            "write `O`, `B-TYPE` or `I-TYPE` with a type of the suite; decide what becomes of others (MISC) and say so in system.json",
        ),
        "token-mismatch": _error(
            "a token is not the gold's, even after NFC", "predict on the frozen gold tokens (boundarybench gold verify)"
        ),
        "wrong-number-of-scores": _error(
            "there are more or fewer scores than predicted spans", "write one score per predicted span, in order, or none"
        ),
        "no-predictions": _error(
            "there is no prediction to read", "write one line per test sentence, to <suite>/<lang>.jsonl in a submission"
        ),
        "too-many-findings": _error("the file has so many findings that reading stopped", "mend the first ones and run again"),
        # The folder.
        "too-many-files": _error(
            "the folder holds more than 10,000 files and folders", "submit system.json and the prediction files, nothing else"
        ),
        "not-a-regular-file": _error("a link, a device or a pipe stands where a file belongs", "submit plain files and folders"),
        "unexpected-file": _error(
            "a file or folder that is no part of a submission",
            "remove it (allowed: system.json, <suite>/<lang>.jsonl, runs/<seed>/<suite>/<lang>.jsonl)",
        ),
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
        "token-normalisation": Code("warning", "a token equals the gold's only after NFC", "none needed; NFC text is safer"),
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `line` is 1-based; None where a finding belongs to the file."""

    code: str
    file: str
    line: int | None
    message: str

    @property
    def severity(self) -> str:
        return CODES[self.code].severity

    @property
    def fix(self) -> str:
        return CODES[self.code].fix

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


@dataclass(slots=True)
class Findings:
    """Findings in the order in which they came, capped per code, with a count of the rest."""

    shown: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: int = 0
    _shown_of: Counter[tuple[str, str] | str] = field(default_factory=Counter)
    _errors_of: Counter[str] = field(default_factory=Counter)

    def add(self, code: str, file: str, line: int | None, message: str) -> None:
        """Note a finding; beyond the caps it is only counted."""
        self.counts[file, code] += 1
        if CODES[code].severity == "error":
            self.errors += 1
            self._errors_of[file] += 1
        if self._shown_of[file, code] < SHOWN and self._shown_of[code] < SHOWN_IN_ALL:
            self._shown_of[file, code] += 1
            self._shown_of[code] += 1
            self.shown.append(Finding(code, file, line, message))

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
