"""What can go wrong, as one tree. The command line prints the message and exits with the code; a user sees no traceback.

BoundaryBenchError
├── UsageError          exit 2: the call is off (an option, a path, a name)
├── GoldUnavailable     exit 2: no copy of the gold is at hand
│   └── HubUnreachable      and the hub cannot be asked for any
└── DataError           exit 1: a file's content is wrong
    ├── GoldDiffers     gold whose structure is not the pinned one
    └── FindingsError   predictions with findings (boundarybench.submission.findings)
"""


class BoundaryBenchError(Exception):
    """A problem that a user can mend; the message says how."""

    exit_code = 2


class UsageError(BoundaryBenchError):
    """The call is off: an option, a path or a name."""


class GoldUnavailable(BoundaryBenchError):
    """No copy of the gold is at hand."""


class HubUnreachable(GoldUnavailable):
    """The hub cannot be asked for any set: its package is not installed, or there is no connection."""


class DataError(BoundaryBenchError):
    """The content of a file is wrong."""

    exit_code = 1


class GoldDiffers(DataError):
    """The structure of a gold set is not the pinned one."""
