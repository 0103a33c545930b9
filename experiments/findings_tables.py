"""The tables behind docs/findings.md that no other page has: docs/findings-tables.md. `make findings-tables`.

Everything is computed from the committed predictions and published figures with the gold at hand; nothing is trained or run.
"""

import json
import logging
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as students_t
from tabulate import tabulate

from boundarybench import atomic
from boundarybench.cli.main import main as boundarybench
from boundarybench.errors import BoundaryBenchError, UsageError
from boundarybench.gold.load import load
from boundarybench.gold.model import Gold
from boundarybench.leaderboard.published import lines
from boundarybench.protocol import RANK_FIGURE
from boundarybench.scoring.score import Score
from boundarybench.submission.folder import prediction_file
from boundarybench_baselines.translation import stored_translations

from . import corpora
from .projection_figures import score_of
from .projection_report import ROOT

log = logging.getLogger("boundarybench")

_SUITE = "masakhaner2"
_HUMAN = tuple(corpora.MASAKHANER)
_FIGURES = (RANK_FIGURE, "bp50", "boundary.precision", "boundary.recall", "boundary.f1", "typed.f1")
_METHODS = ("heuristic", "ngram", "tagger")
#: Pairs of published methods: A, B.
_FAMILIES = tuple(("model-transfer", f"{way}-{method}") for way in ("s2t", "t2t") for method in _METHODS)
_CHOICES = (
    ("s2t-heuristic", "s2t-ngram"),
    ("s2t-heuristic", "s2t-tagger"),
    *((f"s2t-{method}", f"t2t-{method}") for method in _METHODS),
)


class Contrast(NamedTuple):
    """Two rows of the board, and the suite on which they are compared."""

    a: str
    b: str
    suite: str


CONTRASTS = (
    Contrast("scratch-transfer-news", "scratch-projection-gloss", _SUITE),
    Contrast("scratch-transfer-conll", "scratch-projection-gloss", _SUITE),
    Contrast("scratch-transfer-news", "scratch-projection-gloss-heuristic", _SUITE),
    Contrast("scratch-transfer-news", "scratch-projection-mt", _SUITE),
    Contrast("scratch-transfer-news", "scratch-projection-human", _SUITE),
    Contrast("scratch-projection-gloss-heuristic", "scratch-projection-gloss", _SUITE),
    Contrast("scratch-projection-mt-heuristic", "scratch-projection-mt", _SUITE),
    Contrast("scratch-projection-human-heuristic", "scratch-projection-human", _SUITE),
    Contrast("scratch-projection-human-heuristic", "scratch-projection-human-ngrams", _SUITE),
    Contrast("scratch-projection-human", "scratch-projection-human-gold-mentions", _SUITE),
    Contrast("scratch-transfer-conll", "scratch-transfer-panx", _SUITE),
    Contrast("scratch-transfer-conll", "scratch-transfer-panx", "xtreme"),
)

#: Rows side by side on the ten languages with human translations, and those whose errors are classified.
_ROWS = (
    "scratch-transfer-conll",
    "scratch-transfer-news",
    "scratch-projection-gloss-heuristic",
    "scratch-projection-gloss",
    "scratch-projection-human-ngrams",
    "scratch-projection-human-heuristic",
    "scratch-projection-human",
    "scratch-projection-human-gold-mentions",
)
_CLASSIFIED = ("scratch-transfer-conll", "scratch-transfer-news", "scratch-projection-gloss", "scratch-projection-human")

_HEAD = """\
<!-- Written by `make findings-tables`; do not edit. What it says is in findings.md. -->
# Findings: tables

Per cent, means over languages. Everything is computed from the predictions in `submissions/`, the published figures in
`benchmark/boundarybench/leaderboard/published/` and the gold.
"""
_PUBLISHED = """\
Typed figures that Politov et al. 2025 report, B - A: means over the languages, with 95 % intervals by Student's t over the languages (what
other languages would give; not the sampling of sentences), and in how many languages B is higher. `s2t` carries entities from the
translation, `t2t` from its back-translation; `heuristic`, `ngram` (all n-grams as candidates) and `tagger` (spans of a multilingual tagger
as candidates) are the ways to match.
"""
_CONTRASTS = """\
B - A in points, with 95 % intervals over the units of these test sets (paired bootstrap, as `boundarybench compare A B` gives them), and in
how many languages a difference in BP@75 is shown after Holm's correction: B better / not shown / A better. Means are over the
languages of the suite's mean that both have; the languages counted are all that both have.
"""
_SHARED = """\
The ten languages with human translations (bbj and pcm among them, which the suite's mean leaves out). First over all their test sentences,
then over those that have a human translation: the same sentences for every row.
"""
_ERRORS = """\
Shares of all predicted spans, `missed` of all gold spans, over the ten languages' sentences with a human translation.
"""


def main() -> int:
    """Write the page; the exit code."""
    data = Path(os.environ.get("BOUNDARYBENCH_DATA") or ROOT.parent / "shared" / "data").resolve()
    os.environ["BOUNDARYBENCH_DATA"] = str(data)
    os.chdir(ROOT)
    try:
        parts = [_HEAD, "## Published figures: projection against transfer\n", _PUBLISHED, _published(_FAMILIES), ""]
        parts += ["## Published figures: one choice against another\n", _published(_CHOICES), ""]
        parts += ["## Rows of the board, compared\n", _CONTRASTS, _contrasts(), ""]
        parts += ["## The ten languages with human translations\n", _SHARED, _side_by_side(data, all_sentences=True), ""]
        parts += [_side_by_side(data, all_sentences=False), "", "## Where their boundaries break\n", _ERRORS, _classes(data), ""]
        atomic.write_bytes(ROOT / "docs" / "findings-tables.md", "\n".join(parts).encode())
    except BoundaryBenchError as error:
        log.error("findings_tables: %s", error)
        return error.exit_code
    return 0


