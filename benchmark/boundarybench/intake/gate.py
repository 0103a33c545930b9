"""The gate: one new submission folder, or changes to one that exists, and nothing else. No submission is parsed before it.

What is compared is the head with its merge base, tree by tree; the base itself says which folders there are by now.
Files outside submissions/ are named by the first part of their path: which of them changed is for the reviewer to see.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..gzipped import SUFFIX
from ..leaderboard.families.pairs import FILE as PAIRS
from .catalogue import SHOWN, Refusals, visible
from .objects import Repository, TreeEntry
from .walk import FOLDER_MODE, File, Walk, check_folder_name, check_mode, check_tree, folded

ROOT = b"submissions"
#: Files beside the submissions. They are for a reviewer to see, as code is, and come without predictions.
BESIDE = (b"README.md", PAIRS.encode())
#: What the board's workflow writes after a merge.
GENERATED = (b"leaderboard.md", b"results")
_NAMED = 5
_GZ = SUFFIX.encode()


@dataclass(frozen=True, slots=True)
class Passage:
    """What a request is, and what speaks against it.

    Attributes:
        folder: the name of the one submission, where the gate passes.
        new: whether the base has no such folder.
        files: all files of that folder at the head.
        changed: how many of them the request adds or changes.
        outside: what changed outside the submissions.
        submission: whether the request touches any submission; without one there is nothing to score.
        before, after: what submissions/ holds on the base, and what it would hold after the merge; of folders that do not pass,
            those that are deleted are missing and others are as on the base.
    """

    refusals: Refusals
    folder: str | None = None
    new: bool = False
    files: tuple[File, ...] = ()
    changed: int = 0
    outside: tuple[str, ...] = ()
    submission: bool = True
    before: Mapping[bytes, TreeEntry] = field(default_factory=dict)
    after: Mapping[bytes, TreeEntry] = field(default_factory=dict)


@dataclass(slots=True)
class _Request:
    """The trees of a request while the rules are applied."""

    repository: Repository
    refusals: Refusals = field(default_factory=Refusals)
    outside: list[bytes] = field(default_factory=list)
    generated: list[bytes] = field(default_factory=list)
    touched: list[TreeEntry] = field(default_factory=list)
    deleted: list[bytes] = field(default_factory=list)
    beside: dict[bytes, TreeEntry] = field(default_factory=dict)
    before: dict[bytes, TreeEntry] = field(default_factory=dict)


def examine(repository: Repository, base: str, head: str) -> Passage:
    """Apply every rule to the request that would merge commit `head` into commit `base`. Raises UsageError."""
    request = _Request(repository)
    merge_bases = repository.merge_bases(base, head)
    if len(merge_bases) != 1:
        request.refusals.add("several-merge-bases" if merge_bases else "no-common-history", b"")
        return Passage(request.refusals)
    _compare_roots(request, merge_bases[0], head)
    now = {entry.name: entry for entry in _submissions(repository, base)}
    submission = bool(request.touched or request.refusals.counts)
    _check_whole(request, submission)
    _check_beside(request, now)
    after = {name: entry for name, entry in now.items() if name not in request.deleted} | request.beside
    outside = _shown([*request.outside, *request.generated])
    if not submission and not request.refusals.counts:
        return Passage(request.refusals, outside=outside, submission=False, before=now, after=after)
    # More than one is refused already; a look at some of them is enough.
    walks = [_check_folder(request, entry, now) for entry in request.touched[:SHOWN]]
    if request.refusals.counts or len(walks) != 1:
        return Passage(request.refusals, outside=outside, before=now, after=after)
    (entry,), ((files, changed),) = request.touched, walks
    return Passage(
        request.refusals,
        entry.name.decode(),
        entry.name not in now,
        tuple(sorted(files)),
        changed,
        outside,
        before=now,
        after={**after, entry.name: entry},
    )


def _compare_roots(request: _Request, merge_base: str, head: str) -> None:
    before = {entry.name: entry for entry in request.repository.tree(request.repository.root(merge_base))}
    after = {entry.name: entry for entry in check_tree(request.repository, request.repository.root(head), b".", request.refusals)}
    for name in _differing(before, after):
        if name == ROOT:
            _compare_submissions(request, before.get(name), after.get(name))
        elif name in GENERATED:
            request.generated.append(name)
        elif name in after and folded(name) == ROOT.decode():
            request.refusals.add("case-collision", name, "not submissions/, but some file systems take it for that")
        else:
            request.outside.append(name)


def _compare_submissions(request: _Request, before: TreeEntry | None, after: TreeEntry | None) -> None:
    if after is not None and after.mode != FOLDER_MODE:
        if check_mode(after.mode, ROOT, request.refusals):
            request.refusals.add("stray-file", ROOT)
        return
    request.before = {entry.name: entry for entry in (request.repository.tree(before.object) if before else ())}
    inside = {entry.name: entry for entry in (check_tree(request.repository, after.object, ROOT, request.refusals) if after else ())}
    for name in _differing(request.before, inside):
        _sort_entry(request, name, inside.get(name))


def _sort_entry(request: _Request, name: bytes, entry: TreeEntry | None) -> None:
    """A changed entry of submissions/: a submission, a file beside them (README.md), or something that is not allowed."""
    path = ROOT + b"/" + name
    if entry is None:
        request.deleted.append(name)
        if request.before[name].mode == FOLDER_MODE:
            request.refusals.add("folder-deleted", path)
        else:
            request.outside.append(path)
    elif entry.mode == FOLDER_MODE:
        request.touched.append(entry)
    elif check_mode(entry.mode, path, request.refusals):
        if name in BESIDE:
            request.beside[name] = entry
            request.outside.append(path)
        else:
            request.refusals.add("stray-file", path)


def _check_beside(request: _Request, now: dict[bytes, TreeEntry]) -> None:
    """Pairs that main has changed, too, would be merged line by line: into what, the request does not say."""
    name = PAIRS.encode()
    entry = request.beside.get(name)
    if entry is not None and now.get(name) not in (request.before.get(name), entry):
        request.refusals.add("behind-base", ROOT + b"/" + name)


def _check_whole(request: _Request, submission: bool) -> None:
    if not submission and not request.outside and not request.generated:
        request.refusals.add("nothing-changed", b"")
    if submission:
        for name in request.generated:
            request.refusals.add("generated-file", name)
        if request.outside:
            request.refusals.add("data-and-code", request.outside[0], f"also changed: {_names(request.outside)}")
    if len(request.touched) > 1:
        names = [entry.name for entry in request.touched]
        request.refusals.add("more-than-one-folder", ROOT, f"{len(names)} folders: {_names(names)}")


def _check_folder(request: _Request, entry: TreeEntry, now: dict[bytes, TreeEntry]) -> tuple[list[File], int]:
    """The files of a touched folder, and how many of them are new or different."""
    path, before = ROOT + b"/" + entry.name, request.before.get(entry.name)
    check_folder_name(entry.name, path, request.refusals)
    if any(folded(name) == folded(entry.name) and name != entry.name for name in now):
        request.refusals.add("case-collision", path, "main has a folder whose name differs in case only")
    if now.get(entry.name) != before:
        request.refusals.add("behind-base", path)
    walk = Walk(request.repository, request.refusals)
    walk.folder(path, entry.object)
    old = Walk(request.repository, Refusals())  # what main holds was let in before
    if before is not None and before.mode == FOLDER_MODE:
        old.folder(path, before.object)
    still = {name.removesuffix(_GZ) for name in walk.paths}  # packing a file, or unpacking it, deletes nothing
    for name in sorted(name for name in old.paths if name.removesuffix(_GZ) not in still):
        request.refusals.add("file-deleted", path + b"/" + name)
    return walk.files, len(set(walk.files) - set(old.files))


def _submissions(repository: Repository, commit: str) -> list[TreeEntry]:
    """What submissions/ holds in a commit of main."""
    root = {entry.name: entry for entry in repository.tree(repository.root(commit))}
    return repository.tree(root[ROOT].object) if ROOT in root else []


def _differing(before: dict[bytes, TreeEntry], after: dict[bytes, TreeEntry]) -> list[bytes]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _names(paths: Iterable[bytes]) -> str:
    return ", ".join(_shown(paths))


def _shown(paths: Iterable[bytes]) -> tuple[str, ...]:
    names = [visible(path) for path in paths]
    return (*names[:_NAMED], *([f"and {len(names) - _NAMED} more"] if len(names) > _NAMED else []))
