"""The predictions that a call names, each read against its gold and the types that count: what the verbs share that look at them."""

import argparse
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from ..errors import GoldUnavailable, UsageError
from ..gold.load import at_hand
from ..gold.model import FILE, Gold
from ..gold.sources import Key
from ..report import part
from ..selection import Selection, check
from ..spans import BoolArray
from ..submission.findings import Findings, FindingsError
from ..submission.folder import read_file
from ..submission.prediction import Prediction
from ..submission.predictions import read
from ..suites.pins import awaits_pin
from .inputs import Target, add_types, check_claimed, kept, scored_types, sentence_ids, targets
from .inputs import add_arguments as add_inputs
from .output import check_outputs, progress

log = logging.getLogger("boundarybench")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A prediction with its gold and the types that count.

    `keep`: per sentence, whether it counts (None: all); `train`: the training split, if at hand.
    """

    gold: Gold
    prediction: Prediction
    types: Selection
    keep: BoolArray | None
    train: Gold | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is read, and how much of it counts."""
    add_inputs(parser)
    add_types(parser)
    parser.add_argument(
        "--ids",
        type=Path,
        metavar="FILE",
        help="score only the sentences listed here, one id a line (or the source's sent_id); marks the result partial",
    )
    parser.add_argument("--allow-missing", action="store_true", help="score missing sentences as all `O`; marks the result incomplete")


def each(args: argparse.Namespace, verb: str, doing: str, use: Callable[[Reading], T]) -> tuple[list[T], list[dict[str, str]]]:
    """`use` every prediction that the arguments name.

    Args:
        verb: the command that is run, for a hint.
        doing: what the progress bar says.

    Returns:
        What `use` gives, in order, and the languages that are skipped because nobody has their gold.

    Raises:
        FindingsError: there is an error in a prediction; nothing is returned then.
        UsageError, DataError, GoldUnavailable: as `targets`, `Target.load` and `check_claimed`.
    """
    findings = Findings()
    chosen, submission = targets(args, findings)
    check_outputs([args.output], [args.path, args.gold, args.ids])
    types = scored_types(args.types)
    runs = {target.run for target in chosen if target.run}
    if runs:
        log.info("%d run(s) under runs/ are left out; name one of them: boundarybench %s %s/runs/SEED", len(runs), verb, args.path)
        if all(target.run for target in chosen):
            raise UsageError(f"{args.path}: only runs; name one of them: boundarybench {verb} {args.path}/runs/{min(runs)}")
    ids = sentence_ids(args.ids)
    claimed: set[str] = set()
    results: list[T] = []
    skipped: list[dict[str, str]] = []
    for target in findings.until_enough(progress([target for target in chosen if not target.run], doing)):
        try:
            gold = target.load()
        except GoldUnavailable as error:
            if submission is None or not awaits_pin(target.suite, target.lang):
                raise
            log.warning("%s/%s is left out: %s", target.suite, target.lang, error)
            skipped.append({"suite": target.suite, "lang": target.lang, "reason": str(error)})
            continue
        reading = _read(target, gold, types, ids, claimed, args, findings)
        if reading is not None:
            results.append(use(reading))
    if findings.errors:
        raise FindingsError(findings)
    check_claimed(ids, claimed, args.ids)
    for line in filter(None, str(findings).split("\n")):
        log.warning(line)
    return results, skipped


def _read(
    target: Target,
    gold: Gold,
    types: Selection,
    ids: set[str] | None,
    claimed: set[str],
    args: argparse.Namespace,
    findings: Findings,
) -> Reading | None:
    keep = kept(gold, ids)
    if ids is not None and keep is not None:
        if not keep.any():
            return None
        for names in (gold.ids(), gold.names() or ()):
            claimed.update(ids.intersection(names))
    data = read_file(target.path, str(target.path), findings)
    if data is None:
        return None
    required = np.zeros(gold.sentences, bool) if args.allow_missing else keep
    prediction = read(data, str(target.path), gold, findings, required)
    if prediction is not None:
        check(*part(gold, prediction, keep)[:2], types, str(target.path), findings)
    if prediction is None or findings.errors:
        return None
    train = at_hand(Key(gold.suite, gold.lang, "train", gold.version)) if gold.suite != FILE else None
    return Reading(gold, prediction, types, keep, train)