def _published(pairs: Sequence[tuple[str, str]]) -> str:
    found = {(row["suite"], row["lang"], row["method"], row["aligner"]): row for row in lines("politov-2025.csv")}
    rows = []
    for suite, (a, b), aligner in product(("masakhaner2", "xtreme", "europarl-ner"), pairs, ("awesome", "simalign")):
        sides = [(a, "" if a == "model-transfer" else aligner), (b, aligner)]
        langs = [
            lang
            for lang in dict.fromkeys(lang for name, lang, *_ in found if name == suite)
            if all((suite, lang, *side) in found for side in sides)
        ]
        if not langs:
            continue
        shown = []
        for figure in ("precision", "recall", "f1"):
            before, after = ([100 * float(found[suite, lang, *side][figure]) for lang in langs] for side in sides)
            differences = [there - here for here, there in zip(before, after, strict=True)]
            shown.append(f"{_with_interval(differences)}; {sum(each > 0 for each in differences)}")
        rows.append([f"{suite} ({len(langs)})", a, b, aligner, *shown])
    return _tabulated(rows, ["suite", "A", "B", "aligner", "precision; B higher in", "recall; B higher in", "F1; B higher in"])


def _with_interval(values: Sequence[float]) -> str:
    mean, error = statistics.mean(values), statistics.stdev(values) / len(values) ** 0.5
    half = error * float(students_t.ppf(0.975, len(values) - 1))
    return f"{mean:+.1f} ({mean - half:+.1f} to {mean + half:+.1f})"


def _contrasts() -> str:
    rows = []
    for contrast in CONTRASTS:
        mean = _compared(contrast)["means"][contrast.suite]
        shown = [_difference(mean["differences"][figure]) for figure in _FIGURES]
        tally = mean["verdicts"][RANK_FIGURE]
        votes = " / ".join(str(tally[verdict]) for verdict in ("B is better", "no difference shown", "A is better"))
        rows.append([contrast.a, contrast.b, f"{contrast.suite} ({len(mean['languages'])})", *shown, votes])
    return _tabulated(rows, ["A", "B", "suite", "BP@75", "BP@50", "BP", "BR", "F1", "typed F1", "languages"])


def _compared(contrast: Contrast) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "compared.json")
        sides = [str(Path("submissions", name)) for name in (contrast.a, contrast.b)]
        words = ["compare", *sides, "--suite", contrast.suite, "--figure", *_FIGURES, "--format", "json", "-o", str(path)]
        if code := boundarybench(words):
            raise UsageError(f"boundarybench {' '.join(words)}: exit code {code}")
        return json.loads(path.read_text("utf-8"))["systems"][0]


def _difference(found: dict[str, Any]) -> str:
    low, high = found["interval"]
    return f"{100 * found['difference']:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


_SIDE_BY_SIDE = (
    *(RANK_FIGURE, "bp50", "boundary.precision", "boundary.recall", "boundary.f1", "typed.f1", "start.precision", "end.precision"),
    "conditional_boundary_precision",
)


def _side_by_side(data: Path, *, all_sentences: bool) -> str:
    rows = []
    for name in _ROWS:
        figures = [score.figures for score in _scores(data, name, all_sentences=all_sentences)]
        columns = ([each[figure] for each in figures] for figure in _SIDE_BY_SIDE)
        rows.append(
            [
                name,
                *(f"{100 * statistics.mean(value for value in column if value is not None):.1f}" for column in columns),
            ]
        )
    which = "all sentences" if all_sentences else "sentences with a human translation"
    return _tabulated(rows, [which, "BP@75", "BP@50", "BP", "BR", "F1", "typed F1", "start P", "end P", "cond. BP"])


def _classes(data: Path) -> str:
    shares = {}
    for name in _CLASSIFIED:
        scores = list(_scores(data, name, all_sentences=False))
        counts = {error: sum(score.errors[error] for score in scores) for error in scores[0].errors}
        gold = sum(int(score.counts[:, 1].sum()) for score in scores)
        predicted = sum(counts.values()) - counts["missed"]
        shares[name] = {error: 100 * found / (gold if error == "missed" else predicted) for error, found in counts.items()}
    first = shares[_CLASSIFIED[0]]
    kept = sorted((error for error in first if max(each[error] for each in shares.values()) >= 0.5), key=lambda error: -first[error])
    return _tabulated([[error, *(f"{each[error]:.1f}" for each in shares.values())] for error in kept], ["class", *shares])


def _scores(data: Path, name: str, *, all_sentences: bool) -> Iterator[Score]:
    for lang in _HUMAN:
        gold = load(_SUITE, lang)
        keep = None if all_sentences else _translated(data, lang, gold)
        yield score_of(prediction_file(Path("submissions", name, _SUITE), lang), gold, keep)


def _translated(data: Path, lang: str, gold: Gold) -> NDArray[np.bool_]:
    """Which test sentences of a language have a human translation."""
    known = {each.id for each in stored_translations.read(data / "translations" / _SUITE / "test" / f"{lang}.jsonl")}
    return np.array([id_ in known for id_ in gold.ids()])


def _tabulated(rows: Sequence[Sequence[str]], headers: Sequence[str]) -> str:
    return tabulate(rows, headers=headers, tablefmt="github", disable_numparse=True)


if __name__ == "__main__":
    sys.exit(main())
