"""A submission folder: which files it has, safely.

submissions/<system>/system.json
submissions/<system>/<suite>/<lang>.jsonl
submissions/<system>/runs/<seed>/<suite>/<lang>.jsonl

A folder of one suite, which is scored but never submitted, has <lang>.jsonl and runs/<seed>/<lang>.jsonl. Wherever <lang>.jsonl may
stand, <lang>.jsonl.gz may stand instead: the same file, packed. Sizes are those of the unpacked bytes.
"""

import os
import re
import stat
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from .. import gzipped
from ..columns import read_bytes
from ..errors import DataError, UsageError
from ..protocol import MAX_FILE_BYTES, MAX_SUBMISSION_BYTES
from ..suites.suite import Suite, Suites
from .findings import Findings, plain, show

_SEED = re.compile(r"[A-Za-z0-9_-]{1,32}")
_MAX_ENTRIES = 10_000
#: The fix in a folder of one suite.
_ONE_SUITE = "move it elsewhere (allowed: <lang>.jsonl, runs/<seed>/<lang>.jsonl)"
_JSONL = ".jsonl"
_PACKED = _JSONL + gzipped.SUFFIX


@dataclass(frozen=True, slots=True)
class PredictionFile:
    """A prediction file of a submission. `run` is the seed, or None for the system's main predictions."""

    suite: str
    lang: str
    path: Path
    run: str | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """The files of a submission folder, or of a folder of one suite (`of_suite`), which has no system.json."""

    path: Path
    system: Path | None
    files: tuple[PredictionFile, ...]
    of_suite: bool = False


def language_of(name: str) -> str | None:
    """The language that a prediction file's name stands for, packed or not; None for any other name."""
    lang = name.removesuffix(gzipped.SUFFIX).removesuffix(_JSONL)
    return lang if name in (lang + _JSONL, lang + _PACKED) else None


def prediction_file(folder: Path, lang: str) -> Path:
    """Where the predictions of a language are in the folder of a suite: packed if they stand there so."""
    packed = folder / f"{lang}{_PACKED}"
    return packed if packed.exists() else folder / f"{lang}{_JSONL}"


def scan(path: Path, findings: Findings, suites: Suites) -> Submission:
    """List a folder's files without reading any; whatever does not belong there becomes a finding.

    Args:
        suites: those that predictions may be of.

    Raises:
        UsageError: there is no such folder, or it cannot be read.
    """
    if not path.is_dir():
        raise UsageError(f"{path}: {'not a folder' if path.exists() else 'no such file or folder'}")
    system: Path | None = None
    files: list[PredictionFile] = []
    total = 0
    for parts, file, size in _walk(path, findings, suites):
        total += size
        if parts == ("system.json",):
            system = file
            continue
        run, rest = (parts[1], parts[2:]) if len(parts) == 4 and parts[0] == "runs" and _SEED.fullmatch(parts[1]) else (None, parts)
        lang = language_of(rest[-1])
        if len(rest) != 2 or rest[0] not in suites or lang is None:
            why = "" if len(rest) != 2 or lang is None else f": {show(rest[0])} is none of its suites, {', '.join(suites)}"
            findings.add("unexpected-file", str(file), None, f"{show('/'.join(parts))} is no part of a submission{why}")
        elif suites[rest[0]].language(lang) is None:
            findings.add("unknown-language", str(file), None, f"suite {rest[0]} has no language {show(lang)}")
        elif size > MAX_FILE_BYTES:
            findings.add("file-too-large", str(file), None, f"{size} bytes")
        else:
            files.append(PredictionFile(rest[0], lang, file, run))
    if total > MAX_SUBMISSION_BYTES:
        findings.add("submission-too-large", str(path), None, f"{total} bytes")
        files = []
    elif not files:
        findings.add("no-predictions", str(path), None, f"no <suite>/<lang>.jsonl with a suite of {', '.join(suites)}")
    order = {(suite.name, code): k for k, (suite, code) in enumerate((suite, code) for suite in suites.values() for code in suite.codes)}
    files.sort(key=lambda file: (file.run or "", order[file.suite, file.lang]))
    return Submission(path, system, _once_each(files, findings))


def is_of_suite(path: Path, suites: Suites) -> bool:
    """Whether a folder has `<lang>.jsonl` at its top and nothing of a submission: no system.json, no folder of a suite."""
    try:
        names = {entry.name: entry for entry in islice(path.iterdir(), _MAX_ENTRIES)}
    except OSError:
        return False  # `scan` says why
    return names.keys().isdisjoint(["system.json", *suites]) and any(language_of(name) is not None for name in names)


