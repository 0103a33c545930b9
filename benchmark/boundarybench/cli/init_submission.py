"""Write a new submission folder: system.json with every field to fill in, the gold's fingerprints already in place."""

import argparse
import json
import re
from pathlib import Path
from typing import Any

from .. import atomic
from ..errors import UsageError
from ..gold.load import suite_of
from ..submission.system_json import schema
from ..suites.manifests import packaged
from ..suites.pins import pinned

EPILOG = """examples:
  boundarybench init-submission xlmr-large-transfer
  boundarybench init-submission my-sample-run --suite sample

Then put predictions at submissions/NAME/<suite>/<lang>.jsonl, fill in system.json (docs/submission.md explains each field) and run
`boundarybench validate submissions/NAME`: it names every field that is still open."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the system's name: a-z, 0-9 and hyphens")
    parser.add_argument(
        "--suite",
        nargs="+",
        metavar="SUITE",
        default=[suite.name for suite in packaged().values() if suite.overall],
        help=f"the suites to quote the gold of: {', '.join(packaged())}",
    )
    parser.add_argument("--folder", type=Path, default=Path("submissions"), help="where submissions stand (default: submissions)")


def run(args: argparse.Namespace) -> int:
    if not re.fullmatch(schema("system")["properties"]["name"]["pattern"], args.name):
        raise UsageError(f"{args.name!r}: a name has a-z, 0-9 and hyphens, at least two characters, no hyphen at the ends")
    for suite in args.suite:
        if not suite_of(suite).packaged:
            raise UsageError(f"{suite} is a suite of your own: it is scored, and never submitted")
    folder = args.folder / args.name
    if folder.exists():
        raise UsageError(f"{folder} exists already; choose another name")
    with atomic.making(args.folder), atomic.replacing_folder(folder) as new:
        for suite in args.suite:
            (new / suite).mkdir()
        (new / "system.json").write_text(json.dumps(template(args.name, args.suite), indent=2) + "\n", encoding="utf-8", newline="\n")
    print(f"{folder / 'system.json'}: fill it in (docs/submission.md)")
    for suite in args.suite:
        print(f"{folder / suite}/<lang>.jsonl: put the predictions here")
    print(f"then: boundarybench validate {folder}")
    return 0


def template(name: str, suites: list[str]) -> dict[str, Any]:
    """A system.json that is complete but for what only its author knows; those fields do not validate until they are filled in."""
    choose = {key: " | ".join(_choices(key)) for key in ("family", "mentions_outside_types")}
    facets = {
        "source_languages": ["en"],
        "source_data": ["CoNLL-2003"],
        "encoder": "",
        "translation_model": None,
        "parallel_data": [],
        "aligner": None,
        "projection_on": None,
        "ensemble_size": 1,
        "open": True,
    }
    return {
        "name": name,
        "description": "",
        "authors": [""],
        "family": choose["family"],
        "tracks": {"default": " | ".join(schema("system")["$defs"]["track"]["enum"])},
        "facets": facets,
        "models": [{"name": "", "revision": "", "licence": ""}],
        "training_data": [""],
        "budget": dict.fromkeys(schema("system")["properties"]["budget"]["required"], "a list (docs/submission.md); [] if there was none"),
        "seed": None,
        "hardware": "",
        "wall_time_hours": -1,
        "mentions_outside_types": choose["mentions_outside_types"],
        "selection": "",
        "gold": {
            f"{suite}/{language.code}": pin.structure
            for suite in suites
            for language in packaged()[suite].languages
            if (pin := pinned(suite, language.code))
        },
        "reproduce": "",
    }


def _choices(key: str) -> list[str]:
    choices: list[str] = schema("system")["properties"][key]["enum"]
    return choices
