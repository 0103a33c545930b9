"""Score what changed in submissions/ and write the board: results/ and leaderboard.md."""

import argparse
import difflib
import logging
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from .. import atomic
from ..columns import read_bytes
from ..errors import DataError, UsageError
from ..leaderboard import store
from ..leaderboard.collect import collect
from ..leaderboard.escape import visible
from ..leaderboard.markdown import render
from ..leaderboard.published import published
from ..leaderboard.store import Board
from ..protocol import VERSION
from .output import check_outputs, progress

log = logging.getLogger("boundarybench")

#: What stands before a link's relative address in Markdown.
_LINK = re.compile(rb"\]\((?![a-z]+:|#|/)")

EPILOG = """examples:
  boundarybench leaderboard
  boundarybench leaderboard --check
  boundarybench leaderboard --rescore

Submissions whose content is the same as in results/ are not read, and need no gold.

exit codes: 0 written (or fresh), 1 a submission is not valid, or --check found the board stale, 2 usage or no gold at hand"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 with a diff if the files are not what submissions give")
    parser.add_argument("--submissions", type=Path, default=Path("submissions"), metavar="DIR")
    parser.add_argument("--output", type=Path, default=Path("leaderboard.md"), metavar="FILE")
    parser.add_argument("--results", type=Path, default=Path("results"), metavar="DIR")
    parser.add_argument("--rescore", action="store_true", help="score every submission, also those that did not change")
    parser.add_argument(
        "--reran",
        nargs="+",
        default=[],
        metavar="NAME",
        help="maintainers: mark systems whose recipe was run again and gave the predictions",
    )


def run(args: argparse.Namespace) -> int:
    check_outputs([args.results, args.output], [args.submissions])
    if args.submissions.resolve() in args.results.resolve().parents:
        raise UsageError(f"--results {args.results}: lies in the folder of submissions and would be taken for one; choose another place")
    old = store.files(args.results)
    found = store.version(old, str(args.results))
    if found is not None and found > VERSION:
        raise DataError(f"{args.results}: a board of protocol version {found}; this boundarybench knows {VERSION}, use a newer one")
    before = store.from_files(old, str(args.results)) if found == VERSION else None
    if (single := args.results.with_suffix(".json")).exists():
        log.warning("%s is not read any more: the board is the folder %s; delete the file", single, args.results)
    board = collect(args.submissions, None if args.rescore else before, report_progress)
    board = _mark(board, before, args.reran)
    _name_dropped(before, board)
    new, page = store.to_files(board), render(board, published()).encode()
    if args.check:
        return _check(_below(args.results, old) | {args.output: _bytes(args.output)}, _below(args.results, new) | {args.output: page})
    if found is not None and found != VERSION:
        _keep(old, args.results, args.output, args.results.parent / "boards" / f"v{found}")
    _write(args.results, old, new)
    # The results first: whatever happens before the page is written, the next run finds nothing to score and a page that is
    # not the one that the results give.
    if _bytes(args.output) != page:
        atomic.write_bytes(args.output, page)
        log.info("wrote %s", args.output)
    return 0


def _below(folder: Path, files: Mapping[str, bytes]) -> dict[Path, bytes | None]:
    return {folder / path: data for path, data in files.items()}


def _write(folder: Path, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> None:
    """Make a board's files of `folder` the new ones; what tells which they are comes last, and a run that is cut short shows by it."""
    changed = {path: data for path, data in new.items() if old.get(path) != data}
    seal = changed.pop(store.SEAL, None)
    for path, data in changed.items():
        with atomic.making((folder / path).parent):
            atomic.write_bytes(folder / path, data)
    for path in old.keys() - new.keys():
        _remove(folder / path)
    if seal is not None:
        with atomic.making(folder):
            atomic.write_bytes(folder / store.SEAL, seal)
    if changed or seal is not None:
        log.info("wrote %s (%d files)", folder, len(changed) + (seal is not None))


def _remove(path: Path) -> None:
    with atomic.telling(path):
        path.unlink(missing_ok=True)
    with suppress(OSError):  # other pairs of the same system
        path.parent.rmdir()


def _name_dropped(before: Board | None, board: Board) -> None:
    """Say which comparisons of declared pairs the board had and has no longer: why, the findings on pairs.toml say."""
    left = {(pair.a, pair.b) for pair in board.pairs}
    for pair in before.pairs if before else ():
        if (pair.a, pair.b) not in left:
            log.warning("not on the board any more: the declared pair of %s and %s (submissions/pairs.toml)", pair.a, pair.b)


def _mark(board: Board, before: Board | None, reran: Sequence[str]) -> Board:
    """`board` with the systems marked that were run again, now or before; predictions that changed lose the mark."""
    unknown = sorted(set(reran) - board.entries.keys())
    if unknown:
        raise UsageError(f"--reran {unknown[0]}: there is no such submission")
    old = before.entries if before else {}
    kept = {name for name, entry in board.entries.items() if name in old and old[name].reran and old[name].content == entry.content}
    marked = kept | set(reran)
    entries = {name: msgspec.structs.replace(entry, reran=True) if name in marked else entry for name, entry in board.entries.items()}
    return msgspec.structs.replace(board, entries=entries)


def _check(old: Mapping[Path, bytes | None], new: Mapping[Path, bytes | None]) -> int:
    stale = [path for path in {**new, **old} if old.get(path) != new.get(path)]
    for path in stale:
        sys.stdout.writelines(_diff(path, *((files.get(path) or b"").decode(errors="backslashreplace") for files in (old, new))))
    if stale:
        log.info("stale: %s; run `boundarybench leaderboard` and commit what it writes", ", ".join(map(str, stale)))
    return 1 if stale else 0


def _diff(path: Path, old: str, new: str) -> Iterator[str]:
    # Not splitlines: the page may hold characters that it takes for the end of a line.
    lines = difflib.unified_diff(old.split("\n"), new.split("\n"), f"{path} (committed)", f"{path} (from submissions)", lineterm="")
    return (visible(line) + "\n" for line in lines)


def _keep(results: Mapping[str, bytes], folder: Path, page: Path, to: Path) -> None:
    """Keep an older protocol's board; its page stands a folder deeper, and its links lead out of that.

    Raises DataError where another one of that version has been kept already.
    """
    old = _bytes(page)
    moved = None if old is None else _LINK.sub(rb"](../", old)
    for path, data in (_below(to, results) | {to.with_suffix(".md"): moved}).items():
        kept = _bytes(path)
        if kept is not None and kept != data:
            raise DataError(f"{path} is of another board of that version: move it away")
        if data is not None and kept is None:
            with atomic.making(path.parent):
                atomic.write_bytes(path, data)
    # What is written now is of this version: killed in the midst of it, a run must not leave it under the old one's name.
    _remove(folder / store.SEAL)


def _bytes(path: Path) -> bytes | None:
    """The content of a file; None where there is none."""
    return read_bytes(path, store.MAX_BYTES) if path.exists() else None


def report_progress(names: Sequence[str]) -> Iterator[str]:
    """The names, with a bar where a person looks on, and a line each where nobody does."""
    shown = progress(names, "scoring submissions")
    for number, name in enumerate(shown, 1):
        if shown is names:
            log.info("scoring %s (%d of %d)", visible(name), number, len(names))
        yield name
