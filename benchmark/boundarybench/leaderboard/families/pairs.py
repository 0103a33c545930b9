"""`submissions/pairs.toml`: which systems may be compared as families. Bytes in; pairs and findings out.

A pair shares source data and encoder (protocol, section 6). Its systems may come later: a pair that is declared before either is
submitted waits for them. Whether both were given the same is computed (`budgets.py`), and so is when it was declared (`declared.py`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from ...columns import read_bytes
from ...errors import DataError
from ...submission.findings import Findings, show
from ..store import Entry, Facets

FILE = "pairs.toml"
#: Some 250 pairs. A TOML reader needs time that grows with the square of a dotted key: that is what the limit of a line is for.
MAX_BYTES = 128 << 10
MAX_LINE_BYTES = 2000
TOO_LARGE = f"over {MAX_BYTES >> 10} KiB"

#: In a pair the family of the first system stands before that of the second, so that all differences read the same way.
FAMILIES = ("model-transfer", "annotation-projection", "hybrid")

#: What `system.json` calls a name; anything else could lead elsewhere, or name nothing that will ever be submitted.
_Name = Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,62}[a-z0-9]\Z")]


class DeclaredPair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two systems of different families, by their names."""

    a: _Name
    b: _Name


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pair: tuple[DeclaredPair, ...] = ()


class Member(NamedTuple):
    """What a pair asks of a system: family, facets, and its scored test sets as (suite, lang)."""

    family: str
    facets: Facets
    sets: frozenset[tuple[str, str]]


class PairProblem(NamedTuple):
    """What speaks against a declared pair: a code of the findings, and a message that names both systems."""

    pair: DeclaredPair
    code: str
    message: str


def read(root: Path, findings: Findings) -> tuple[DeclaredPair, ...]:
    """The pairs that the folder of submissions declares; none where there is no such file. Raises UsageError."""
    path = root / FILE
    if not path.exists():
        return ()
    try:
        data = read_bytes(path, MAX_BYTES)
    except DataError:
        findings.add("pairs-file", str(path), None, TOO_LARGE)
        return ()
    return parse(data, str(path), findings)


def parse(data: bytes, name: str, findings: Findings) -> tuple[DeclaredPair, ...]:
    """The pairs in the bytes of a pairs.toml; none, and findings, where it does not hold pairs."""
    if (long := long_line(data)) is not None:
        findings.add("pairs-file", name, long, f"a line of over {MAX_LINE_BYTES} bytes")
        return ()
    try:
        return msgspec.toml.decode(data, type=_File).pair
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        findings.add("pairs-file", name, None, show(str(error)))
        return ()


def long_line(data: bytes) -> int | None:
    """The number of the first line that is too long to be read."""
    return next((number for number, line in enumerate(data.split(b"\n"), 1) if len(line) > MAX_LINE_BYTES), None)


def members(entries: Mapping[str, Entry]) -> dict[str, Member]:
    """What pairs ask of the systems on a board."""
    return {
        name: Member(entry.system.family, entry.system.facets, frozenset((row.suite, row.lang) for row in entry.rows))
        for name, entry in entries.items()
    }


def check(pairs: Sequence[DeclaredPair], entries: Mapping[str, Entry], root: Path, findings: Findings) -> tuple[DeclaredPair, ...]:
    """The pairs that may be compared, sorted; what speaks against the others becomes findings, but where a system is still to come."""
    found = problems(pairs, members(entries))
    for problem in found:
        findings.add(problem.code, str(root / FILE), None, problem.message)
    wrong = {id(problem.pair) for problem in found}  # one declared twice is right where it stands first
    right = [pair for pair in pairs if id(pair) not in wrong and not missing(pair, entries)]
    return tuple(sorted(right, key=lambda pair: (pair.a, pair.b)))


def missing(pair: DeclaredPair, systems: Collection[str]) -> tuple[str, ...]:
    """The systems of a pair that there are not, or not yet."""
    return tuple(name for name in (pair.a, pair.b) if name not in systems)


def problems(pairs: Sequence[DeclaredPair], systems: Mapping[str, Member]) -> list[PairProblem]:
    """Everything that speaks against declared pairs, in their order."""
    seen: set[frozenset[str]] = set()
    found = []
    for pair in pairs:
        found += [
            PairProblem(pair, code, f"{show(pair.a)} and {show(pair.b)}: {message}") for code, message in _problems(pair, systems, seen)
        ]
        seen.add(frozenset((pair.a, pair.b)))
    return found


def _problems(pair: DeclaredPair, systems: Mapping[str, Member], seen: Collection[frozenset[str]]) -> Iterator[tuple[str, str]]:
    """(code, message) of whatever is wrong with a pair."""
    if frozenset((pair.a, pair.b)) in seen:
        yield "pair-twice", "declared twice"
        return
    if missing(pair, systems):
        return
    a, b = systems[pair.a], systems[pair.b]
    if not {a.family, b.family} <= set(FAMILIES) or FAMILIES.index(a.family) >= FAMILIES.index(b.family):
        yield "pair-families", f"the families are {a.family} and {b.family}"
    for facet, values in _differing(a.facets, b.facets):
        yield "pair-differs", f"{facet}: {show(values[0])} and {show(values[1])}"
    if not a.sets & b.sets:
        yield "pair-nothing-in-common", "no test set is scored for both"


def _differing(a: Facets, b: Facets) -> Iterator[tuple[str, tuple[object, object]]]:
    for facet in ("source_languages", "source_data", "encoder", "ensemble_size"):
        values = getattr(a, facet), getattr(b, facet)
        left, right = (sorted(value) if isinstance(value, tuple) else value for value in values)
        if left != right:
            yield facet, (left, right)
