"""Scoring speed: `python -m speed.scoring [--data ../shared/data]`.

1. A complete synthetic submission (57 pairs) is validated and scored by `boundarybench score`, all figures with intervals, against
   stdlib `json.loads` over the same lines with nothing kept.
2. The same real tags through seqeval, HF evaluate, nervaluate, SeqScore and ours.

Every figure is the least of several runs, taken in turn, in seconds of processor time: what else the machine does is not in it. Gold is
decoded and cached, and modules are compiled, before the clock starts.
"""

import argparse
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tabulate import tabulate

from boundarybench.cli.main import main as boundarybench
from boundarybench.gold.model import build
from boundarybench.report import evaluate
from boundarybench.submission.findings import Findings
from boundarybench.submission.predictions import read

from .synthetic import mirror_with_thai, real_tags, write_submission

TYPES = ("PER", "ORG", "LOC", "DATE")


def main() -> int:
    """Measure, and print the tables as markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    logging.getLogger("datasets").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(base / "bytecode")
        os.environ["BOUNDARYBENCH_HOME"] = str(base / "home")
        os.environ["BOUNDARYBENCH_DATA"] = str(mirror_with_thai(args.data, base / "mirror"))
        write_submission(base / "submission")
        print(_whole_submission(base, args.runs), end="\n\n")
        print(_one_language(base, args.runs), end="\n\n")
        print(_peers(args.data, min(args.runs, 3)))
    return 0


def _timed(functions: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Least processor time of each function; the functions take turns, so that a slow minute hits all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(runs):
        for name, function in functions.items():
            begin = _processor_time()
            function()
            seconds[name].append(_processor_time() - begin)
    return {name: min(values) for name, values in seconds.items()}


def _processor_time() -> float:
    """Seconds of this process and of those that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _whole_submission(base: Path, runs: int) -> str:
    files = sorted((base / "submission").rglob("*.jsonl"))
    lines = tokens = 0
    for file in files:
        for line in file.read_bytes().splitlines():
            lines += 1
            tokens += len(json.loads(line)["tags"])

    def loads() -> None:
        for file in files:
            with file.open("rb") as opened:
                for line in opened:
                    json.loads(line)

    arguments = ["score", str(base / "submission"), "--format", "json", "-o", str(base / "scores.json")]

    def score() -> None:
        boundarybench(arguments)

    def process() -> None:
        subprocess.run([sys.executable, "-m", "boundarybench", *arguments], check=True, stderr=subprocess.DEVNULL)

    score()  # decodes and caches the gold
    process()  # compiles
    seconds = _timed(
        {
            "stdlib json.loads, line by line, nothing kept": loads,
            "boundarybench score (validate, all figures, 1,000 replicates)": score,
            "the same as a process of its own": process,
        },
        runs,
    )
    least = next(iter(seconds.values()))
    rows = [[name, f"{value:.2f}", f"{value / tokens * 1e6:.3f}", f"{value / least:.2f}"] for name, value in seconds.items()]
    peaks = ["", "", _peak_memory(base)]
    title = f"57 pairs, {lines:,} sentences, {tokens:,} tokens"
    table = [[*row, peak] for row, peak in zip(rows, peaks, strict=True)]
    headers = [title, "seconds", "seconds per 1 M tokens", "ratio", "peak memory"]
    return tabulate(table, headers, tablefmt="github", disable_numparse=True)


def _peak_memory(base: Path) -> str:
    script = (
        "import sys, resource; from boundarybench.cli.main import main;"
        f"main(['score', {str(base / 'submission')!r}, '--format', 'json', '-o', {str(base / 'scores.json')!r}]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return f"{int(done.stdout.split()[-1]) / 1024:.0f} MiB"


def _one_language(base: Path, runs: int) -> str:
    file = base / "submission" / "masakhaner2" / "swa.jsonl"
    command = [sys.executable, "-m", "boundarybench", "score", str(file), "--suite", "masakhaner2", "--lang", "swa", "--format", "json"]
    seconds = _timed(
        {
            "python -c pass": lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
            "python -c 'import numpy'": lambda: subprocess.run([sys.executable, "-c", "import numpy"], check=True),
            "boundarybench score, one language": lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL),
        },
        runs,
    )
    return tabulate(
        [[name, f"{value:.2f}"] for name, value in seconds.items()], ["whole process", "seconds"], tablefmt="github", disable_numparse=True
    )


def _peers(data: Path, runs: int) -> str:
    import evaluate as hf
    from nervaluate.evaluator import Evaluator
    from seqeval.metrics import classification_report, f1_score
    from seqscore.scoring import score_label_sequences

    gold, predicted = real_tags(data)
    tokens = sum(map(len, gold))
    test_set = build("file", "real", "test", gold, None, TYPES)
    lines = "".join(json.dumps({"id": ident, "tags": tags}) + "\n" for ident, tags in zip(test_set.ids(), predicted, strict=True)).encode()

    def ours() -> object:
        prediction = read(lines, "real.jsonl", test_set, Findings())
        assert prediction is not None
        return evaluate(test_set, prediction, None)

    os.environ["HF_HUB_OFFLINE"] = "1"
    metric = hf.load(str(Path(__file__).with_name("hf_seqeval.py")))

    functions: dict[str, Callable[[], object]] = {
        "boundarybench: JSONL read, validated, all figures, 1,000 replicates": ours,
        "seqeval f1_score (typed F1)": lambda: f1_score(gold, predicted),
        "seqeval classification_report": lambda: classification_report(gold, predicted, output_dict=True),
        "HF evaluate, seqeval metric": lambda: metric.compute(predictions=predicted, references=gold),
        "nervaluate": lambda: Evaluator(gold, predicted, tags=list(TYPES), loader="list").evaluate(),
        "SeqScore": lambda: score_label_sequences(predicted, gold, "BIO", repair="conlleval"),
    }
    seconds = _timed(functions, runs)
    base = next(iter(seconds.values()))
    rows = [[name, f"{value:.2f}", f"{value / tokens * 1e6:.2f}", f"{value / base:.1f}"] for name, value in seconds.items()]
    title = f"{tokens:,} real tokens; peers from tags in memory"
    return tabulate(rows, [title, "seconds", "seconds per 1 M tokens", "times ours"], tablefmt="github", disable_numparse=True)


if __name__ == "__main__":
    sys.exit(main())
