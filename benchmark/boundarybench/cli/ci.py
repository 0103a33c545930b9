"""Check a pull request: one submission folder and nothing else, read as git objects, scored by this checkout's code."""

import argparse
from pathlib import Path

from ..intake.check import as_json, check
from ..intake.summary import render
from .output import emit, to_json

EPILOG = """examples:
  boundarybench ci check --base main --head my-branch
  boundarybench ci check --base origin/main --head HEAD --format json -o report.json

No work tree of the head is made: run it from the base's code on any clone that has both commits.

exit codes: 0 passes, or nothing under submissions/ changed; 1 findings; 2 usage, or no gold at hand. docs/maintaining.md explains
every code."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["check"])
    parser.add_argument("--base", required=True, metavar="REV", help="what the request would be merged into")
    parser.add_argument("--head", required=True, metavar="REV", help="what would be merged")
    parser.add_argument("--repo", type=Path, default=Path(), metavar="DIR", help="a git repository that has both (default: here)")
    parser.add_argument("--format", choices=["md", "json"], default="md")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of standard output")


def run(args: argparse.Namespace) -> int:
    report = check(args.repo, args.base, args.head)
    emit(to_json(as_json(report)) if args.format == "json" else render(report), args.output)
    return 1 if report.verdict == "fail" else 0
