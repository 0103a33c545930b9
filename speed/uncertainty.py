"""Speed of comparisons: `python -m speed.uncertainty [--data ../shared/data]`.

1. Two synthetic systems on all 57 pairs: 10,000 replicates of the paired bootstrap and of approximate randomisation, against the same
   replicates drawn unit by unit with numpy, and against scipy's functions. Those two are measured with few replicates of a few
   languages, and the time is scaled up, since it grows in step with both.
2. The leaderboard's paired tests: seconds per pair of systems, and what that makes of 200 systems.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from tabulate import tabulate

from boundarybench.cli.main import main as boundarybench
from boundarybench.comparison import compare
from boundarybench.gold.load import load
from boundarybench.gold.model import Gold
from boundarybench.leaderboard import paired_tests
from boundarybench.leaderboard.readings import Readings
from boundarybench.protocol import RANK_FIGURE, TYPES
from boundarybench.scoring.figures import figures_of
from boundarybench.scoring.score import sentence_counts
from boundarybench.submission.findings import Findings
from boundarybench.submission.predictions import read
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import ranked
from boundarybench.uncertainty.differences import SystemCounts
from boundarybench.uncertainty.paired_resampling import CountArray, by_unit

from .synthetic import headline, mirror_with_thai, write_submission

XTREME = packaged()["xtreme"]

REPLICATES = 10_000
#: The slow ones are measured on these languages, with as many replicates.
SLOW = [("xtreme", "de"), ("xtreme", "af"), ("masakhaner2", "swa"), ("masakhaner2", "ewe")]
SLOW_REPLICATES = 100


def main() -> int:
    """Measure, and print the tables as markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    logging.getLogger("datasets").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        os.environ["BOUNDARYBENCH_HOME"] = str(base / "home")
        os.environ["BOUNDARYBENCH_DATA"] = str(mirror_with_thai(args.data, base / "mirror"))
        for seed, name in enumerate(("a", "b"), 1):
            write_submission(base / name, seed)
        print(_comparison(base, args.runs), end="\n\n")
        print(_board(base))
    return 0


def _seconds(function: Callable[[], object], runs: int) -> float:
    """Median seconds of processor time: nothing here waits or has threads, and other work on the machine does not count."""
    found = []
    for _ in range(runs):
        begin = time.process_time()
        function()
        found.append(time.process_time() - begin)
    return median(found)


def _counts(base: Path, pairs: list[tuple[str, str]]) -> list[tuple[Gold, list[CountArray]]]:
    found = []
    for suite, lang in pairs:
        gold = load(suite, lang)
        counts = []
        for name in ("a", "b"):
            prediction = read((base / name / suite / f"{lang}.jsonl").read_bytes(), name, gold, Findings())
            assert prediction is not None
            counts.append(sentence_counts(gold, prediction.codes, prediction.types, TYPES))
        found.append((gold, counts))
    return found


def _comparison(base: Path, runs: int) -> str:
    everything, few = _counts(base, headline()), _counts(base, SLOW)

    def ours(of: list[tuple[Gold, list[CountArray]]]) -> None:
        for gold, (a, b) in of:
            compare(gold, SystemCounts(("",), a[None]), SystemCounts(("",), b[None]), [RANK_FIGURE], REPLICATES)

    def command() -> None:
        boundarybench(["compare", str(base / "a"), str(base / "b"), "--format", "json", "-o", str(base / "compared.json")])

    command()
    units = sum(gold.unit_count for gold, _ in everything)
    units_few = sum(gold.unit_count for gold, _ in few)
    scale = units / units_few * REPLICATES / SLOW_REPLICATES
    whole, both = _seconds(command, runs), _seconds(lambda: ours(everything), runs)
    naive, peer = _seconds(lambda: _naive(few), runs) * scale, _seconds(lambda: _scipy(few), runs) * scale
    rows = [
        ["boundarybench compare, files to JSON", f"{whole:.1f}", f"{whole / both:.1f}"],
        ["both tests from counts per sentence", f"{both:.1f}", "1.0"],
        ["numpy, unit by unit (scaled up)", f"{naive:,.0f}", f"{naive / both:,.0f}"],
        ["scipy.stats bootstrap and permutation_test (scaled up)", f"{peer:,.0f}", f"{peer / both:,.0f}"],
    ]
    title = f"57 pairs, {units:,} units drawn, 10,000 replicates of both tests"
    return tabulate(rows, [title, "CPU seconds", "times ours"], tablefmt="github", disable_numparse=True)


def _rank_figure(counts: CountArray) -> Any:
    return figures_of(counts)[RANK_FIGURE]


def _naive(of: list[tuple[Gold, list[CountArray]]]) -> None:
    random = np.random.RandomState(0)
    for gold, counts in of:
        a, b = (by_unit(each, gold.units) for each in counts)
        for _ in range(SLOW_REPLICATES):
            drawn = random.randint(0, len(a), len(a))
            _rank_figure(b[drawn].sum(axis=0)) - _rank_figure(a[drawn].sum(axis=0))
            swap = random.randint(0, 2, (len(a), 1)).astype(bool)
            _rank_figure(np.where(swap, a, b).sum(axis=0)) - _rank_figure(np.where(swap, b, a).sum(axis=0))


def _scipy(of: list[tuple[Gold, list[CountArray]]]) -> None:
    from scipy import stats

    for gold, counts in of:
        a, b = (by_unit(each, gold.units) for each in counts)
        both = np.concatenate([a, b])

        def statistic(i: Any, j: Any, both: CountArray = both) -> Any:  # scipy draws numbers: each stands for a count vector
            return _rank_figure(both[j.astype(int)].sum(axis=0)) - _rank_figure(both[i.astype(int)].sum(axis=0))

        samples = (np.arange(len(a)), np.arange(len(a), 2 * len(a)))
        options = {"vectorized": False, "n_resamples": SLOW_REPLICATES}
        stats.bootstrap(samples, statistic, paired=True, method="percentile", **options)
        stats.permutation_test(samples, statistic, permutation_type="samples", **options)


def _board(base: Path) -> str:
    langs = ranked(XTREME)
    reading = _seconds(lambda: paired_tests._test(Readings(base), "xtreme", []), 1)  # loads the gold
    one = _seconds(lambda: paired_tests._test(Readings(base), "xtreme", [("a", "b")]), 3)
    many = _seconds(lambda: paired_tests._test(Readings(base), "xtreme", [("a", "b")] * 20), 3)
    per_pair = (many - one) / 19 / len(langs)
    per_system = (one - reading) / 2 / len(langs)
    rows = [
        ["reading and counting one system, one language", f"{1000 * per_system:.1f} ms"],
        ["one test of two systems, one language, 1,000 replicates", f"{1000 * per_pair:.2f} ms"],
        ["one of 200 systems changes: 200 systems read, 199 tests of 56 languages", f"{56 * (200 * per_system + 199 * per_pair):.0f} s"],
        ["all of 200 systems change: 19,900 tests of 56 languages", f"{56 * (200 * per_system + 19900 * per_pair) / 60:.0f} min"],
    ]
    return tabulate(rows, ["paired tests of the leaderboard", "CPU time"], tablefmt="github", disable_numparse=True)


if __name__ == "__main__":
    sys.exit(main())
