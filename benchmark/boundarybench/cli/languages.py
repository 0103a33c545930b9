"""List the suites and their languages, with script, sizes and what counts in the headline mean."""

import argparse
from typing import Any

from ..gold.load import suite_of
from ..suites.manifests import known
from ..suites.pins import pinned, ranked
from .output import emit, to_json

EPILOG = """examples:
  boundarybench languages
  boundarybench languages --suite xtreme
  boundarybench languages --format json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--suite", help="only this suite, one of your own among them")
    parser.add_argument("--format", choices=["table", "json"], default="table")


def run(args: argparse.Namespace) -> int:
    rows: list[dict[str, Any]] = []
    for suite in known().values() if args.suite is None else [suite_of(args.suite)]:
        for language in suite.languages:
            pin = pinned(suite.name, language.code)
            rows.append(
                {
                    "suite": suite.name,
                    "lang": language.code,
                    "name": language.name,
                    "script": language.script,
                    "in_mean": language.code in ranked(suite),
                    "pinned": suite.packaged and pin is not None,
                    "test_sentences": pin.sentences if pin else None,
                    "test_tokens": pin.tokens if pin else None,
                    "test_entities": pin.entities if pin else None,
                    "scored": list(suite.scored),
                }
            )
    if args.format == "json":
        emit(to_json(rows), None)
        return 0
    from tabulate import tabulate

    entities = [sum(count for kind, count in (row["test_entities"] or {}).items() if kind in row["scored"]) or None for row in rows]
    table = [
        [row["suite"], row["lang"], row["name"], row["script"], "yes" if row["in_mean"] else "shown apart", row["test_sentences"], count]
        for row, count in zip(rows, entities, strict=True)
    ]
    headers = ["suite", "code", "language", "script", "in the mean", "test sentences", "scored entities"]
    emit(tabulate(table, headers, missingval="–"), None)
    return 0
