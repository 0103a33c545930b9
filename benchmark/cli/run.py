"""Run a reference system, or one of your own, over test sets: writes a submission folder."""

import argparse
import logging
import sys
from pathlib import Path
from typing import Any

from ..errors import UsageError

log = logging.getLogger("boundarybench")

EPILOG = """examples:
  boundarybench run --list
  boundarybench run sample-transfer --suite sample --set target_tagger.model=build/tagger
  boundarybench run transfer-xlmr --suite masakhaner2 --lang swa hau --device cuda --out submissions/my-transfer
  boundarybench run my-system.toml --suite xtreme masakhaner2
  boundarybench run transfer-mdeberta --suite xtreme --lang de --limit 100 --out build/look

A system is a TOML file that names models, stages and settings (docs/systems.md); --set changes one of its values for this run. Results of
stages are kept (--stages) and shared between systems; a run that was killed goes on where it stopped.

exit codes: 0 done, 1 done, but some sentences failed (they are counted, and have no entities), 2 usage"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("system", nargs="?", metavar="SYSTEM", help="the name of one of ours, or a TOML file")
    parser.add_argument("--list", action="store_true", help="list our systems")
    parser.add_argument("--suite", nargs="+", metavar="SUITE", help="suites to run on")
    parser.add_argument("--lang", nargs="+", metavar="LANG", help="languages (default: all of the suite's mean that the system covers)")
    parser.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE", help="change a value of the system")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="the submission (default: submissions/SYSTEM)")
    parser.add_argument("--stages", type=Path, default=Path("stages"), metavar="FOLDER", help="results of stages (default: stages)")
    parser.add_argument("--limit", type=_count, metavar="N", help="only the first N sentences of each set, for a quick look")
    parser.add_argument("--device", metavar="DEVICE", help="cpu, cuda, cuda:1, mps (default: a GPU if there is one)")
    parser.add_argument(
        "--precision", choices=["auto", "fp32", "bf16", "fp16"], default="auto", help="auto: bf16 or fp16 on a GPU, else fp32"
    )
    parser.add_argument("--batch", type=_count, metavar="N", help="sub-tokens in a batch (default: 1024 on a CPU, else 16384)")


def run(args: argparse.Namespace) -> int:
    from baselines import runs, system
    from baselines.machine import Machine

    if args.list:
        for name in system.names():
            print(f"{name:34} {system.load(name).description}")
        return 0
    if args.system is None or not args.suite:
        raise UsageError("give a system and --suite; `boundarybench run --list` lists our systems")
    chosen = system.load(args.system, args.set)
    sets = [(suite, lang) for suite in args.suite for lang in runs.languages(chosen, suite, args.lang)]
    folder = args.out or Path("submissions") / chosen.name
    _quiet()
    machine = Machine(args.device, args.precision, args.batch)
    report = runs.run(chosen, sets, folder, args.stages, machine, limit=args.limit, watch=_Progress)
    _tell(report, folder, args.limit)
    return 1 if report.any_failed else 0


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _quiet() -> None:
    """Leave standard error to our own progress."""
    try:
        from transformers.utils import logging as transformers_logging
    except ImportError:  # a system of CRF taggers needs none
        return
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()


class _Progress:
    """Sentences done of a stage, with rate and remaining time, where a person looks on; else a line per stage."""

    def __init__(self, stage: str, total: int) -> None:
        self._stage = stage
        self._bar: Any = None
        if not stage:
            return
        if sys.stderr is not None and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=total, desc=stage, unit=" sentences", file=sys.stderr, leave=False)
        else:
            log.info("%s: %d sentences", stage, total)

    def __call__(self, stage: str, _target: Any, done: int) -> None:
        if self._bar is not None and stage == self._stage:
            self._bar.update(done)
            if self._bar.n >= self._bar.total:
                self._bar.close()


def _tell(report: Any, folder: Path, limit: int | None) -> None:
    failed = sum(sum(counts.values()) for counts in report.failed.values())
    log.info("%s: %d sentences of %d sets", folder, sum(report.sentences.values()), len(report.sentences))
    for name, counts in report.failed.items():
        for reason, count in counts.most_common():
            log.warning("%s: %d of %d sentences failed, and have no entities: %s", name, count, report.sentences[name], reason)
    if failed:
        log.warning("%d sentences failed in all", failed)
    if limit:
        log.info("only the first %d sentences of each set: no submission", limit)
    else:
        log.info("next: boundarybench validate %s; boundarybench score %s", folder, folder)
