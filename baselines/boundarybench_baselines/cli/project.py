"""Annotation projection: carry the entities of translations over word links to the target sentences."""

import argparse
import logging
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from boundarybench.cli.output import check_outputs, writing

log = logging.getLogger("boundarybench")

EPILOG = """the files:
  target.jsonl       {"id", "tokens"}                                           one object per line, in any order
  translation.jsonl  {"id", "tokens", "entities": [{"start", "end", "type"}]}   half-open word positions
  links.txt          Pharaoh (0-0 1-2), one line per line of translation.jsonl; numbers before lines and probabilities are passed over
  predictions.jsonl  {"id", "tags"}, every target sentence; all `O` where there is no usable translation
  record.jsonl       what became of every source entity: projected where, by which score; or why not

examples:
  boundarybench project --target target.jsonl --translation translation.jsonl --alignments links.txt -o predictions.jsonl
  boundarybench project --target t.jsonl --translation e.jsonl --alignments links.txt --method published-heuristic -o p.jsonl
  boundarybench project --target t.jsonl --translation e.jsonl --alignments links.txt --settings mine.toml -o p.jsonl --record r.jsonl

exit codes: 0 projected, 1 projected, but lines of the files could not be used (listed on standard error), or a file is of another
kind, 2 usage, or files that do not belong together"""

_METHODS = ("published-heuristic", "greedy", "exact", "recommended")
_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", type=Path, required=True, metavar="FILE", help="sentences to annotate (JSONL)")
    parser.add_argument("--translation", type=Path, required=True, metavar="FILE", help="their translations with entities (JSONL)")
    parser.add_argument("--alignments", type=Path, required=True, metavar="FILE", help="word links (Pharaoh)")
    parser.add_argument("--method", choices=_METHODS, default="recommended", help="default: recommended")
    parser.add_argument(
        "--link-order",
        choices=["translation-target", "target-translation"],
        default="translation-target",
        help="which position stands first in a link (default: the translation's)",
    )
    parser.add_argument(
        "--link-base", type=int, choices=[0, 1], default=0, help="what the positions in links count from (default: 0, as Pharaoh)"
    )
    parser.add_argument("--settings", type=Path, metavar="FILE", help="settings (TOML) that replace the method's own")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="predictions (JSONL)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="what became of every entity (JSONL)")


def run(args: argparse.Namespace) -> int:
    from ..projection import settings
    from ..projection.projecting import project_files

    check_outputs([args.output, args.record], [args.target, args.translation, args.alignments, args.settings])
    chosen = settings.load(args.method, args.settings)
    with ExitStack() as files:
        output = files.enter_context(writing(args.output))
        record = files.enter_context(writing(args.record)) if args.record else None
        report = project_files(
            (args.target, args.translation, args.alignments),
            chosen,
            output,
            record,
            base=args.link_base,
            swap=args.link_order == "target-translation",
            watch=_progress,
        )
    _tell(report)
    return 1 if report.problems else 0


def _progress(sentences: Iterable[Any]) -> Iterable[Any]:
    if sys.stderr is None or not sys.stderr.isatty():
        return sentences
    from tqdm import tqdm

    return tqdm(sentences, desc="projecting", unit=" sentences", file=sys.stderr, leave=False)


def _tell(report: Any) -> None:
    for problem in report.problems[:_SHOWN]:
        log.warning("%s", problem)
    if len(report.problems) > _SHOWN:
        log.warning("... and %d more problems; --record FILE lists those of translations and links", len(report.problems) - _SHOWN)
    for doubt in report.doubts:
        log.warning("%s", doubt)
    fates = ", ".join(f"{count} {fate}" for fate, count in sorted(report.fates.items())) or "none"
    log.info("%d sentences, %d with a translation; entities: %s", report.sentences, report.translated, fates)
    if report.untranslated:
        log.info("%d sentences have no translation and are all O", report.untranslated)
    if report.unusable:
        log.warning("%d sentences have a translation that cannot be used and are all O", report.unusable)
    if report.unasked:
        log.info("%d translations belong to no target sentence", report.unasked)
    if report.not_optimal:
        log.warning("%d sentences were not solved to the optimum in time", report.not_optimal)
