"""Commits, trees and blobs of a repository, read as objects: no work tree, no index, no filters, no diff settings.

Trees are read raw and compared here. `git diff` would obey the repository's configuration and attributes (ignored
submodules, order files), and would walk a tree of a billion entries to the end before it says a word.
"""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from ..errors import UsageError
from ..submission.findings import plain

#: More than this is no tree of a submission; it is not read.
MAX_TREE_BYTES = 4 << 20
_OBJECT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class TreeEntry(NamedTuple):
    """An entry of a tree. `mode` is as git stores it: `100644` a file, `40000` a folder."""

    name: bytes
    mode: str
    object: str


class BrokenObject(Exception):
    """An object that is not what the tree above it says, or a tree that is cut off."""


class ObjectTooLarge(Exception):
    """An object that is larger than what is read of its kind."""

    def __init__(self, name: str, size: int) -> None:
        super().__init__(f"object {name} has {size} bytes")
        self.size = size


@dataclass(slots=True)
class Repository:
    """Read access to the objects of a git repository, as a context manager.

    Every call of git has a fixed list of arguments: object names, and the two revisions that the user gave.
    """

    path: Path
    _processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in self._processes.values():
            process.kill()
            process.communicate()
        self._processes.clear()

    def check_history(self) -> None:
        """Raises UsageError where the history is cut off: what lies behind the cut could be a merge base."""
        if self._git("rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
            raise UsageError(f"{plain(str(self.path))} is a shallow clone: fetch the history (git fetch --unshallow)")

    def commit(self, revision: str) -> str:
        """The commit that a revision names. Raises UsageError where it names none."""
        if not revision or "\0" in revision:
            raise UsageError("a revision is empty or holds a NUL")
        return self._resolve(revision + "^{commit}")

    def _resolve(self, revision: str) -> str:
        done = self._git("rev-parse", "--verify", "--end-of-options", revision)
        found = done.stdout.decode("ascii", "replace").strip()
        if done.returncode or not _OBJECT.fullmatch(found):
            raise UsageError(f"{plain(revision)}: not in {plain(str(self.path))} ({_said(done)})")
        return found

    def merge_bases(self, base: str, head: str) -> list[str]:
        """The best common ancestors of two commits: one in ordinary histories."""
        done = self._git("merge-base", "--all", base, head)
        if done.returncode not in (0, 1):
            raise UsageError(f"the common history of base and head cannot be read ({_said(done)})")
        return done.stdout.decode("ascii").split()

    def root(self, commit: str) -> str:
        """The tree of a commit."""
        return self._resolve(commit + "^{tree}")

    def tree(self, tree: str) -> list[TreeEntry]:
        """The entries of a tree, as they are stored. Raises BrokenObject, ObjectTooLarge."""
        data = self._read(tree, b"tree", MAX_TREE_BYTES)
        entry = re.compile(rb"([0-7]{5,6}) ([^\0]*)\0(.{%d})" % (len(tree) // 2), re.DOTALL)
        entries, at = [], 0
        while at < len(data):
            found = entry.match(data, at)
            if found is None:
                raise BrokenObject(tree)
            mode, name, raw = found.groups()
            entries.append(TreeEntry(name, mode.decode(), raw.hex()))
            at = found.end()
        return entries

    def size(self, blob: str) -> int:
        """The size of a blob, from its header. Raises BrokenObject where it is none."""
        return self._header("--batch-check", blob, b"blob")

    def blob(self, blob: str, limit: int) -> bytes:
        """The bytes of a blob. Raises BrokenObject, and ObjectTooLarge where it is larger than `limit`."""
        return self._read(blob, b"blob", limit)

    def _read(self, name: str, kind: bytes, limit: int) -> bytes:
        size = self._header("--batch-check", name, kind)
        if size > limit:
            raise ObjectTooLarge(name, size)
        self._header("--batch", name, kind)
        stream = self._process("--batch").stdout
        assert stream is not None  # noqa: S101 (a pipe)
        data = stream.read(size + 1)
        if len(data) != size + 1:
            raise UsageError(f"git stopped in the middle of object {name}")
        return data[:-1]

    def _header(self, mode: str, name: str, kind: bytes) -> int:
        """Ask `cat-file` for an object; its size."""
        process = self._process(mode)
        assert process.stdin is not None  # noqa: S101 (pipes)
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(name.encode() + b"\n")
        process.stdin.flush()
        answer = process.stdout.readline().split()
        if len(answer) != 3:
            raise UsageError(f"object {name} cannot be read; fetch the whole history (no shallow or partial clone)")
        if answer[1] != kind:
            raise BrokenObject(name)
        return int(answer[2])

    def _process(self, mode: str) -> "subprocess.Popen[bytes]":
        if mode not in self._processes:
            self._processes[mode] = subprocess.Popen(  # noqa: S603 (fixed arguments, no shell)
                self._command("cat-file", mode),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
        return self._processes[mode]

    def _git(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        try:
            return subprocess.run(  # noqa: S603 (fixed arguments, no shell)
                self._command(*arguments), capture_output=True, check=False, stdin=subprocess.DEVNULL, env=_environment()
            )
        except OSError as error:
            raise UsageError(f"git cannot be run ({error.strerror})") from error

    def _command(self, *arguments: str) -> list[str]:
        # A commit graph is a cache of who the parents are: the commits themselves are asked.
        return ["git", "-c", "core.quotePath=false", "-c", "core.commitGraph=false", "-C", str(self.path), *arguments]


def _environment() -> dict[str, str]:
    """The environment without git's own variables: none may point git at another repository, index or configuration.

    Replacements and grafts give commits other parents, or other trees, than they have: neither counts.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return plain(lines[-1]) if lines else "no answer"
