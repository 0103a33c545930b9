"""From a path and options to prediction files, each with the gold that it is about."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ..columns import read_text
from ..errors import DataError, UsageError
from ..gold.load import check_key, from_file, load
from ..gold.model import FILE, Gold
from ..protocol import TYPES
from ..spans import BoolArray
from ..submission.findings import Findings, show
from ..submission.folder import Submission, scan


@dataclass(frozen=True, slots=True)
class Target:
    """A prediction file, and how to get the gold that it is about. `run` is the seed of a file under `runs/`."""

    path: Path
    suite: str
    lang: str
    load: Callable[[], Gold]
    run: str | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what is read: a folder, or a file with its suite and language or its gold."""
    parser.add_argument("path", type=Path, nargs="?", help="a submission folder, or one prediction file (JSONL)")
    add_selection(parser)


def add_selection(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what of a folder is read, and what a file is about."""
    parser.add_argument("--suite", help="the suite of a single file; of a folder, score only this suite")
    parser.add_argument("--lang", nargs="+", action="extend", metavar="L", help="the language of a single file; of a folder, only these")
    parser.add_argument("--gold", type=Path, metavar="FILE", help="gold of your own: a two-column file, or one label a line")


def targets(args: argparse.Namespace, findings: Findings) -> tuple[list[Target], Submission | None]:
    """The prediction files that the arguments name, and the submission where they name a folder.

    Raises:
        UsageError: the arguments do not fit together, or name nothing.
    """
    _give_back_path(args)
    if args.path is None:
        raise UsageError("name a submission folder or a prediction file (--help shows examples)")
    return targets_of(args.path, args, findings)


def targets_of(path: Path, args: argparse.Namespace, findings: Findings) -> tuple[list[Target], Submission | None]:
    """The prediction files at `path` that the selection names, and the submission where it is a folder. Raises UsageError."""
    if path.is_dir():
        return _of_folder(path, args, findings)
    if not path.exists():  # before any gold is fetched
        raise UsageError(f"{path}: no such file or folder")
    langs = args.lang or []
    if len(langs) > 1:
        raise UsageError(f"--lang: {path} is one file and has one language, not {len(langs)}")
    if args.gold is not None:
        if args.suite:
            raise UsageError("--gold and --suite exclude each other: --gold is gold of your own")
        gold = partial(from_file, args.gold, langs[0] if langs else None)
        return [Target(path, FILE, langs[0] if langs else "", gold)], None
    if not args.suite or not langs:
        raise UsageError(f"{path} is not a folder: name its gold with --suite and --lang, or with --gold FILE")
    key = check_key(args.suite, langs[0])
    return [Target(path, key.suite, key.lang, partial(load, *key))], None


def _give_back_path(args: argparse.Namespace) -> None:
    """`--lang ewe pred.jsonl`: the option takes several values and took the path along."""
    if args.path is None and args.lang and len(args.lang) > 1:
        args.path = Path(args.lang.pop())


def _of_folder(path: Path, args: argparse.Namespace, findings: Findings) -> tuple[list[Target], Submission]:
    if args.gold is not None:
        raise UsageError("--gold goes with a single prediction file, not with a folder")
    for lang in args.lang or []:
        if args.suite:
            check_key(args.suite, lang)
    submission = scan(path, findings)
    found = [
        Target(file.path, file.suite, file.lang, partial(load, file.suite, file.lang), file.run)
        for file in submission.files
        if (not args.suite or file.suite == args.suite) and (not args.lang or file.lang in args.lang)
    ]
    if submission.files and not found:
        wanted = " ".join(filter(None, [args.suite, *(args.lang or [])]))
        raise UsageError(f"{path}: no prediction file for {wanted}")
    return found, submission


def scored_types(value: str | None) -> tuple[str, ...] | None:
    """The types that `--types` names: the protocol's by default, None for all."""
    return None if value == "all" else TYPES


def sentence_ids(path: Path | None) -> set[str] | None:
    """The ids that a file lists, one a line; None without a file. Raises UsageError, DataError."""
    if path is None:
        return None
    ids = {line.strip() for line in read_text(path).split("\n")} - {""}
    if not ids:
        raise DataError(f"{path}: no ids; write one sentence id a line")
    return ids


def kept(gold: Gold, ids: set[str] | None) -> BoolArray | None:
    """Per sentence of `gold`, whether it is among `ids`; None where all are."""
    return None if ids is None else np.array([name in ids for name in gold.ids()], bool)


def check_claimed(ids: set[str] | None, claimed: set[str], path: Path | None) -> None:
    """Every listed id must be a sentence of a scored test set. Raises DataError."""
    unknown = sorted((ids or set()) - claimed)
    if unknown:
        raise DataError(f"{path}: unknown-id: {show(unknown[0])} (and {len(unknown) - 1} more) in no scored test set")
