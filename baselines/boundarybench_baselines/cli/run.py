"""Run a reference system, or one of your own, over test sets: writes a submission folder."""

import argparse
import logging
import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any

from tqdm import tqdm

from boundarybench.errors import UsageError

log = logging.getLogger("boundarybench")

#: `system.json` takes no longer line.
_LONGEST_COMMAND = 300
#: A job's log gets a line of progress this often.
_LOG_SECONDS = 30.0

EPILOG = """examples:
  boundarybench run --list
  boundarybench run sample-transfer --suite sample --set target_tagger.types='{ORG = "O"}'
  boundarybench run transfer-xlmr --suite masakhaner2 --lang swa hau --device cuda --out submissions/my-transfer
  boundarybench run my-system.toml --suite xtreme masakhaner2
  boundarybench run transfer-mdeberta --suite xtreme --lang de --limit 100 --out build/look

A system is a TOML file that names models, stages and settings (docs/systems.md); --set changes one of its values for this run. Whoever
changes a model states its licence, its data and the like anew, or its model card does. Results of stages are kept (--stages) and shared
between systems; a run that was killed goes on where it stopped.

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
    from .. import runs, system
    from ..machine import Machine

    if args.list:
        print("\n".join(f"{name:36} {system.load(name).description}" for name in system.names()))
        return 0
    if args.system is None or not args.suite:
        raise UsageError("give a system and --suite; `boundarybench run --list` lists our systems")
    chosen = system.load(args.system, args.set)
    folder = args.out or Path("submissions") / chosen.name
    quiet_transformers()
    try:
        report = runs.run(
            chosen,
            args.suite,
            folder,
            args.stages,
            Machine(args.device, args.precision, args.batch),
            wanted=args.lang,
            limit=args.limit,
            command=_command(args, folder),
            watch=Progress,
        )
    except UsageError as error:
        if chosen.prepare is None:
            raise
        raise UsageError(f"{error} (what the system needs is made by: {chosen.prepare})") from None
    tell(report, folder, args.limit)
    if (records := runs.records(args.stages, folder)).is_dir():
        log.info("what became of every entity: %s", records)
    return 0 if report.complete else 1


def _command(args: argparse.Namespace, folder: Path) -> str:
    """The call that repeats this one, without what belongs to the machine."""
    changes = [word for change in args.set for word in ("--set", change)]
    langs = ["--lang", *args.lang] if args.lang else []
    words = ["boundarybench", "run", args.system, "--suite", *args.suite, *langs, *changes, "--out", f"submissions/{folder.name}"]
    return shlex.join(words)[:_LONGEST_COMMAND]


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def quiet_transformers() -> None:
    """Leave standard error to our own progress; by the environment, since importing transformers takes seconds that a CRF need not wait."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")


class Progress:
    """Sentences done of a stage, with rate and remaining time: a bar where a person looks on, else a line in the log now and then."""

    def __init__(self, stage: str, total: int) -> None:
        self._stage, self._total, self._done = stage, total, 0
        self._began = self._told = time.monotonic()
        live = bool(stage) and sys.stderr is not None and sys.stderr.isatty()
        self._bar = tqdm(total=total, desc=stage, unit=" sentences", file=sys.stderr, leave=False) if live else None

    def __call__(self, stage: str, _target: Any, done: int) -> None:
        if stage != self._stage:  # what an earlier stage reads again
            return
        self._done += done
        if self._bar is not None:
            self._bar.update(done)
            if self._done >= self._total:
                self._bar.close()
        elif self._done >= self._total or time.monotonic() - self._told >= _LOG_SECONDS:
            self._told = time.monotonic()
            rate = self._done / max(self._told - self._began, 1e-9)
            left = tqdm.format_interval((self._total - self._done) / rate)
            log.info("%s: %d of %d sentences, %.1f a second, %s left", stage, self._done, self._total, rate, left)


def tell(report: Any, folder: Path, limit: int | None) -> None:
    """Say what a run did, what it left out, and what failed."""
    log.info("%s: %d sentences of %d sets", folder, sum(report.sentences.values()), len(report.sentences))
    for name, reason in report.without_gold.items():
        log.warning("%s: left out: %s", name, reason)
    for name, counts in report.failed.items():
        for reason, count in counts.most_common():
            log.warning("%s: %d of %d sentences failed, and have no entities: %s", name, count, report.sentences[name], reason)
    if failed := sum(sum(counts.values()) for counts in report.failed.values()):
        log.warning("%d sentences failed in all", failed)
    if report.without_budget:
        log.warning("system.json states no budget, since nobody states that of %s (docs/systems.md)", ", ".join(report.without_budget))
    for type_, count in report.dropped.most_common():
        log.info("%d mentions of type %s dropped: the suite does not have it", count, type_)
    if limit:
        log.info("only the first %d sentences of each set: no submission", limit)
    else:
        log.info("next: boundarybench validate %s; boundarybench score %s", folder, folder)
