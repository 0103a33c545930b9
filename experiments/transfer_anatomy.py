"""Where the boundaries of 54 real XLM-R outputs break: docs/transfer-anatomy.md. `make transfer-anatomy`.

The outputs are Beukman's (NERTransfer): XLM-R fine-tuned on one language of MasakhaNER 1.0, read on hau, luo and swa, two seeds each. They
are not in the repository, nor is their gold; only figures are.
"""

import logging
import os
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tabulate import tabulate

from boundarybench import atomic
from boundarybench.columns import read_sentences
from boundarybench.errors import BoundaryBenchError
from boundarybench.gold.own import from_file
from boundarybench.protocol import TYPES
from boundarybench.report import evaluate
from boundarybench.scoring.score import Score
from boundarybench.submission.prediction import of_tags

from .projection_report import ROOT

log = logging.getLogger("boundarybench")

_HEAD = """\
<!-- Written by `make transfer-anatomy`; do not edit. What it says is in findings.md. -->
# Where the boundaries of real transfer outputs break

54 outputs of XLM-R (Beukman's NERTransfer, MasakhaNER 1.0): nine source languages, three targets, two seeds; PER, ORG and LOC. `own` is
fine-tuned on the target language itself, `transfer` on another one. Boundary figures are means over outputs; classes
([anatomy](anatomy.md)) are shares of all predicted spans, `missed` of all gold spans, in per cent.
"""


class Output(NamedTuple):
    """One output: what it was fine-tuned on, what it reads, how it scores."""

    source: str
    target: str
    score: Score

    @property
    def kind(self) -> str:
        """Whether the target language's own labels were seen."""
        return "own" if self.source == self.target else "transfer"


def outputs(data: Path) -> list[Output]:
    """All outputs, scored."""
    root = data / "predictions" / "masakhaner1-transfer"
    found = []
    for folder in sorted(root.glob("*_to_*")):
        source, _, target = folder.name.rpartition("_seed")[0].partition("_to_")
        gold = from_file(root / "gold" / f"{target}.test.txt", target)
        tags = [sentence.tags for sentence in read_sentences(folder / "test_predictions.txt")]
        found.append(Output(source, target, evaluate(gold, of_tags(tags, gold), TYPES).score))
    return found


def page(found: Sequence[Output]) -> str:
    """The tables."""
    groups = {
        **{f"{kind}, all": [each for each in found if each.kind == kind] for kind in ("own", "transfer")},
        **{
            f"transfer to {lang}": [each for each in found if each.kind == "transfer" and each.target == lang]
            for lang in ("hau", "luo", "swa")
        },
    }
    figures = [[name, len(group), *_figures(group)] for name, group in groups.items()]
    shares = {
        error: [_share(group, error) for group in groups.values()]
        for error in sorted({name for each in found for name in each.score.errors})
    }
    kept = sorted((error for error in shares if max(shares[error]) >= 0.05), key=lambda error: -shares[error][1])
    shown = [[error, *shares[error]] for error in kept]
    lengths = [[size, *(_by_length(group, size) for group in groups.values())] for size in ("1", "2", "3", "4+")]
    tables = (
        (["outputs", "", "BP", "BR", "F1", "BP@50", "start P", "end P", "cond. BP"], figures),
        (["class", *groups], shown),
        (["words: recall", *groups], lengths),
    )
    return "\n".join([_HEAD, *(tabulate(rows, headers=heads, tablefmt="github", floatfmt=".1f") + "\n" for heads, rows in tables)])


_NAMES = (
    *("boundary.precision", "boundary.recall", "boundary.f1", "bp50", "start.precision", "end.precision"),
    "conditional_boundary_precision",
)


def _figures(group: Sequence[Output]) -> list[float]:
    columns = ([each.score.figures[name] for each in group] for name in _NAMES)
    return [100 * statistics.mean(value for value in column if value is not None) for column in columns]


def _share(group: Sequence[Output], error: str) -> float:
    counts: Counter[str] = sum((Counter(each.score.errors) for each in group), start=Counter())
    gold = sum(int(each.score.counts[:, 1].sum()) for each in group)
    return 100 * counts[error] / (gold if error == "missed" else sum(counts[name] for name in counts if name != "missed"))


def _by_length(group: Sequence[Output], size: str) -> float:
    recalls = [each.score.by_length[size].boundary.recall for each in group if each.score.by_length]
    return 100 * statistics.mean(recall for recall in recalls if recall is not None)


def main() -> int:
    """Write the page; the exit code."""
    data = Path(os.environ.get("BOUNDARYBENCH_DATA") or ROOT.parent / "shared" / "data")
    try:
        atomic.write_bytes(ROOT / "docs" / "transfer-anatomy.md", page(outputs(data)).encode())
    except BoundaryBenchError as error:
        log.error("transfer_anatomy: %s", error)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
