"""What the gate refuses: a stable code, what it means and how to mend it (`docs/maintaining.md`)."""

from collections import Counter
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from ..protocol import MAX_FILE_BYTES, MAX_SUBMISSION_BYTES
from ..submission.findings import plain
from ..submission.system_json import MAX_BYTES as MAX_SYSTEM_BYTES
from .objects import MAX_TREE_BYTES

MAX_FILES = 10_000
MAX_PATH_BYTES = 200
_MIB = 1 << 20


class Rule(NamedTuple):
    """A rule of the gate: what breaking it means, and the way out."""

    meaning: str
    fix: str


CODES = MappingProxyType(
    {
        # The request as a whole.
        "no-common-history": Rule("base and head have no common commit", "branch off main"),
        "several-merge-bases": Rule(
            "base and head have several best common commits, so that what a merge gives is open", "rebase the branch on main"
        ),
        "nothing-changed": Rule("the request changes no file", "commit the submission's folder"),
        "data-and-code": Rule(
            "a submission and other files in one request", "split this: one request for the submission, one for the rest"
        ),
        "generated-file": Rule("the board's own files in a submission's request", "leave them out: they are generated after the merge"),
        "more-than-one-folder": Rule("more than one submission in one request", "split this: one request for each folder"),
        "stray-file": Rule(
            "a file, link or submodule directly in submissions/, or in its place", "put it into the submission's folder, or leave it out"
        ),
        "folder-deleted": Rule("a whole submission is deleted or renamed", "ask a maintainer to withdraw a submission"),
        "file-deleted": Rule(
            "a file of an existing submission is deleted (packing it deletes nothing)", "keep it, or ask a maintainer to withdraw it"
        ),
        "behind-base": Rule("the submission, or pairs.toml, has changed on main since the branch began", "merge main into the branch"),
        # What an entry is.
        "link": Rule("a symbolic link (mode 120000)", "submit plain files"),
        "submodule": Rule("a submodule (mode 160000)", "submit plain files"),
        "executable": Rule("an executable file (mode 100755)", "git update-index --chmod=-x FILE"),
        "unusual-mode": Rule("a mode that is neither a plain file's (100644) nor a folder's", "submit plain files"),
        # What it is called.
        "folder-name": Rule(
            "the folder's name is not [a-z0-9][a-z0-9-]{0,62}[a-z0-9], or is a device's name on Windows", "rename the folder"
        ),
        "file-name": Rule(
            "a path that no submission has",
            "remove it (allowed: system.json, <suite>/<lang>.jsonl, runs/<seed>/<suite>/<lang>.jsonl, and either with .gz)",
        ),
        "name-not-utf-8": Rule("a name that is not UTF-8", "rename it"),
        "unsafe-name": Rule("a name that leads elsewhere: `.`, `..`, `.git`, empty, or with a slash or backslash", "rename it"),
        "path-too-long": Rule(f"a path of more than {MAX_PATH_BYTES} bytes", "shorten it"),
        "case-collision": Rule("two names that some file systems take for one", "rename one of them"),
        "broken-tree": Rule("a folder that git itself would not write: one name twice, or no such object", "commit with git itself"),
        # How large it is.
        "tree-too-large": Rule(
            f"a folder whose list of entries is over {MAX_TREE_BYTES // _MIB} MiB",
            "submit system.json and the prediction files, nothing else",
        ),
        "file-too-large": Rule(
            f"a file over {MAX_FILE_BYTES // _MIB} MiB (system.json: {MAX_SYSTEM_BYTES // _MIB} MiB)",
            "submit one object per test sentence and nothing else",
        ),
        "submission-too-large": Rule(
            f"the submission's files are over {MAX_SUBMISSION_BYTES // _MIB} MiB together",
            "submit one object per test sentence and nothing else",
        ),
        "too-many-files": Rule(
            f"the folder holds more than {MAX_FILES:,} files and folders", "submit system.json and the prediction files, nothing else"
        ),
    }
)

#: How many refusals of one code are shown; the rest are counted.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Refusal:
    """One breach of a rule, at a path (already fit to be shown)."""

    code: str
    path: str
    message: str

    @property
    def fix(self) -> str:
        return CODES[self.code].fix

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "severity": "error", "file": self.path, "line": None, "message": self.message, "fix": self.fix}


@dataclass(slots=True)
class Refusals:
    """Refusals in the order in which they came, capped per code, with a count of all."""

    shown: list[Refusal] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, code: str, path: bytes, message: str = "") -> None:
        """Note a breach of the rule `code` at a path of the repository."""
        self.counts[code] += 1
        if self.counts[code] <= SHOWN:
            self.shown.append(Refusal(code, visible(path), message or CODES[code].meaning))

    def more(self) -> dict[str, int]:
        """How many of each code were only counted."""
        return {code: count - SHOWN for code, count in self.counts.items() if count > SHOWN}


def visible(path: bytes) -> str:
    """A path from a stranger's tree for a message: short, in characters that show."""
    text = plain(path.decode("utf-8", "backslashreplace"))
    return text if len(text) <= MAX_PATH_BYTES else text[: MAX_PATH_BYTES - 1] + "…"
