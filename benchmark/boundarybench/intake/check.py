"""The check of a pull request: the gate, then this checkout's validator and scorer on plain copies of the head's files."""

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import msgspec

from ..errors import DataError, GoldUnavailable, UsageError
from ..leaderboard import store
from ..leaderboard.collect import score_submission
from ..leaderboard.contents import contents
from ..leaderboard.store import Board
from ..protocol import MAX_FILE_BYTES, VERSION
from ..submission.findings import Finding, FindingsError, plain
from .copies import Remark, remarks
from .gate import ROOT, Passage, examine
from .objects import BrokenObject, ObjectTooLarge, Repository, TreeEntry
from .pair_changes import check_pairs
from .places import Place, place
from .pruning import Pruning, prunings
from .row_files import row_files
from .walk import FOLDER_MODE

Verdict = Literal["pass", "fail", "no-submission"]
_BOARD = b"results"


@dataclass(frozen=True, slots=True)
class GateReport:
    """What there is to say of a pull request. `findings` are plain objects, those of the gate and of the validator alike."""

    verdict: Verdict
    base: str
    head: str
    passage: Passage
    findings: tuple[dict[str, Any], ...] = ()
    more: tuple[dict[str, Any], ...] = ()
    places: tuple[Place, ...] = ()
    remarks: tuple[Remark, ...] = ()
    prunings: tuple[Pruning, ...] = ()
    notes: tuple[str, ...] = ()


def check(path: Path, base: str, head: str) -> GateReport:
    """Check the request to merge revision `head` into revision `base` of the repository at `path`.

    Raises:
        UsageError: no such repository or revision, or a history that is cut off or cannot be read.
        GoldUnavailable: gold that the submission needs is not at hand, or the copy at hand is not the pinned one.
    """
    with Repository(path) as repository:
        repository.check_history()
        commits = repository.commit(base), repository.commit(head)
        try:
            return _check(repository, commits)
        except (BrokenObject, ObjectTooLarge) as error:
            # What the head holds has been refused before: this is main's own.
            raise UsageError(f"an object of {plain(base)} cannot be read ({error}): is the repository whole?") from error


def _check(repository: Repository, commits: tuple[str, str]) -> GateReport:
    passage = examine(repository, *commits)
    pairs = check_pairs(repository, passage)
    findings = pairs.findings.as_json()
    found, more = tuple(findings["findings"]), tuple(findings["more"])
    if passage.refusals.counts:
        refusals = passage.refusals
        found = (*(refusal.as_json() for refusal in refusals.shown), *found)
        more = (*({"file": None, "code": code, "count": count} for code, count in refusals.more().items()), *more)
        return GateReport("fail", *commits, passage, found, more)
    if passage.folder is None:
        return GateReport("fail" if found else "no-submission", *commits, passage, found, more, notes=pairs.notes)
    with tempfile.TemporaryDirectory(prefix="boundarybench-") as temporary:
        report = _score(repository, commits, passage, passage.folder, Path(temporary).resolve())
    if not found:
        return report
    return replace(report, verdict="fail", findings=(*report.findings, *found), more=(*report.more, *more))


def _score(repository: Repository, commits: tuple[str, str], passage: Passage, name: str, temporary: Path) -> GateReport:
    root = temporary / ROOT.decode()
    _unpack(repository, passage, root / name)
    try:
        entry = score_submission(root / name, contents(root)[name] if passage.files else "")
    except FindingsError as error:
        found = tuple(_in_repository(finding, temporary) for finding in error.findings.shown)
        more = tuple({**part, "file": part["file"] and _relative(part["file"], temporary)} for part in error.findings.as_json()["more"])
        return GateReport("fail", *commits, passage, found, more)
    except DataError as error:
        # Nobody's submission can mend gold that is not the pinned one.
        raise GoldUnavailable(str(error)) from error
    board, notes = _board(repository, commits[0])
    after = msgspec.structs.replace(board, entries={**board.entries, name: entry})
    places = tuple(place(board, after, name, mean.suite) for mean in entry.means)
    others = {folder: tree for folder, tree in passage.before.items() if folder != name.encode()}
    rows = row_files(repository, others, entry.system.authors)
    remarked = remarks(repository, passage.files, rows, {each.suite: each.standing.track for each in places})
    return GateReport("pass", *commits, passage, places=places, remarks=remarked, prunings=tuple(prunings(entry)), notes=notes)


def _unpack(repository: Repository, passage: Passage, folder: Path) -> None:
    """Write the head's files as plain files; the gate has seen to it that each name stays below `folder`."""
    folder.mkdir(parents=True)
    for file in passage.files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as handle:
            handle.write(repository.blob(file.object, MAX_FILE_BYTES))


def _in_repository(finding: Finding, temporary: Path) -> dict[str, Any]:
    return {**finding.as_json(), "file": _relative(finding.file, temporary)}


def _relative(file: str, temporary: Path) -> str:
    return file.removeprefix(f"{temporary}/")


def _board(repository: Repository, base: str) -> tuple[Board, tuple[str, ...]]:
    """The board that main has now, and what is odd about it."""
    root = {entry.name: entry for entry in repository.tree(repository.root(base))}
    empty = Board(VERSION, {})
    if _BOARD not in root:
        return empty, ("main has no board yet: there is nothing to compare with",)
    try:
        board = store.from_files(_files(repository, root[_BOARD], ""), _BOARD.decode())
    except DataError as error:
        return empty, (f"main's board cannot be compared with: {error}",)
    submissions = repository.tree(root[ROOT].object) if ROOT in root else []
    waiting = {entry.name.decode(errors="replace") for entry in submissions if entry.mode == "40000"} - board.entries.keys()
    return board, (f"not on main's board yet: {', '.join(sorted(waiting))}",) if waiting else ()


def _files(repository: Repository, folder: TreeEntry, above: str) -> dict[str, bytes]:
    """The files of the board in a folder, by path. `above` is the folder's path below the board's, with a slash behind it."""
    found: dict[str, bytes] = {}
    for entry in repository.tree(folder.object) if folder.mode == FOLDER_MODE else ():
        path = above + entry.name.decode(errors="replace")
        if entry.mode == FOLDER_MODE:
            found |= _files(repository, entry, path + "/")
        elif store.belongs(path):
            found[path] = repository.blob(entry.object, store.MAX_BYTES)
    return found


def as_json(report: GateReport) -> Mapping[str, Any]:
    """The report in plain JSON types, full precision."""
    return {
        "verdict": report.verdict,
        "base": report.base,
        "head": report.head,
        "submission": report.passage.folder,
        "new": report.passage.new if report.passage.folder else None,
        "changed_files": report.passage.changed,
        "outside": list(report.passage.outside),
        "findings": list(report.findings),
        "more": list(report.more),
        "places": [each.as_json() for each in report.places],
        "remarks": [asdict(remark) | {"tally": remark.tally._asdict()} for remark in report.remarks],
        "prunings": [asdict(pruning) for pruning in report.prunings],
        "notes": list(report.notes),
    }
