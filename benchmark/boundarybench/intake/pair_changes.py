"""The declared pairs after a request: those that it breaks, and those that it withdraws.

The board leaves out a pair that is not right. That must not come as a surprise after the merge, so the pairs are checked as
the merge would leave them, from the `system.json` of the systems that they name.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from ..leaderboard.families.pairs import FILE, MAX_BYTES, TOO_LARGE, DeclaredPair, Member, missing, parse, problems
from ..leaderboard.store import SystemFacts
from ..submission.findings import Findings, show
from ..submission.folder import language_of
from ..submission.system_json import MAX_BYTES as MAX_SYSTEM_BYTES
from ..suites.manifests import packaged
from ..suites.pins import awaits_pin
from .gate import ROOT, Passage
from .objects import BrokenObject, ObjectTooLarge, Repository, TreeEntry
from .walk import FILE_MODE, FOLDER_MODE

_PATH = f"{ROOT.decode()}/{FILE}"


class PairsReport(NamedTuple):
    """What a request does to the pairs: findings, and what else a reviewer should know, in words."""

    findings: Findings
    notes: tuple[str, ...] = ()


def check_pairs(repository: Repository, passage: Passage) -> PairsReport:
    """Find the pairs that would be wrong after the merge and are right, or not declared, on the base. Raises UsageError."""
    findings = Findings()
    if passage.before == passage.after:
        return PairsReport(findings)
    name = FILE.encode()
    old = _read(repository, passage.before.get(name), Findings())
    same = passage.before.get(name) == passage.after.get(name)
    new = old if same else _read(repository, passage.after.get(name), findings)
    wrong = {(pair.a, pair.b) for pair in _wrong(repository, old, passage.before, Findings())}
    _wrong(repository, [pair for pair in new if (pair.a, pair.b) not in wrong], passage.after, findings)
    _taken_away(new, passage, findings)
    if findings.errors:
        return PairsReport(findings)
    gone = [f"no longer declared in pairs.toml: {pair.a} and {pair.b}" for pair in _beside(old, new)]
    waiting = [(pair, missing(pair, {name.decode(errors="replace") for name in passage.after})) for pair in _beside(new, old)]
    notes = [f"newly declared: {pair.a} and {pair.b}; there is no {' and no '.join(names)} yet" for pair, names in waiting if names]
    return PairsReport(findings, (*gone, *notes))


def _beside(pairs: Sequence[DeclaredPair], others: Sequence[DeclaredPair]) -> list[DeclaredPair]:
    """The pairs that `others` does not have."""
    return [pair for pair in pairs if pair not in others]


def _read(repository: Repository, entry: TreeEntry | None, findings: Findings) -> tuple[DeclaredPair, ...]:
    """The pairs of a pairs.toml in the repository; none where there is no such file, or with findings."""
    if entry is None or entry.mode != FILE_MODE:
        return ()
    try:
        return parse(repository.blob(entry.object, MAX_BYTES), _PATH, findings)
    except ObjectTooLarge:
        findings.add("pairs-file", _PATH, None, TOO_LARGE)
    except BrokenObject:
        findings.add("pairs-file", _PATH, None, "not a file")
    return ()


def _taken_away(pairs: Sequence[DeclaredPair], passage: Passage, findings: Findings) -> None:
    """A pair may wait for systems that are still to come; one whose system a request removes would wait for ever."""
    before, after = ({name.decode(errors="replace") for name in folders} for folders in (passage.before, passage.after))
    for pair in pairs:
        for name in missing(pair, after):
            if name in before:
                message = f"{show(pair.a)} and {show(pair.b)}: there is no submission {show(name)} any more"
                findings.add("pair-unknown-system", _PATH, None, message)


def _wrong(
    repository: Repository, pairs: Sequence[DeclaredPair], folders: Mapping[bytes, TreeEntry], findings: Findings
) -> list[DeclaredPair]:
    """The pairs that something speaks against: it becomes findings. Whoever says nothing readable of itself is the validator's."""
    systems: dict[str, Member] = {}
    unreadable = set()
    for name in {name for pair in pairs for name in (pair.a, pair.b)}:
        entry = folders.get(name.encode())
        if entry is not None and entry.mode == FOLDER_MODE:
            try:
                systems[name] = _member(repository, entry.object)
            except (BrokenObject, ObjectTooLarge, KeyError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                unreadable.add(name)
    found = problems([pair for pair in pairs if not {pair.a, pair.b} & unreadable], systems)
    for problem in found:
        findings.add(problem.code, _PATH, None, problem.message)
    return [problem.pair for problem in found]


def _member(repository: Repository, tree: str) -> Member:
    """A system as its folder has it. Raises what reading and decoding an object may raise, and KeyError without system.json."""
    inside = {entry.name: entry for entry in repository.tree(tree)}
    system = msgspec.json.decode(repository.blob(inside[b"system.json"].object, MAX_SYSTEM_BYTES), type=SystemFacts)
    sets = frozenset(
        (suite.name, language.code)
        for suite in packaged().values()
        if (folder := inside.get(suite.name.encode())) and folder.mode == FOLDER_MODE
        for langs in [{language_of(entry.name.decode(errors="replace")) for entry in repository.tree(folder.object)}]
        for language in suite.languages
        if language.code in langs and not awaits_pin(suite.name, language.code)
    )
    return Member(system.family, system.facets, sets)
