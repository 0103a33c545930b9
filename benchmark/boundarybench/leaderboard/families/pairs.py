"""`submissions/pairs.toml`: which systems may be compared as families. Bytes in; pairs and findings out.

A pair shares source data, encoder and budget (protocol, section 6). What `system.json` states is checked here; that the budget is the
same, a person vouches for, in words that are shown.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from ...columns import read_bytes
from ...submission.findings import Findings, show
from ..store import Entry, Facets

FILE = "pairs.toml"
MAX_BYTES = 1 << 20

#: In a pair the family of the first system stands before that of the second, so that all differences read the same way.
FAMILIES = ("model-transfer", "annotation-projection", "hybrid")

_Line = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two systems of different families; `budget` says in words what they share beside what `system.json` states."""

    a: _Line
    b: _Line
    budget: _Line


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pair: tuple[Pair, ...] = ()


def read(root: Path, findings: Findings) -> tuple[Pair, ...]:
    """The pairs that the folder of submissions declares; none where there is no such file. Raises UsageError, DataError."""
    path = root / FILE
    if not path.exists():
        return ()
    try:
        pairs = msgspec.toml.decode(read_bytes(path, MAX_BYTES), type=_File).pair
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        findings.add("pairs-file", str(path), None, show(str(error)))
        return ()
    hidden = [text for pair in pairs for text in (pair.a, pair.b, pair.budget) if not text.isprintable()]
    for text in hidden:
        findings.add("pairs-file", str(path), None, f"{show(text)}: control, bidirectional and other invisible characters are refused")
    return () if hidden else pairs


def check(pairs: Sequence[Pair], entries: Mapping[str, Entry], root: Path, findings: Findings) -> tuple[Pair, ...]:
    """The pairs that may be compared, sorted; what speaks against the others becomes findings."""
    seen: set[frozenset[str]] = set()
    right = []
    for pair in pairs:
        problems = list(_problems(pair, entries, seen))
        seen.add(frozenset((pair.a, pair.b)))
        for code, message in problems:
            findings.add(code, str(root / FILE), None, f"{show(pair.a)} and {show(pair.b)}: {message}")
        if not problems:
            right.append(pair)
    return tuple(sorted(right, key=lambda pair: (pair.a, pair.b)))


def _problems(pair: Pair, entries: Mapping[str, Entry], seen: Collection[frozenset[str]]) -> Iterator[tuple[str, str]]:
    """(code, message) of whatever is wrong with a pair."""
    if frozenset((pair.a, pair.b)) in seen:
        yield "pair-twice", "declared twice"
        return
    unknown = [name for name in (pair.a, pair.b) if name not in entries]
    if unknown:
        yield "pair-unknown-system", f"there is no submission {show(unknown[0])}"
        return
    a, b = entries[pair.a], entries[pair.b]
    families = (a.system.family, b.system.family)
    if not set(families) <= set(FAMILIES) or FAMILIES.index(families[0]) >= FAMILIES.index(families[1]):
        yield "pair-families", f"the families are {families[0]} and {families[1]}"
    for facet, values in _differing(a.system.facets, b.system.facets):
        yield "pair-differs", f"{facet}: {show(values[0])} and {show(values[1])}"
    if not {(row.suite, row.lang) for row in a.rows} & {(row.suite, row.lang) for row in b.rows}:
        yield "pair-nothing-in-common", "no test set is scored for both"


def _differing(a: Facets, b: Facets) -> Iterator[tuple[str, tuple[object, object]]]:
    for facet in ("source_languages", "source_data", "encoder", "ensemble_size"):
        values = getattr(a, facet), getattr(b, facet)
        left, right = (sorted(value) if isinstance(value, tuple) else value for value in values)
        if left != right:
            yield facet, (left, right)