def scan_suite(path: Path, suite: Suite, findings: Findings) -> Submission:
    """As `scan`, of a folder of one suite."""
    files: list[PredictionFile] = []
    for parts, file, size in _walk(path, findings, {suite.name: suite}):
        run, rest = (parts[1], parts[2:]) if len(parts) == 3 and parts[0] == "runs" and _SEED.fullmatch(parts[1]) else (None, parts)
        lang = language_of(rest[0])
        if len(rest) != 1 or lang is None:
            findings.add("unexpected-file", str(file), None, f"{show('/'.join(parts))} is no <lang>.jsonl", _ONE_SUITE)
        elif suite.language(lang) is None:
            findings.add(
                "unknown-language", str(file), None, f"suite {suite.name} has no language {show(lang)}: choose from {' '.join(suite.codes)}"
            )
        elif size > MAX_FILE_BYTES:
            findings.add("file-too-large", str(file), None, f"{size} bytes")
        else:
            files.append(PredictionFile(suite.name, lang, file, run))
    if not files and not findings.errors:
        findings.add("no-predictions", str(path), None, f"no <lang>.jsonl of suite {suite.name}")
    files.sort(key=lambda file: (file.run or "", suite.codes.index(file.lang)))
    return Submission(path, None, _once_each(files, findings), of_suite=True)


def _once_each(files: Sequence[PredictionFile], findings: Findings) -> tuple[PredictionFile, ...]:
    """The files, sorted, without a second one of the same predictions, which is a finding."""
    kept = {(file.run, file.suite, file.lang): file for file in reversed(files)}
    for file in files:
        if (first := kept[file.run, file.suite, file.lang]) is not file:
            findings.add("two-forms", str(file.path), None, f"{first.path.name} stands beside it")
    return tuple(file for file in files if kept[file.run, file.suite, file.lang] is file)


def _walk(root: Path, findings: Findings, suites: Suites) -> list[tuple[tuple[str, ...], Path, int]]:
    """All regular files below `root`, at most four levels down, and their sizes; links are never followed."""
    found: list[tuple[tuple[str, ...], Path, int]] = []
    pending: deque[tuple[str, ...]] = deque([()])
    seen = 0
    while pending:
        folder = pending.popleft()
        try:
            entries = [(path.name, path, path.lstat()) for path in sorted(islice(root.joinpath(*folder).iterdir(), _MAX_ENTRIES + 1))]
        except OSError as error:
            raise UsageError(f"{plain(str(root.joinpath(*folder)))}: cannot be read ({error.strerror})") from error
        seen += len(entries)
        if seen > _MAX_ENTRIES:
            findings.add("too-many-files", str(root), None, f"more than {_MAX_ENTRIES} files and folders")
            break
        for name, file, status in entries:
            parts = (*folder, name)
            if stat.S_ISDIR(status.st_mode) and len(parts) < 4:
                pending.append(parts)
            elif stat.S_ISREG(status.st_mode):
                found.append((parts, file, _size(file, status)))
            elif stat.S_ISDIR(status.st_mode):
                findings.add("unexpected-file", str(file), None, f"folder {show('/'.join(parts))} is no part of a submission")
            else:
                findings.add("not-a-regular-file", str(file), None, f"{show('/'.join(parts))} is a link, a device or a pipe")
        if not entries and folder and not (folder[-1] in suites or (folder[0] == "runs" and len(folder) < 3)):
            findings.add(
                "unexpected-file", str(root.joinpath(*folder)), None, f"folder {show('/'.join(folder))} is no part of a submission"
            )
    return sorted(found)


def _size(path: Path, status: os.stat_result) -> int:
    """The bytes that there are to read, unpacked where they are packed; no file may take more than it states."""
    if not is_packed(path.name):
        return status.st_size
    try:
        return max(status.st_size, gzipped.stated_size(path))
    except OSError as error:
        raise UsageError(f"{plain(str(path))}: cannot be read ({error.strerror})") from error


def read_file(path: Path, name: str, findings: Findings, limit: int = MAX_FILE_BYTES) -> bytes | None:
    """The bytes of a file, unpacked if its name says that they are packed.

    None, and a finding, where they are more than `limit` or cannot be unpacked. Raises UsageError as `read_bytes`.
    """
    try:
        data = read_bytes(path, limit)
    except DataError:
        findings.add("file-too-large", name, None, f"over {limit} bytes")
        return None
    return unpacked(data, name, findings, limit) if is_packed(path.name) else data


def is_packed(name: str) -> bool:
    """Whether a file of that name holds gzip."""
    return name.endswith(gzipped.SUFFIX)


def unpacked(data: bytes, name: str, findings: Findings, limit: int = MAX_FILE_BYTES) -> bytes | None:
    """What is packed in a file's bytes; None, and a finding, where that is more than `limit` or cannot be unpacked."""
    try:
        return gzipped.unpack(data, limit)
    except gzipped.TooLarge as error:
        findings.add("file-too-large", name, None, str(error))
    except gzipped.Damaged as error:
        findings.add("bad-gzip", name, None, str(error))
    return None
