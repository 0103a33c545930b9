"""Whether a pair was declared before anyone could see figures of its systems, read from git's history.

A pair counts as declared since the commit on the main line (first parents) from which on `pairs.toml` has held it without a gap. It was
declared beforehand if neither that commit nor any before it has touched predictions of either system, or its file in `results/`. What came
in with one merge came at once: so a pair is declared in a request of its own.
"""

from collections.abc import Collection
from pathlib import Path

import msgspec

from ..git_output import git
from .pair_results import Declared
from .pairs import FILE, MAX_BYTES, DeclaredPair, long_line

Names = tuple[str, str]


class _Names(msgspec.Struct):
    a: str
    b: str


class _Version(msgspec.Struct):
    """An older pairs.toml: its pairs may have said more, and it may not be right by today's rules."""

    pair: tuple[_Names, ...] = ()


def when_declared(root: Path, pairs: Collection[DeclaredPair]) -> dict[Names, Declared] | None:
    """By the names of each pair, when it was declared.

    Args:
        root: the folder of submissions.
        pairs: that were checked: both systems are submissions.

    Returns:
        None where the history is not at hand: no git, no repository, a shallow clone or one that lacks old versions of `pairs.toml`.
    """
    since = _since(root, {(pair.a, pair.b) for pair in pairs}) if pairs else {}
    return None if since is None else {(pair.a, pair.b): _declared(root, pair, since) for pair in pairs}


def _declared(root: Path, pair: DeclaredPair, since: dict[Names, str]) -> Declared:
    commit = since.get((pair.a, pair.b))
    figures = [
        pathspec
        for name in (pair.a, pair.b)
        for pathspec in (f":(glob){name}/**/*.jsonl", f":(glob){name}/**/*.jsonl.gz", f":(top,literal)results/systems/{name}.json")
    ]
    earlier = git(root, "rev-list", "-1", commit or "HEAD", "--", *figures)
    if earlier is None:
        return "not known"
    if commit is None:  # it stands in the working tree alone
        return "afterwards" if earlier else "not known"
    return "afterwards" if earlier else "beforehand"


def _since(root: Path, pairs: set[Names]) -> dict[Names, str] | None:
    """The commit since which each pair is declared; none of a pair that HEAD does not declare. None without history."""
    if git(root, "rev-parse", "--is-shallow-repository") != b"false\n":
        return None
    commits = git(root, "rev-list", "--first-parent", "HEAD", "--", FILE)
    if commits is None:
        return None
    found: dict[Names, str] = {}
    for commit in commits.decode().split():
        there = _names(root, commit)
        if there is None:
            return None
        pairs = pairs & there
        if not pairs:
            break
        found |= dict.fromkeys(pairs, commit)
    return found


def _names(root: Path, commit: str) -> set[Names] | None:
    """The pairs that a commit declares; none where its pairs.toml cannot be read, None where it is not at hand."""
    entry = git(root, "ls-tree", commit, "--", FILE)
    if entry is None:
        return None
    if not entry.startswith(b"100644 blob "):
        return set()
    data = git(root, "cat-file", "blob", entry.split()[2].decode())
    if data is None:
        return None
    if len(data) > MAX_BYTES or long_line(data) is not None:
        return set()
    try:
        return {(pair.a, pair.b) for pair in msgspec.toml.decode(data, type=_Version).pair}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return set()
