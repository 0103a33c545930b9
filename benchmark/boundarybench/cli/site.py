"""Build the static site: the board, its charts, and a page per system and language; or pictures of its charts.

The site is a folder that opens from disk and works on any web server; it asks nothing of any other machine. Submissions that changed
since results/ was written are scored for it, and results/ is left as it is.
"""

import argparse
import logging
from pathlib import Path

from .. import atomic
from ..leaderboard import store
from ..leaderboard.collect import collect
from ..leaderboard.families.families_report import for_readers
from ..leaderboard.published import published
from ..site import build, pages, pictures
from ..site.survey import survey
from .output import progress

log = logging.getLogger("boundarybench")

EPILOG = """examples:
  boundarybench site
  boundarybench site --out /tmp/site && xdg-open /tmp/site/index.html
  boundarybench site --pictures docs/img

Paired differences and breakdowns of errors are made from the predictions, of suites whose gold is at hand.

exit codes: 0 written, 1 a submission is not valid, 2 usage, or gold of a changed submission is not at hand"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--submissions", type=Path, default=Path("submissions"), metavar="DIR")
    parser.add_argument("--results", type=Path, default=Path("results"), metavar="DIR", help="the board, where there is one")
    parser.add_argument("--out", type=Path, default=Path("build/site"), metavar="DIR", help="the site's folder, replaced as a whole")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="write pictures of the charts (SVG) there, and no site")


def run(args: argparse.Namespace) -> int:
    if args.pictures is None:
        build.check(args.out)  # before minutes of work
    before = store.read(args.results) if (args.results / store.SEAL).exists() else None
    board = collect(args.submissions, before, own_suites=True)
    if args.pictures is not None:
        _write(args.pictures, pictures.draw(board))
        return 0
    seen = survey(args.submissions, board, lambda pairs: progress(pairs, "reading predictions"))
    made = pages.render(board, seen, published(), for_readers(board))
    build.write(args.out, made)
    log.info("wrote %d pages: %s", len(made), args.out / "index.html")
    return 0


def _write(folder: Path, files: dict[str, bytes]) -> None:
    with atomic.making(folder):
        for name, data in files.items():
            atomic.write_bytes(folder / name, data)
            log.info("wrote %s", folder / name)
