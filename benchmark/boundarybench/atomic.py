"""Write files and folders whole or not at all: a reader, a kill or a full disk finds or leaves the old one or the new one, never half.

What is being written stands beside its target under a name of ours, `.boundarybench-*.tmp`, locked by its writer. A process that is
killed leaves it there unlocked, and so the next writer to that folder knows that it is dead, and removes it.
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from errno import EEXIST, EINVAL, ENOSYS, ENOTEMPTY, EOPNOTSUPP
from pathlib import Path
from typing import BinaryIO

from .errors import NotWritten, not_written

if sys.platform != "win32":
    import fcntl

_PREFIX = ".boundarybench-"
#: What is being written, or what a killed writer has left.
TEMPORARY = f"{_PREFIX}*.tmp"
#: Linux: the place that paths are relative to, and what makes renameat2 exchange two of them.
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def write_bytes(path: Path, data: bytes) -> None:
    """Replace `path` by a file that holds `data`.

    Raises:
        NotWritten: the file cannot be written.
    """
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write (its `name` is its path) that replaces `path` when the block ends, and leaves no trace when it fails.

    A link stays one: the file that it leads to is replaced.

    Raises:
        NotWritten: the file cannot be written.
    """
    target = Path(os.path.realpath(path))
    with telling(path), _temporary(target.parent, Path.touch) as temporary:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """An empty folder to fill that replaces the folder `path` when the block ends, and leaves no trace when it fails.

    Raises:
        NotWritten: the folder cannot be written.
    """
    target = Path(os.path.realpath(path))
    with telling(path), _temporary(target.parent, Path.mkdir) as temporary:
        new = temporary / "new" / target.name
        new.mkdir(parents=True)
        yield new
        _put(new, target, temporary / "old" / target.name)


@contextmanager
def adding_to(folder: Path) -> Iterator[Path]:
    """An empty folder to fill with files that are put into `folder` when the block ends, each whole; none of them when it fails.

    Raises:
        NotWritten: `folder` cannot be written to.
    """
    with telling(folder), _temporary(folder, Path.mkdir) as new:
        yield new
        for path in sorted(new.iterdir()):
            with path.open("rb") as file:
                os.fsync(file.fileno())
        for path in sorted(new.iterdir()):
            path.replace(folder / path.name)


@contextmanager
def making(folder: Path) -> Iterator[None]:
    """Make `folder` and its parents where they are missing; when the block fails, those go again that are still empty.

    Raises:
        NotWritten: the folder cannot be made.
    """
    missing: list[Path] = []
    try:
        try:
            missing += [each for each in (folder, *folder.parents) if not each.exists()]
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise not_written(folder, error) from error
        yield
    except BaseException:
        for each in missing:
            with suppress(OSError):
                each.rmdir()
        raise


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Name `path` in the errors of the block that concern a file of ours, or no file by name; others go through as they are.

    Raises:
        NotWritten: such an error.
    """
    try:
        yield
    except BrokenPipeError:
        raise  # no fault of the disk: whoever read went away
    except OSError as error:
        if error.filename in (None, str(path)) or _PREFIX in str(error.filename):
            raise not_written(path, error) from error
        raise
    except NotWritten as error:  # of a file in a folder of ours, whose name is nobody's business
        if _PREFIX in str(error) and isinstance(error.__cause__, OSError):
            raise not_written(path, error.__cause__) from error.__cause__
        raise


def remove_dead(paths: Iterable[Path]) -> None:
    """Remove those of `paths` (see `TEMPORARY`) whose writer no longer lives; what cannot be removed stays."""
    for path in list(paths):
        with suppress(OSError), _locked(path, wait=False) as dead:
            if dead:
                _put_back(path)
                _remove(path)


@contextmanager
def _temporary(folder: Path, make: Callable[[Path], None]) -> Iterator[Path]:
    """A file or folder that `make` makes in `folder`; locked, and removed when the block ends if it is still there."""
    remove_dead(folder.glob(TEMPORARY))
    with ExitStack() as stack:
        while True:
            temporary = folder / f"{_PREFIX}{os.urandom(8).hex()}.tmp"
            stack.callback(_remove, temporary)  # before it is made: there is no moment at which Ctrl-C leaves it
            make(temporary)
            if stack.enter_context(_locked(temporary, wait=True)):
                break  # else another writer took it for dead before it was locked
        yield temporary


@contextmanager
def _locked(path: Path, *, wait: bool) -> Iterator[bool]:
    """Lock `path` until the block ends, or until this process does; whether it is ours and still there.

    Raises:
        OSError: it is another's, or its file system knows no locks; never when we `wait`, since then nobody can take it for dead.
    """
    if sys.platform == "win32":  # no file can be replaced there while it is open: nothing is locked, and nothing taken for dead
        yield wait
        return
    try:
        handle = os.open(path, (os.O_RDONLY if path.is_dir() else os.O_RDWR) | os.O_NOFOLLOW)
    except FileNotFoundError:
        yield False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            if not wait:
                raise
        yield path.exists()
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    """Remove a file or a folder if it is there; what resists is left to the next writer."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _put(new: Path, target: Path, old: Path) -> None:
    """Put the folder `new` where `target` is; what was there comes to stand at `new` or `old`, which are ours to remove."""
    try:
        new.rename(target)  # nothing there, or an empty folder
    except OSError as error:
        if error.errno not in (ENOTEMPTY, EEXIST):
            raise
        if _exchanged(new, target):
            return
        old.parent.mkdir()
        target.rename(old)
        try:
            new.rename(target)
        except BaseException:
            old.rename(target)
            raise


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; false where the system or the file system cannot."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if call is None:
        return False
    if call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (EINVAL, ENOSYS, EOPNOTSUPP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def _put_back(temporary: Path) -> None:
    """Give its place back to a folder that a dead writer had moved away for one that it did not put there."""
    for old in temporary.glob("old/*"):
        if not (target := temporary.parent / old.name).exists():
            old.rename(target)
