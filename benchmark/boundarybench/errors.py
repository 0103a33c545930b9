"""What can go wrong, as one tree. The command line prints the message and exits with the code; a user sees no traceback.

BoundaryBenchError
├── UsageError          exit 2: the call is off (an option, a path, a name)
├── NotWritten          exit 2: a file or folder cannot be written
├── GoldUnavailable     exit 2: no copy of the gold is at hand
│   └── Unreachable         and the network cannot be asked for any
└── DataError           exit 1: a file's content is wrong
    ├── GoldDiffers     gold whose structure is not the pinned one
    └── FindingsError   predictions with findings (boundarybench.submission.findings)
"""

import errno
from pathlib import Path

#: What a user can do about an error of the file system.
_FIXES = {
    errno.ENOSPC: "the disk is full: free some space, or choose another place",
    errno.EDQUOT: "your quota is used up: free some space, or choose another place",
    errno.EFBIG: "larger than the file system or `ulimit -f` allows: choose another place",
    errno.EROFS: "the file system is read-only: choose another place",
    errno.EACCES: "you may not: change its permissions, or choose another place",
    errno.EPERM: "you may not: change its permissions, or choose another place",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EISDIR: "a folder stands there: name a file",
    errno.EEXIST: "something else stands there: choose another name",
    errno.ENOTDIR: "a file stands where a folder is needed: choose another name",
    errno.ENOENT: "make the folder first, or check the name",
    errno.ELOOP: "its links lead nowhere: name the file itself",
}


class BoundaryBenchError(Exception):
    """A problem that a user can mend; the message says how."""

    exit_code = 2


class UsageError(BoundaryBenchError):
    """The call is off: an option, a path or a name."""


class NotWritten(BoundaryBenchError):
    """A file or folder cannot be written; see `not_written`."""


class GoldUnavailable(BoundaryBenchError):
    """No copy of the gold is at hand."""


class Unreachable(GoldUnavailable):
    """A server cannot be asked for any set: there is no connection, or the package that asks it is not installed."""


class DataError(BoundaryBenchError):
    """The content of a file is wrong."""

    exit_code = 1


class GoldDiffers(DataError):
    """The structure of a gold set is not the pinned one."""


def not_written(path: Path, error: OSError) -> NotWritten:
    """`error` as one of ours, with the path and what helps."""
    return NotWritten(f"{path}: cannot be written ({error.strerror or error}){advice(error)}")


def advice(error: OSError) -> str:
    """What helps against an error of the file system, to be put behind a message; empty where nothing is known."""
    return f"; {_FIXES[error.errno]}" if error.errno in _FIXES else ""
