"""Gold: list what is pinned and at hand, fetch it, verify it against the manifest, or import a test set of your own."""

import argparse
import logging
from pathlib import Path
from typing import Any

from ..column_layout import FOUND
from ..errors import BoundaryBenchError, GoldUnavailable, Unreachable, UsageError
from ..gold import fetching, importing, model, pinning
from ..gold.load import at_hand, check_key, check_version, copy_at_hand, load, place, suite_of, to_pin
from ..gold.sources import Key
from ..selection import listed
from ..suites.manifests import folder_of, known, packaged
from ..suites.pins import awaits_pin
from ..suites.suite import SPLITS, Suite
from ..types_and_tags import ALL
from .column_options import add_columns, columns_of, scheme
from .output import emit, progress, to_json

log = logging.getLogger("boundarybench")

EPILOG = """examples:
  boundarybench gold list
  boundarybench gold fetch --suite masakhaner2
  boundarybench gold fetch --suite masakhaner2 --gold-version 2022-04      # an older copy
  BOUNDARYBENCH_DATA=path/to/mirror boundarybench gold verify
  boundarybench gold import my_test.conll --as my-corpus --lang swa
  boundarybench gold import folder/ --as my-corpus --types PER MISC     # <lang>.conll, test-<lang>.tsv or <lang>/test.txt
  boundarybench gold import token_gold_pred.conll --as my-corpus --lang swa --tag-column 2 --gold-scheme BIOES
  boundarybench gold import --suite masakhaner2 --lang swa --as other-copy     # a copy that differs from the pinned one
  boundarybench gold remove my-corpus
  boundarybench gold pin --suite my-suite --source 'repository @ revision'     # docs/suites.md

Gold comes from the hub (pip install 'boundarybench[hub]'), from files of public git repositories, or from a local mirror that
BOUNDARYBENCH_DATA names (docs/gold.md)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    summaries = {
        "list": "what is pinned, and which copies are at hand",
        "fetch": "load sets into the cache, from the mirror or the network",
        "verify": "compare every copy at hand with its pin, from its first byte",
        "pin": "count and fingerprint copies (at hand, or files of a git repository): what a suite's gold must be",
    }
    for action, summary in summaries.items():
        sub = actions.add_parser(action, help=summary, description=summary)
        sub.add_argument("--suite", metavar="SUITE", required=action == "pin")
        sub.add_argument("--lang", nargs="+", action="extend", metavar="L")
        sub.add_argument("--split", choices=SPLITS, default=None if action in ("verify", "pin") else "test")
        sub.add_argument("--gold-version", default="", metavar="V", help="this older copy alone (docs/gold.md)")
        if action in ("list", "verify"):
            sub.add_argument("--format", choices=["table", "json"], default="table")
        if action == "pin":
            sub.add_argument("--source", metavar="TEXT", required=True, help="which copy it is (repository @ revision)")
    own = actions.add_parser("import", help="keep test sets of your own as a suite: unranked, under its own signature")
    own.add_argument(
        "file",
        type=Path,
        nargs="?",
        help="a column file, or one label a line; a folder of them; without it, the copy of --suite at hand or on the hub",
    )
    own.add_argument("--suite", choices=[suite.name for suite in packaged().values() if suite.source.embedded is None])
    own.add_argument("--as", dest="name", required=True, metavar="NAME")
    own.add_argument("--lang", nargs="+", action="extend", metavar="L", help="the language of the file; of a folder, only these")
    own.add_argument("--types", nargs="+", action="extend", metavar="T", help="what counts, or `all` that occurs (default: PER ORG LOC)")
    own.add_argument("--gold-scheme", type=scheme, metavar="SCHEME", help="tag scheme of the file (default: found where certain)")
    add_columns(own, "the file")
    gone = actions.add_parser("remove", help="remove a suite of your own, or languages of it")
    gone.add_argument("name", metavar="NAME")
    gone.add_argument("--lang", nargs="+", action="extend", metavar="L")


def run(args: argparse.Namespace) -> int:
    actions = {"list": _list, "fetch": _fetch, "verify": _verify, "pin": _pin, "import": _import, "remove": _remove}
    return actions[args.action](args)


def _keys(args: argparse.Namespace) -> list[Key]:
    """The sets that the arguments name; older copies too, but to fetch only where they are asked for. Raises UsageError."""
    if args.suite:
        check_version(suite_of(args.suite), args.gold_version)
    suites = [suite_of(args.suite)] if args.suite else list(known().values())
    for lang in args.lang or []:
        if all(suite.language(lang) is None for suite in suites):
            check_key(suites[0].name, lang)
    return [
        Key(suite.name, code, split, version)
        for suite in suites
        for code in suite.codes
        for split in suite.splits
        for version in _versions(suite, split, args)
        if (not args.lang or code in args.lang) and args.split in (None, split)
        if not version or code not in suite.versions[version].lacks
    ]


def _versions(suite: Suite, split: str, args: argparse.Namespace) -> list[str]:
    """The copies of a split that the arguments name; "" is today's. Of older ones there are test sets only."""
    older = list(suite.versions) if split == "test" else []
    if args.gold_version:
        return [version for version in older if version == args.gold_version]
    return ["", *older] if args.action != "fetch" else [""]


