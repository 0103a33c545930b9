"""Gold: list what is pinned and at hand, fetch it, verify it against the manifest, or import a test set of your own."""

import argparse
import logging
from pathlib import Path
from typing import Any

from ..errors import BoundaryBenchError, GoldUnavailable, HubUnreachable, UsageError
from ..gold import cache, manifest, mirror, model
from ..gold.load import Key, at_hand, check_key, copy_at_hand, import_suite, load
from ..protocol import SAMPLE, SPLITS, SUITES, UNPINNED
from .output import emit, progress, to_json

log = logging.getLogger("boundarybench")

EPILOG = """examples:
  boundarybench gold list
  boundarybench gold fetch --suite masakhaner2
  BOUNDARYBENCH_DATA=path/to/mirror boundarybench gold verify
  boundarybench gold import my_test.conll --as my-corpus --lang swa
  boundarybench gold import --suite masakhaner2 --lang swa --as other-copy     # a copy that differs from the pinned one

Gold comes from the hub (pip install 'boundarybench[hub]') or from a local mirror that BOUNDARYBENCH_DATA names (docs/gold.md)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    summaries = {
        "list": "what is pinned, and which copies are at hand",
        "fetch": "load sets into the cache, from the mirror or the hub",
        "verify": "compare every copy at hand with the manifest, from its first byte",
    }
    for action, summary in summaries.items():
        sub = actions.add_parser(action, help=summary, description=summary)
        sub.add_argument("--suite", choices=list(SUITES))
        sub.add_argument("--lang", nargs="+", action="extend", metavar="L")
        sub.add_argument("--split", choices=SPLITS, default=None if action == "verify" else "test")
        if action != "fetch":
            sub.add_argument("--format", choices=["table", "json"], default="table")
        if action == "verify":
            sub.add_argument("--write-manifest", type=Path, metavar="FOLDER", help="maintainers: pin all sets at hand, in this folder")
            sub.add_argument("--source", metavar="TEXT", help="with --write-manifest: which copy it is (repository @ revision)")
    own = actions.add_parser("import", help="keep a test set of your own as a suite: unranked, under its own signature")
    own.add_argument(
        "file", type=Path, nargs="?", help="`token tag` lines, or one label a line; without it, the copy of --suite at hand or on the hub"
    )
    own.add_argument("--suite", choices=[name for name in SUITES if name != SAMPLE.name])
    own.add_argument("--as", dest="name", required=True, metavar="NAME")
    own.add_argument("--lang", required=True, metavar="L")


def run(args: argparse.Namespace) -> int:
    actions = {"list": _list, "fetch": _fetch, "verify": _verify, "import": _import}
    return actions[args.action](args)


def _keys(args: argparse.Namespace, splits: tuple[str, ...]) -> list[Key]:
    suites = [args.suite] if args.suite else list(SUITES)
    found = [
        Key(suite, language.code, split)
        for suite in suites
        for language in SUITES[suite].languages
        for split in splits
        if not args.lang or language.code in args.lang
    ]
    for lang in args.lang or []:
        if all(key.lang != lang for key in found):
            check_key(args.suite or "xtreme", lang)
    return found


def _list(args: argparse.Namespace) -> int:
    rows = [_row(key) for key in _keys(args, (args.split,))]
    if args.format == "json":
        emit(to_json(rows), None)
        return 0
    from tabulate import tabulate

    table = [
        [
            row["set"],
            row["sentences"],
            row["tokens"],
            *((row["entities"] or {}).get(kind) for kind in ("PER", "ORG", "LOC", "DATE")),
            (row["structure"] or "not pinned")[:10],
            row["at_hand"],
        ]
        for row in rows
    ]
    emit(tabulate(table, ["set", "sentences", "tokens", "PER", "ORG", "LOC", "DATE", "structure", "at hand"], missingval="–"), None)
    return 0


def _row(key: Key) -> dict[str, Any]:
    pin = manifest.pins().get(manifest.key(*key))
    return {
        "set": manifest.key(*key),
        "sentences": pin.sentences if pin else None,
        "tokens": pin.tokens if pin else None,
        "entities": pin.entities if pin else None,
        "structure": pin.structure if pin else None,
        "text": list(pin.text) if pin else [],
        "source": pin.source if pin else None,
        "at_hand": _place(key),
    }


def _place(key: Key) -> str | None:
    folder = mirror.root()
    if key.suite == SAMPLE.name:
        return "embedded" if manifest.key(*key) in manifest.pins() else None
    if folder is not None and mirror.path_of(folder, *key).exists():
        return "mirror"
    return "cache" if cache.cache_path(*key, "hub").exists() else None


def _fetch(args: argparse.Namespace) -> int:
    wanted = [key for key in _keys(args, (args.split,)) if key.suite != SAMPLE.name]
    codes = set()
    reachable = True
    for key in progress(wanted, "fetching"):
        try:
            gold = load(*key) if reachable else at_hand(key)
            if gold is None:
                raise GoldUnavailable(f"{manifest.key(*key)}: no gold at hand, and the hub is out of reach")
        except BoundaryBenchError as error:
            # The other sets are not asked for: each would only say so again, after half a minute.
            reachable = reachable and not isinstance(error, HubUnreachable)
            if key.lang in UNPINNED.get(key.suite, ()) and not args.lang:
                log.warning("%s", error)
                continue
            log.error("%s", error)
            codes.add(error.exit_code)
        else:
            print(f"{manifest.key(*key)}: {gold.sentences} sentences, {sum(gold.entities().values())} entities")
    return min(codes, default=0)  # wrong data (1) tells more than data that is not there (2)


def _verify(args: argparse.Namespace) -> int:
    keys = [key for key in _keys(args, SPLITS if args.split is None else (args.split,)) if _place(key) or key.suite == SAMPLE.name]
    if bool(args.write_manifest) != bool(args.source):
        raise UsageError("--write-manifest and --source go together: the manifest says which copy was pinned")
    rows: list[dict[str, Any]] = []
    golds: list[model.Gold] = []
    for key in progress(keys, "verifying"):
        try:
            gold = copy_at_hand(key, fresh=True)
        except BoundaryBenchError as error:
            rows.append({"set": manifest.key(*key), "state": "broken", "message": str(error)})
            continue
        if gold is not None:
            rows.append(_compared(gold))
            golds.append(gold)
    if not rows:
        raise UsageError("no gold is at hand: set BOUNDARYBENCH_DATA, or run `boundarybench gold fetch`")
    if args.write_manifest:
        manifest.write(golds, args.source, args.write_manifest)
        log.info("%d sets pinned in %s", len(golds), args.write_manifest)
    if args.format == "json":
        emit(to_json(rows), None)
    else:
        for row in rows:
            if row["message"]:
                print(f"{row['set']}: {row['state']}: {row['message']}")
        print(f"{sum(row['state'] == 'ok' for row in rows)} of {len(rows)} sets at hand are the pinned ones")
    return 1 if any(row["state"] in ("differs", "broken") for row in rows) else 0


def _compared(gold: model.Gold) -> dict[str, Any]:
    state, message = manifest.compare(gold)
    pin = manifest.pin_of(gold, "")
    entry = {name: getattr(pin, name) for name in ("structure", "text", "sentences", "tokens", "entities")}
    return {"set": manifest.key(gold.suite, gold.lang, gold.split), "state": state, "message": message, **entry}


def _import(args: argparse.Namespace) -> int:
    if (args.file is None) == (args.suite is None):
        raise UsageError("name either a file of your own, or with --suite a set whose copy is not the pinned one")
    gold = import_suite(args.file or check_key(args.suite, args.lang), args.name, args.lang)
    print(f"{args.name}/{args.lang}: {gold.sentences} sentences, {gold.token_count} tokens, entities {gold.entities()}")
    print(f"score with: boundarybench score pred.jsonl --suite {args.name} --lang {args.lang}")
    return 0
