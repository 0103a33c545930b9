"""Projection speed on real sentences: `python -m speed.projection --data ../shared/data`.

Sentences per second, on one core, of every method from links to tags: candidates, scores and matching together, on MasakhaNER 2.0 test
sentences with human translations. Beside them the same exact problem handed to HiGHS: with a row for each target word, and as
published, with all n-grams of up to ten words that score as candidates and a row for each two overlapping spans (sentences of up to 40
words). Totals are compared. The last table is peak memory (Linux) of `boundarybench project` over copies of the sample suite.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from tabulate import tabulate

from boundarybench.suites.sample import alignment, sentences
from boundarybench_baselines.projection.matching import exact, highs
from boundarybench_baselines.projection.matching.instance import Pair, total, weigh
from boundarybench_baselines.projection.pair import SentencePair
from boundarybench_baselines.projection.project import project, scored
from boundarybench_baselines.projection.settings import METHODS, MatchingSettings, load
from experiments import corpora, corpus_links, taggers
from experiments.projection_figures import pairs_of

#: Beyond these words the published rows are too many.
PUBLISHED_WORDS = 40
#: Sentences that HiGHS is timed on.
SAMPLE = 200


def main() -> int:
    """Measure, and print tables as markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/projection"), help="where trained taggers are kept")
    args = parser.parse_args()
    pairs = _real(args.data, args.work)
    rows = [[method, f"{_rate(partial(project, settings=load(method)), pairs):,.0f}"] for method in METHODS]
    print(
        tabulate(
            rows,
            [f"method, links to tags, {len(pairs):,} real sentences", "sentences per second"],
            tablefmt="github",
            disable_numparse=True,
        )
    )
    print()
    print(_peers(pairs))
    print()
    print(_memory())
    return 0


def _real(data: Path, work: Path) -> list[SentencePair]:
    tag = taggers.Translations(data, work).tag
    sets = [corpora.masakhaner(data, lang, "test", tag) for lang in corpora.MASAKHANER]
    return [pair for corpus in sets for pair in pairs_of(corpus, corpus_links.intersected(corpus_links.load(corpus.name)))]


def _rate(work: Callable[[SentencePair], object], pairs: Sequence[SentencePair]) -> float:
    """Sentences per second: the best of three passes."""
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        for pair in pairs:
            work(pair)
        seconds.append(time.perf_counter() - begin)
    return len(pairs) / min(seconds)


def _peers(pairs: Sequence[SentencePair]) -> str:
    """The exact method against HiGHS, scores included, on sentences that have something to match."""
    ours = load("exact")
    if not isinstance(ours, MatchingSettings):
        raise TypeError("the exact method is a matching")
    published = replace(ours, candidates="ngrams", max_words=10)
    matched = [pair for pair in pairs if len(pair.entities) > 1 and len(pair.target) <= PUBLISHED_WORDS][
        :: max(1, len(pairs) // (4 * SAMPLE))
    ][:SAMPLE]
    solvers: dict[str, Callable[[SentencePair], int]] = {
        "boundarybench, exact": lambda pair: _units(exact.solve(scored(pair, ours)).chosen),
        "HiGHS, word rows, our candidates": lambda pair: total(highs.solve(weigh(scored(pair, ours), 0.0)).chosen),
        "HiGHS, word rows, n-grams": lambda pair: total(highs.solve(weigh(scored(pair, published), 0.0)).chosen),
        "HiGHS, published pairwise rows, n-grams": lambda pair: total(
            highs.solve(weigh(scored(pair, published), 0.0), rows="pairwise").chosen
        ),
    }
    totals = {name: [solve(pair) for pair in matched] for name, solve in solvers.items()}
    first = next(iter(totals.values()))
    for name, found in totals.items():
        # With a length limit of ten words n-grams may miss a longer span.
        assert all(theirs <= mine for mine, theirs in zip(first, found, strict=True)), name
    rates = {name: _rate(solve, matched) for name, solve in solvers.items()}
    rows = [[name, f"{rate:,.0f}", f"{next(iter(rates.values())) / rate:,.0f}"] for name, rate in rates.items()]
    heads = [
        f"{len(matched)} real sentences of two or more entities and up to {PUBLISHED_WORDS} words",
        "sentences per second",
        "times slower than ours",
    ]
    return tabulate(rows, heads, tablefmt="github", disable_numparse=True)


def _units(pairs: Sequence[Pair]) -> int:
    return total(weigh(pairs, 0.0))


def _memory() -> str:
    """Peak memory of the command over ever more sentences, in processes of their own."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for count in (5_000, 50_000):
            folder = Path(name, str(count))
            folder.mkdir()
            _write_copies(folder, count)
            call = ["project", "--target", "target", "--translation", "translation", "--alignments", "links", "-o", "predictions"]
            # Not resource.getrusage: its maximum is inherited from the process that starts this one.
            code = (
                "import re, sys; from boundarybench.cli.main import main; assert main(sys.argv[1:]) == 0; "
                "print(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])"
            )
            done = subprocess.run(
                [sys.executable, "-c", code, *call],
                cwd=folder,
                check=True,
                capture_output=True,
                text=True,
            )
            rows.append([f"{count:,}", f"{int(done.stdout) / 1024:,.0f} MiB"])
    return tabulate(rows, ["sentences in the files", "peak memory of `boundarybench project`"], tablefmt="github", disable_numparse=True)


def _write_copies(folder: Path, count: int) -> None:
    target, source, gold_links = sentences("sw", "test"), sentences("en", "test"), alignment("sw") or []
    with (
        (folder / "target").open("w") as targets,
        (folder / "translation").open("w") as translations,
        (folder / "links").open("w") as lines,
    ):
        for number in range(count):
            index = number % len(target)
            entities = [{"start": entity.start, "end": entity.end, "type": entity.type} for entity in source[index].entities]
            targets.write(json.dumps({"id": f"sw-{number:07}", "tokens": target[index].tokens}) + "\n")
            translations.write(json.dumps({"id": f"sw-{number:07}", "tokens": source[index].tokens, "entities": entities}) + "\n")
            lines.write(" ".join(f"{left}-{right}" for left, right in gold_links[index]) + "\n")


if __name__ == "__main__":
    sys.exit(main())