def _list(args: argparse.Namespace) -> int:
    rows = [_row(key) for key in _keys(args)]
    if args.format == "json":
        emit(to_json(rows), None)
        return 0
    from tabulate import tabulate

    table = [
        [
            row["set"],
            row["sentences"],
            row["tokens"],
            " ".join(f"{kind} {count:,}" for kind, count in (row["entities"] or {}).items()) or None,
            (row["structure"] or "not pinned")[:10],
            row["at_hand"],
            row["source"],
        ]
        for row in rows
    ]
    emit(tabulate(table, ["set", "sentences", "tokens", "entities", "structure", "at hand", "from"], missingval="–"), None)
    return 0


def _row(key: Key) -> dict[str, Any]:
    expected = pinning.pin(key)
    return {
        "set": str(key),
        "sentences": expected.sentences if expected else None,
        "tokens": expected.tokens if expected else None,
        "entities": expected.entities if expected else None,
        "structure": expected.structure if expected else None,
        "text": list(expected.text) if expected else [],
        "source": expected.source if expected else None,
        "at_hand": place(key),
    }


def _fetch(args: argparse.Namespace) -> int:
    wanted = [key for key in _keys(args) if place(key) not in ("package", "imported")]
    if not args.suite and (alone := {key.suite for key in wanted if not place(key) and not _is_served(key.suite)}):
        log.info("not to be fetched, only read from a local copy that BOUNDARYBENCH_DATA names: %s", ", ".join(sorted(alone)))
        wanted = [key for key in wanted if key.suite not in alone or place(key)]
    codes = set()
    unreachable: set[str | None] = set()
    for key in progress(wanted, "fetching"):
        server = fetching.host(suite_of(key.suite), key)
        try:
            gold = load(*key) if server not in unreachable else at_hand(key)
            if gold is None:
                raise GoldUnavailable(f"{key}: no gold at hand, and {server} is out of reach")
        except BoundaryBenchError as error:
            if isinstance(error, Unreachable):  # its other sets are not asked for: each would only say so again, after half a minute
                unreachable.add(server)
            if awaits_pin(key.suite, key.lang) and not args.lang:
                log.warning("%s", error)
                continue
            log.error("%s", error)
            codes.add(error.exit_code)
        else:
            print(f"{key}: {gold.sentences} sentences, {sum(gold.entities().values())} entities")
    return min(codes, default=0)  # wrong data (1) tells more than data that is not there (2)


def _is_served(suite: str) -> bool:
    """Whether the gold of a suite can be had from the network."""
    source = suite_of(suite).source
    return source.hub is not None or source.git is not None


