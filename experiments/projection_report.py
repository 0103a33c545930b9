"""Every number of docs/projection.md: `python -m experiments.projection_report`, or `make projection-report`.

Taggers are trained (once; they are kept in the working folder), links are read from the store, everything is projected by every
method, and the tables are written to docs/projection-tables.md. The rows of the board are made by reference_rows.py.
"""

import argparse
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
from boundarybench.errors import BoundaryBenchError, UsageError
from boundarybench_baselines.alignment.links import WordPair
from boundarybench_baselines.projection.outcome import Projection
from boundarybench_baselines.projection.settings import METHODS, MatchingSettings, Settings, load

from . import corpora, corpus_links, leave_one_out, parallel_text, taggers
from .corpora import Corpus, Tag
from .projection_figures import Counts, count, fates, pairs_of, precision_at, run

log = logging.getLogger("boundarybench")

ROOT = Path(__file__).resolve().parents[1]
_ABOUT = """\
Boundary precision / recall / F1 in per cent: start and end both right, the type aside. The last column is the recommended method's
precision where its abstention offset gives the published heuristic's recall, and how far that is from the heuristic's own.
"""
_HEADS = ["set", *METHODS, "precision at the heuristic's recall"]


class Result(NamedTuple):
    """One set, projected by every method, and the recommended method's precision at the published heuristic's recall."""

    corpus: Corpus
    projections: dict[str, list[Projection]]
    counts: dict[str, Counts]
    at_recall: float | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the report; the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    args = _parser().parse_args(arguments)
    try:
        if not args.data.is_dir():
            raise UsageError(f"{args.data}: no such folder; say where the real data is with --data")
        tag = taggers.Translations(args.data, args.work).tag
        if args.align:
            _align(args.data, tag)
        if args.fit:
            sys.stdout.write(leave_one_out.report(args.data, tag))
        elif args.realign:
            _write("projection-realigned.md", _realigned(args.data, tag, args.realign))
        else:
            _report(args.data, args.work, tag)
    except BoundaryBenchError as error:
        log.error("projection_report: %s", error)
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m experiments.projection_report", description=__doc__)
    data = Path(os.environ.get("BOUNDARYBENCH_DATA") or ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=data, help="the folder of real data (default: BOUNDARYBENCH_DATA, or ../shared/data)")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "reference", help="where trained taggers are kept")
    parser.add_argument("--align", action="store_true", help="align anew and replace the stored links (eflomal; ten minutes)")
    parser.add_argument(
        "--fit",
        action="store_true",
        help="only learn the recommended weights on dev sentences, with each language left out too, and print them",
    )
    parser.add_argument("--realign", type=int, metavar="N", help="only align MasakhaNER 2.0 N times and write mean and deviation")
    return parser


def _report(data: Path, work: Path, tag: Tag) -> None:
    human = [_measure(corpora.masakhaner(data, lang, "test", tag), lang) for lang in corpora.MASAKHANER]
    dev = [_measure(corpora.masakhaner(data, lang, "dev", tag), lang) for lang in corpora.MASAKHANER]
    europarl = [_measure(corpora.europarl(data, lang), lang) for lang in corpora.EUROPARL]
    machine = [
        _measure(corpora.easy_label_projection(data, direction, system, tag), direction[:2])
        for direction in corpora.DIRECTIONS
        for system in corpora.SYSTEMS
    ]
    parts = [
        "<!-- Written by `make projection-report`; do not edit. What it says is in projection.md. -->\n# Projection: tables\n",
        _ABOUT,
        _section("Source taggers: typed F1", _taggers(data, work)),
        _section("(a) Europarl-NER: gold English entities, eflomal links", _table(europarl)),
        _section("(b) easy-label-projection: machine translations, our tagger, their links", _table(machine)),
        _section("(c) MasakhaNER 2.0 test: human translations, our tagger, eflomal links", _table(human)),
        _section("MasakhaNER 2.0 dev: the recommended weights of each language were learnt on the other nine", _table(dev)),
        _section("What became of the source entities, (c)", _fates(human)),
    ]
    _write("projection-tables.md", "\n".join(parts))


def _measure(corpus: Corpus, lang: str) -> Result:
    settings = _settings(lang)
    each = corpus.links if corpus.links is not None else corpus_links.intersected(corpus_links.load(corpus.name))
    log.info("projecting %s", corpus.name)
    pairs = pairs_of(corpus, each)
    projections = {method: run(pairs, chosen) for method, chosen in settings.items()}
    counts = {method: count(corpus.items, found) for method, found in projections.items()}
    recommended = settings["recommended"]
    if not isinstance(recommended, MatchingSettings):
        raise TypeError("the recommended method has no abstention offset")
    return Result(corpus, projections, counts, precision_at(counts["published-heuristic"].recall, corpus, pairs, recommended))


