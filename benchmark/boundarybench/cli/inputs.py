"""From a path and options to prediction files, each with the gold that it is about."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from ..column_layout import FOUND
from ..columns import BOM, read_text
from ..errors import DataError, UsageError
from ..gold.load import check_key, check_version, load, suite_of
from ..gold.model import FILE, Gold
from ..gold.own import from_file
from ..gzipped import MAGIC as GZIP
from ..selection import Selection, selection
from ..spans import BoolArray
from ..submission import kinds
from ..submission.findings import Findings, FindingsError, show
from ..submission.folder import Submission, is_of_suite, is_packed, scan, scan_suite
from ..suites.manifests import known
from ..types_and_tags import ALL
from .column_options import add_columns, columns_of, scheme


@dataclass(frozen=True, slots=True)
class Target:
    """A prediction file, and how to get the gold that it is about. `run` is the seed of a file under `runs/`."""

    path: Path
    suite: str
    lang: str
    load: Callable[[], Gold]
    run: str | None = None


def add_arguments(parser: argparse.ArgumentParser, gold_prefix: str = "--") -> None:
    """The arguments that say what is read: a folder, or a file with its suite and language or its gold."""
    parser.add_argument("path", type=Path, nargs="?", help="a submission folder, a folder of <lang>.jsonl, or one file (JSONL)")
    add_selection(parser, gold_prefix)


def add_selection(parser: argparse.ArgumentParser, gold_prefix: str = "--") -> None:
    """The arguments that say what of a folder is read, and what a file is about. `gold_prefix` begins the column options of `--gold`."""
    parser.add_argument("--suite", help="the suite of a single file or of a folder of <lang>.jsonl; of a submission, only this suite")
    parser.add_argument("--lang", nargs="+", action="extend", metavar="L", help="the language of a single file; of a folder, only these")
    parser.add_argument("--gold", type=Path, metavar="FILE", help="gold of your own: a column file, or one label a line")
    parser.add_argument("--gold-scheme", type=scheme, metavar="SCHEME", help="tag scheme of --gold (default: found where certain)")
    add_columns(parser, "--gold", gold_prefix)
    parser.add_argument(
        "--gold-version",
        default="",
        metavar="V",
        help="an older copy of a suite's gold (docs/gold.md), unranked; of a submission, only the suites that have it",
    )
    parser.set_defaults(gold_prefix=gold_prefix)


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
    """The prediction files at `path` that the selection names, and the submission where it is a folder.

    Raises:
        UsageError: the arguments do not fit together, or name nothing.
        FindingsError: a file is packed and in no folder.
    """
    columns = columns_of(args, args.gold_prefix)
    if args.gold is None and (args.gold_scheme or columns != replace(FOUND, prefix=args.gold_prefix)):
        raise UsageError(f"--gold-scheme, {args.gold_prefix}token-column and {args.gold_prefix}tag-column go with --gold FILE")
    if path.is_dir():
        return _of_folder(path, args, findings)
    if not path.exists():  # before any gold is fetched
        raise UsageError(f"{path}: no such file or folder")
    if is_packed(path.name):  # how a submission keeps its files; alone, one may hold anything
        findings.add("not-json-lines", str(path), None, str(kinds.packed(GZIP)))
        raise FindingsError(findings)
    langs = args.lang or []
    if len(langs) > 1:
        check_one_path(args, langs[1:])
        raise UsageError(f"--lang: {path} is one file and has one language, not {len(langs)}")
    if args.gold is not None:
        if args.suite:
            raise UsageError("--gold and --suite exclude each other: --gold is gold of your own")
        if args.gold_version:
            raise UsageError("--gold-version goes with --suite: --gold is gold of your own")
        _check_gold(path, args)
        gold = partial(from_file, args.gold, langs[0] if langs else None, args.gold_scheme, columns)
        return [Target(path, FILE, langs[0] if langs else "", gold)], None
    if not args.suite or not langs:
        raise UsageError(f"{path} is not a folder: name its gold with --suite and --lang, or with --gold FILE")
    key = check_key(args.suite, langs[0], version=args.gold_version)
    return [Target(path, key.suite, key.lang, partial(load, *key))], None


def check_one_path(args: argparse.Namespace, more: Sequence[str]) -> None:
    """`score gold pred`: two files where one belongs. Raises UsageError where `more` are files."""
    paths = [args.path, *map(Path, more)] if args.path is not None else list(map(Path, more))
    if len(paths) != 2 or args.gold is not None or not all(path.is_file() for path in paths):
        return
    prediction, gold = sorted(paths, key=lambda path: not _is_json_lines(path))
    if _is_json_lines(prediction) and not _is_json_lines(gold):
        raise UsageError(f"two files: write {prediction} --gold {gold}")
    raise UsageError("two files: name the gold with an option: PREDICTIONS --gold GOLD")


def _check_gold(path: Path, args: argparse.Namespace) -> None:
    """`score gold --gold pred`: predictions where gold belongs. Raises UsageError."""
    if args.gold.is_file() and _is_json_lines(args.gold):
        fix = f": write {args.gold} --gold {path}" if not _is_json_lines(path) else ", a column file"
        raise UsageError(f"--gold {args.gold}: JSON, as predictions are; --gold names the gold{fix}")


def _is_json_lines(path: Path) -> bool:
    """Whether a file begins as predictions do, and no column file."""
    if is_packed(path.name):  # no gold is
        return True
    try:
        with path.open("rb") as file:
            return file.read(64).removeprefix(BOM).lstrip().startswith((b'{"', b"{ "))
    except OSError:
        return False  # whoever reads it says why


def _give_back_path(args: argparse.Namespace) -> None:
    """`--lang ewe pred.jsonl`, `--types all pred.jsonl`: the option takes several values and took the path along."""
    if args.path is None:
        args.path = path_taken_along(args)


def path_follows(args: argparse.Namespace) -> bool:
    """Whether what `--types` or `--lang` took along as its last value is a path for certain: it is there, with what no such name has."""
    last = [(values or [""])[-1] for values in (vars(args).get("types"), args.lang)]
    return any(("/" in value or "." in value) and Path(value).exists() for value in last)


def path_taken_along(args: argparse.Namespace) -> Path | None:
    """The path that `--types` or `--lang` took along as its last value, which is removed there; None where neither did."""
    types = vars(args).get("types") or []
    if len(types) > 1 and Path(types[-1]).exists():
        return Path(types.pop())
    return Path(args.lang.pop()) if args.lang and len(args.lang) > 1 else None


def _of_folder(path: Path, args: argparse.Namespace, findings: Findings) -> tuple[list[Target], Submission]:
    if args.gold is not None:
        raise UsageError("--gold goes with a single prediction file, not with a folder")
    version = args.gold_version
    if args.suite:
        check_version(suite_of(args.suite), version)
        for lang in args.lang or []:
            check_key(args.suite, lang, version=version)
    submission = _scan(path, args.suite, findings)
    chosen = [
        file
        for file in submission.files
        if (not args.suite or file.suite == args.suite) and (not args.lang or file.lang in args.lang)
        if not version or version in suite_of(file.suite).versions
    ]
    if submission.files and not chosen:
        wanted = " ".join(filter(None, [args.suite, *(args.lang or []), version and f"--gold-version {version}"]))
        raise UsageError(f"{path}: no prediction file for {wanted}")
    keys = [check_key(file.suite, file.lang, version=version) for file in chosen]
    return [Target(file.path, *key[:2], partial(load, *key), file.run) for file, key in zip(chosen, keys, strict=True)], submission


def _scan(path: Path, suite: str | None, findings: Findings) -> Submission:
    suites = known()
    if not is_of_suite(path, suites):
        return scan(path, findings, suites)
    if suite is None:
        raise UsageError(f"{path} holds <lang>.jsonl and no <suite>/<lang>.jsonl: name the suite of the files with --suite")
    return scan_suite(path, suite_of(suite), findings)


def add_types(parser: argparse.ArgumentParser) -> None:
    """The option that says which types count."""
    parser.add_argument(
        "--types",
        nargs="+",
        action="extend",
        metavar="T",
        help="the types that count, as in --types PER MISC, or `all` for every type (default: PER ORG LOC)",
    )


def scored_types(names: list[str] | None) -> Selection:
    """The types that `--types` names: the protocol's by default. Raises UsageError."""
    if names is None:
        return Selection()
    return Selection(selection(ALL if names == [ALL] else names).names, chosen=True)


def sentence_ids(path: Path | None) -> set[str] | None:
    """The ids that a file lists, one a line; None without a file. Raises UsageError, DataError."""
    if path is None:
        return None
    ids = {line.strip() for line in read_text(path).split("\n")} - {""}
    if not ids:
        raise DataError(f"{path}: no ids; write one sentence id a line")
    return ids


def kept(gold: Gold, ids: set[str] | None) -> BoolArray | None:
    """Per sentence of `gold`, whether it is among `ids`, by our name or the source's own; None where all are."""
    if ids is None:
        return None
    return np.array([ours in ids or theirs in ids for ours, theirs in zip(gold.ids(), gold.names() or gold.ids(), strict=True)], bool)


def check_claimed(ids: set[str] | None, claimed: set[str], path: Path | None) -> None:
    """Every listed id must be a sentence of a scored test set. Raises DataError."""
    unknown = sorted((ids or set()) - claimed)
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise DataError(f"{path}: unknown-id: {show(unknown[0])}{more}: in no scored test set")