def _verify(args: argparse.Namespace) -> int:
    rows: list[dict[str, Any]] = []
    for key in progress([key for key in _keys(args) if place(key)], "verifying"):
        try:
            gold = copy_at_hand(key, fresh=True)
        except BoundaryBenchError as error:
            rows.append({"set": str(key), "state": "broken", "message": str(error)})
            continue
        if gold is not None:
            rows.append(_compared(gold))
    if not rows:
        raise UsageError("no gold is at hand: set BOUNDARYBENCH_DATA, or run `boundarybench gold fetch`")
    if args.format == "json":
        emit(to_json(rows), None)
    else:
        for row in rows:
            if row["message"]:
                print(f"{row['set']}: {row['state']}: {row['message']}")
        print(f"{sum(row['state'] == 'ok' for row in rows)} of {len(rows)} sets at hand are the pinned ones")
    return 1 if any(row["state"] in ("differs", "broken") for row in rows) else 0


def _compared(gold: model.Gold) -> dict[str, Any]:
    state, message = pinning.compare(gold)
    found = pinning.pin_of(gold, "")
    entry = {name: getattr(found, name) for name in ("structure", "text", "sentences", "tokens", "entities")}
    return {"set": str(pinning.key_of(gold)), "state": state, "message": message, **entry}


def _pin(args: argparse.Namespace) -> int:
    """Every copy is decoded from its first byte; nothing is written unless all can be, but for those that cannot be had."""
    golds: list[model.Gold] = []
    hashes: dict[Key, str] = {}
    for key in progress(_keys(args), "pinning"):
        try:
            gold, sha256 = to_pin(key)
        except Unreachable:
            raise
        except GoldUnavailable as error:
            log.warning("%s is not pinned: %s", key, error)
            continue
        golds += [gold] if gold else []
        hashes |= {key: sha256} if sha256 else {}
    if not golds:
        raise UsageError(
            f"{args.suite}: no copy is at hand: set BOUNDARYBENCH_DATA, or run `boundarybench gold fetch --suite {args.suite}`"
        )
    pinning.write(golds, args.source, hashes)
    for gold in golds:
        counts = " ".join(f"{kind} {count:,}" for kind, count in gold.entities().items())
        parts = "".join(f"; {name}: {int(mask.sum()):,} sentences" for name, mask in gold.groups.get("domains", {}).items())
        print(f"{pinning.key_of(gold)}: {gold.sentences:,} sentences, {gold.token_count:,} tokens, {counts}{parts}")
    print(f"{len(golds)} sets pinned in {folder_of(suite_of(args.suite))}")
    return 0


def _import(args: argparse.Namespace) -> int:
    if (args.file is None) == (args.suite is None):
        raise UsageError("name either a file of your own, or with --suite a set whose copy is not the pinned one")
    if args.file is None and (args.gold_scheme or args.types or columns_of(args) != FOUND):
        raise UsageError("--gold-scheme, --types, --token-column and --tag-column go with a file of your own")
    many = args.file is not None and args.file.is_dir()
    if not many and len(args.lang or ()) != 1:
        raise UsageError("--lang: name the one language of the file")
    if args.file is None:
        golds = [importing.import_copy(check_key(args.suite, args.lang[0]), args.name)]
    else:
        files = importing.files_of(args.file, args.lang) if many else {args.lang[0]: args.file}
        golds = importing.import_files(files, args.name, args.gold_scheme, columns_of(args), ALL if args.types == [ALL] else args.types)
    scored = suite_of(args.name).scored
    for gold in golds:
        print(f"{args.name}/{gold.lang}: {gold.sentences} sentences, {gold.token_count} tokens, entities {listed(gold.entities())}")
    print(f"types that count: {' '.join(scored)}")
    if without := [gold.lang for gold in golds if not len(gold.spans.of_types(scored))]:
        log.warning("no entity of %s is of a type that counts: choose others with --types", " ".join(without))
    print(f"score with: boundarybench score pred.jsonl --suite {args.name} --lang {golds[0].lang}")
    return 0


def _remove(args: argparse.Namespace) -> int:
    for name in importing.remove(args.name, args.lang or ()):
        print(f"{name}: removed")
    return 0
