"""One submission folder of the head: all of its files, changed or not, against the rules of names, modes and sizes."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ..normal_form import normalise
from ..protocol import MAX_FILE_BYTES, MAX_SUBMISSION_BYTES
from ..submission.system_json import MAX_BYTES as MAX_SYSTEM_BYTES
from .catalogue import MAX_FILES, MAX_PATH_BYTES, Refusals
from .objects import BrokenObject, ObjectTooLarge, Repository, TreeEntry

FOLDER_MODE = "40000"
FILE_MODE = "100644"
_MODES = {"120000": "link", "160000": "submodule", "100755": "executable"}

_FOLDER = re.compile(rb"[a-z0-9][a-z0-9-]{0,62}[a-z0-9]")
#: What files of a submission are called (protocol, section 3). Which suites and languages there are is the validator's.
_FILE = re.compile(rb"system\.json|(runs/(?P<seed>[A-Za-z0-9_-]{1,32})/)?[a-z0-9][a-z0-9-]{0,31}/[a-z]{2,3}\.jsonl(\.gz)?")
_DEPTH = 4  # runs/<seed>/<suite>/<lang>.jsonl, packed or not
#: Windows opens a device where a file or folder has such a name, with any suffix.
_DEVICE = re.compile(rb"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)


class File(NamedTuple):
    """A plain file of a submission folder: its path below the folder, its blob and size."""

    path: str
    object: str
    size: int


@dataclass(slots=True)
class Walk:
    """Goes through a folder of the head and notes what breaks a rule."""

    repository: Repository
    refusals: Refusals
    files: list[File] = field(default_factory=list)
    paths: set[bytes] = field(default_factory=set)
    _seen: int = 0
    _bytes: int = 0

    def folder(self, path: bytes, tree: str) -> None:
        """Walk the folder `path` (`submissions/<name>`)."""
        for entry, below in self._entries(path, b"", tree, 1):
            full = path + b"/" + below
            self.paths.add(below)
            if len(full) > MAX_PATH_BYTES:
                self.refusals.add("path-too-long", full, f"{len(full)} bytes")
            elif check_mode(entry.mode, full, self.refusals) and self._check_name(below, full):
                self._check_size(entry, below, full)
        if self._bytes > MAX_SUBMISSION_BYTES:
            self.refusals.add("submission-too-large", path, f"{self._bytes} bytes")

    def _entries(self, root: bytes, prefix: bytes, tree: str, depth: int) -> Iterator[tuple[TreeEntry, bytes]]:
        """All entries below a folder that are no folders themselves."""
        path = (root + b"/" + prefix).rstrip(b"/")
        for entry in check_tree(self.repository, tree, path, self.refusals):
            self._seen += 1
            if self._seen > MAX_FILES:
                if self._seen == MAX_FILES + 1:
                    self.refusals.add("too-many-files", root)
                return
            below = prefix + entry.name
            if not is_safe(entry.name, root + b"/" + below, self.refusals):
                continue
            if entry.mode != FOLDER_MODE:
                yield entry, below
            elif depth < _DEPTH:
                yield from self._entries(root, below + b"/", entry.object, depth + 1)
            else:
                self.refusals.add("file-name", root + b"/" + below, "a folder this deep is no part of a submission")

    def _check_name(self, below: bytes, full: bytes) -> bool:
        match = _FILE.fullmatch(below)
        if match is None or _DEVICE.fullmatch(match["seed"] or b""):
            self.refusals.add("file-name", full)
            return False
        return True

    def _check_size(self, entry: TreeEntry, below: bytes, full: bytes) -> None:
        try:
            size = self.repository.size(entry.object)
        except BrokenObject:
            self.refusals.add("broken-tree", full)
            return
        self._bytes += size
        if size > (MAX_SYSTEM_BYTES if below == b"system.json" else MAX_FILE_BYTES):
            self.refusals.add("file-too-large", full, f"{size} bytes")
        self.files.append(File(below.decode(), entry.object, size))


def check_tree(repository: Repository, tree: str, path: bytes, refusals: Refusals) -> list[TreeEntry]:
    """The entries of a tree; names that collide are refused."""
    try:
        entries = repository.tree(tree)
    except BrokenObject:
        refusals.add("broken-tree", path)
        return []
    except ObjectTooLarge as error:
        refusals.add("tree-too-large", path, f"its list of entries has {error.size} bytes")
        return []
    seen: dict[str, bytes] = {}
    for entry in entries:
        other = seen.setdefault(folded(entry.name), entry.name)
        if other is not entry.name:
            refusals.add("broken-tree" if other == entry.name else "case-collision", path + b"/" + entry.name)
    return entries


def check_mode(mode: str, path: bytes, refusals: Refusals) -> bool:
    """Whether an entry that is no folder is a plain file."""
    if mode != FILE_MODE:
        refusals.add(_MODES.get(mode, "unusual-mode"), path, f"mode {mode}")
    return mode == FILE_MODE


def is_safe(name: bytes, path: bytes, refusals: Refusals) -> bool:
    """Whether a name stays where it is, in text that everybody reads alike."""
    try:
        name.decode()
    except UnicodeDecodeError:
        refusals.add("name-not-utf-8", path)
        return False
    if folded(name) in ("", ".", "..", ".git") or b"/" in name or b"\\" in name:
        refusals.add("unsafe-name", path)
        return False
    return True


def check_folder_name(name: bytes, path: bytes, refusals: Refusals) -> None:
    """A submission's own name."""
    if is_safe(name, path, refusals) and (not _FOLDER.fullmatch(name) or _DEVICE.fullmatch(name)):
        refusals.add("folder-name", path)


def folded(name: bytes) -> str:
    """What a forgiving file system makes of a name: case, compatible characters and invisible ones do not count."""
    text = normalise("NFKC", name.decode("utf-8", "backslashreplace")).casefold()
    return "".join(c for c in normalise("NFKC", text) if unicodedata.category(c) != "Cf")
