"""Content ids: what a submission folder holds, as one hash.

The id is taken over git blob ids, so that a checkout gives it without reading files that are not packed, and a plain copy of the same
files gives the same id. Of a packed file it takes the bytes inside: packed or not, it is the same submission.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from .. import gzipped
from ..columns import read_bytes
from ..errors import DataError, UsageError
from ..protocol import MAX_FILE_BYTES, MAX_SUBMISSION_BYTES
from .git_output import git

_CHUNK = 1 << 20
_PACKED = ".jsonl.gz"


def contents(root: Path) -> dict[str, str]:
    """The content id of every submission folder in `root`, by name, sorted.

    A file directly in `root` is no submission, and neither is a folder without files (git knows none). Links are listed, never
    followed: what they stand for is refused when it is scored.

    Raises:
        UsageError: there is no such folder, or it cannot be read.
    """
    if not root.is_dir():
        raise UsageError(f"{root}: {'not a folder' if root.exists() else 'no such folder'}")
    known = _clean_blobs(root)
    try:
        with os.scandir(root) as entries:
            folders = sorted((entry.name, entry.is_symlink()) for entry in entries if entry.is_symlink() or entry.is_dir())
        ids = {name: _content(root, name, known, link=link) for name, link in folders if not link or (root / name).is_dir()}
    except OSError as error:
        raise UsageError(f"{root}: cannot be read ({error.strerror})") from error
    return {name: content for name, content in ids.items() if content}


def _content(root: Path, name: str, known: dict[str, str], *, link: bool) -> str:
    """The content id of one folder; empty for a folder without files."""
    if link:
        return _digest([f"link\t{name}"])
    lines = []
    left = MAX_SUBMISSION_BYTES
    for path, regular in _walk(root, name):
        inside = _unpacked(root / path, left) if regular and path.endswith(_PACKED) else None
        below = path.partition("/")[2]
        if inside is not None:
            left -= len(inside)
            lines.append(f"{_blob(inside)}\t{below.removesuffix(gzipped.SUFFIX)}")
        else:
            lines.append(f"{(known.get(path) or blob_id(root / path)) if regular else 'other'}\t{below}")
    return _digest(sorted(lines)) if lines else ""


def _unpacked(path: Path, limit: int) -> bytes | None:
    """What is in a packed file; None where that is more than may be, or cannot be unpacked: it is refused when it is scored."""
    try:
        return gzipped.unpack(read_bytes(path), min(limit, MAX_FILE_BYTES))
    except DataError:
        return None


def _blob(data: bytes) -> str:
    """The id that git gives to these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("".join(line + "\n" for line in lines).encode(errors="surrogateescape")).hexdigest()


def _walk(root: Path, folder: str) -> Iterator[tuple[str, bool]]:
    """Every file below `root/folder`: its path with slashes, and whether it is a regular one. Nothing is followed."""
    pending = [folder]
    while pending:
        below = pending.pop()
        with os.scandir(root / below) as entries:
            for entry in entries:
                path = f"{below}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    pending.append(path)
                else:
                    yield path, entry.is_file(follow_symlinks=False)


def blob_id(path: Path) -> str:
    """The id that git gives to a regular file's bytes."""
    # No following, no blocking: between the listing and this call the file may have become a link or a pipe.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{path}: not a regular file")
        digest = hashlib.sha1(b"blob %d\0" % status.st_size, usedforsecurity=False)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _clean_blobs(root: Path) -> dict[str, str]:
    """Blob ids by path below `root`, from git's index, of the files that equal it; empty where there is no checkout."""
    if git(root, "rev-parse", "--show-object-format") != b"sha1\n":
        return {}
    staged = git(root, "ls-files", "--stage", "-v", "-z", "--", ".")
    modified = git(root, "ls-files", "--modified", "--deleted", "-z", "--", ".")
    if staged is None or modified is None:
        return {}
    blobs: dict[str, str] = {}
    for record in staged.split(b"\0")[:-1]:
        head, _, path = record.partition(b"\t")
        tag, mode, blob, stage = head.split()
        # `H` is an entry like any other; git does not look at the files of the others (assume-unchanged, sparse checkouts).
        if tag == b"H" and stage == b"0" and mode.startswith(b"100"):
            blobs[os.fsdecode(path)] = blob.decode()
    for path in modified.split(b"\0"):
        blobs.pop(os.fsdecode(path), None)
    return blobs