def _table(results: Sequence[Result]) -> str:
    rows = [[result.corpus.name, *(str(result.counts[method]) for method in METHODS), _at_recall(result)] for result in results]
    means = [
        " / ".join(
            f"{statistics.mean(getattr(result.counts[method], figure) for result in results):.1f}"
            for figure in ("precision", "recall", "f1")
        )
        for method in METHODS
    ]
    return tabulate([*rows, ["mean", *means, ""]], headers=_HEADS, tablefmt="github")


def _at_recall(result: Result) -> str:
    if result.at_recall is None:
        return "recall not reached"
    return f"{result.at_recall:.1f} ({result.at_recall - result.counts['published-heuristic'].precision:+.1f})"


def _fates(results: Sequence[Result]) -> str:
    rows = []
    for method in METHODS:
        total: Counter[str] = sum((fates(result.projections[method]) for result in results), start=Counter())
        rows.append([method, *(total[fate] for fate in ("projected", "no-link", "below-threshold", "lost")), sum(total.values())])
    return tabulate(rows, headers=["method", "projected", "no link", "below threshold", "lost", "all"], tablefmt="github")


def _taggers(data: Path, work: Path) -> str:
    rows = []
    for language in taggers.LANGUAGES:
        with taggers.tagger(data, work, language) as model:
            scores = [
                taggers.typed_f1_on(model, read_sentences(data / "source-ner" / language / f"{split}.txt")) for split in ("dev", "test")
            ]
        rows.append([language, " + ".join(taggers.RECIPES[f"tagger-{language}"].sets), *(f"{score:.2f}" for score in scores)])
    return tabulate(rows, headers=["tagger", "trained on", "dev", "test"], tablefmt="github", disable_numparse=True)


def _align(data: Path, tag: Tag) -> None:
    for lang in corpora.MASAKHANER:
        log.info("aligning %s", lang)
        sets = [corpora.masakhaner(data, lang, split, tag) for split in ("dev", "test")]
        for corpus, found in zip(sets, corpus_links.align(sets, _parallel(data, lang)), strict=True):
            corpus_links.store(corpus.name, found)
    for lang in corpora.EUROPARL:
        corpus = corpora.europarl(data, lang)
        corpus_links.store(corpus.name, corpus_links.align([corpus])[0])


def _settings(lang: str) -> dict[str, Settings]:
    return {method: load(method, lang=lang) for method in METHODS}


def _parallel(data: Path, lang: str) -> list[WordPair]:
    return [pair.words(lang) for pair in parallel_text.pairs(data, lang)]


def _realigned(data: Path, tag: Tag, times: int) -> str:
    found: dict[str, list[dict[str, float]]] = {}
    for turn in range(times):
        for lang in corpora.MASAKHANER:
            log.info("realigning %s, %d of %d", lang, turn + 1, times)
            sets = [corpora.masakhaner(data, lang, split, tag) for split in ("dev", "test")]
            _, test = corpus_links.align(sets, _parallel(data, lang))
            pairs = pairs_of(sets[1], corpus_links.intersected(test))
            f1 = {method: count(sets[1].items, run(pairs, chosen)).f1 for method, chosen in _settings(lang).items()}
            found.setdefault(lang, []).append(f1)
    rows = [[lang, *(_spread([f1[method] for f1 in turns]) for method in METHODS)] for lang, turns in found.items()]
    means = [_spread([statistics.mean(turns[turn][method] for turns in found.values()) for turn in range(times)]) for method in METHODS]
    head = f"<!-- Written by `make projection-realigned`; do not edit. -->\n# Projection: links aligned anew, {times} times\n"
    about = "Boundary F1 in per cent on MasakhaNER 2.0 test: mean and standard deviation over the alignments.\n"
    return "\n".join([head, about, tabulate([*rows, ["mean", *means]], headers=["language", *METHODS], tablefmt="github"), ""])


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.mean(values):.1f} ± {statistics.stdev(values):.2f}" if len(values) > 1 else f"{values[0]:.1f}"


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}\n"


def _write(name: str, text: str) -> None:
    atomic.write_bytes(ROOT / "docs" / name, text.encode())
    log.info("wrote docs/%s", name)


if __name__ == "__main__":
    sys.exit(main())
