"""What a validator finds: a stable code, a place, a message and the fix (`docs/errors.md`)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ..errors import DataError
from .finding_codes import CODES


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
