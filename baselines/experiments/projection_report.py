"""Every number of docs/projection.md: `python -m baselines.experiments.projection_report`, or `make projection-report`.

Taggers are trained (once; they are kept in the working folder), links are read from the store, everything is projected by every
method, and the tables and the rows of the board are written. The tables go to docs/projection-tables.md, the rows to submissions/.
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

from benchmark import atomic
from benchmark.columns import read_sentences
from benchmark.errors import BoundaryBenchError, UsageError

from ..projection.outcome import Projection
from ..projection.settings import METHODS, MatchingSettings, Settings, load
from ..projection.surface import Terms
from . import corpora, links, submission, taggers, weights
from .corpora import Corpus, Tag
from .figures import Counts, count, fates, pairs_of, precision_at, run

log = logging.getLogger("boundarybench")

ROOT = Path(__file__).resolve().parents[2]
#: The methods that go on the board, and how it describes them.
ROWS = {
    "recommended": "Human translations, CRF tagger, eflomal links, exact matching on links and the look of words, with abstention.",
    "published-heuristic": "The published heuristic (d=1, threshold 0.8) on the translations, tagger and links of the recommended row.",
}
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
            sys.stdout.write(_fitted(args.data, tag))
        elif args.realign:
            _write("projection-realigned.md", _realigned(args.data, tag, args.realign))
        else:
            _report(args.data, args.work, tag)
    except BoundaryBenchError as error:
        log.error("projection_report: %s", error)
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m baselines.experiments.projection_report", description=__doc__)
    data = Path(os.environ.get("BOUNDARYBENCH_DATA") or ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=data, help="the folder of real data (default: BOUNDARYBENCH_DATA, or ../shared/data)")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "projection", help="where trained taggers are kept")
    parser.add_argument("--align", action="store_true", help="align anew and replace the stored links (eflomal; ten minutes)")
    parser.add_argument("--fit", action="store_true", help="only learn the recommended weights on dev sentences, and print them")
    parser.add_argument("--realign", type=int, metavar="N", help="only align MasakhaNER 2.0 N times and write mean and deviation")
    return parser


def _report(data: Path, work: Path, tag: Tag) -> None:
    settings = {method: load(method) for method in METHODS}
    human = [_measure(corpora.masakhaner(data, lang, "test", tag), settings) for lang in corpora.MASAKHANER]
    dev = [_measure(corpora.masakhaner(data, lang, "dev", tag), settings) for lang in corpora.MASAKHANER]
    europarl = [_measure(corpora.europarl(data, lang), settings) for lang in corpora.EUROPARL]
    machine = [
        _measure(corpora.easy_label_projection(data, direction, system, tag), settings)
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
        _section("MasakhaNER 2.0 dev, which the recommended settings were chosen on", _table(dev)),
        _section("What became of the source entities, (c)", _fates(human)),
    ]
    _write("projection-tables.md", "\n".join(parts))
    for method, description in ROWS.items():
        _submit(data, method, description, human)


def _measure(corpus: Corpus, settings: dict[str, Settings]) -> Result:
    each = corpus.links if corpus.links is not None else links.intersected(links.load(corpus.name))
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
    for language, trained_on in taggers.TRAINED_ON.items():
        with taggers.tagger(data, work, language) as model:
            scores = [
                taggers.typed_f1_on(model, read_sentences(data / "source-ner" / language / f"{split}.txt")) for split in ("dev", "test")
            ]
        rows.append([language, " + ".join(trained_on), *(f"{score:.2f}" for score in scores)])
    return tabulate(rows, headers=["tagger", "trained on", "dev", "test"], tablefmt="github", disable_numparse=True)


def _align(data: Path, tag: Tag) -> None:
    for lang in corpora.MASAKHANER:
        log.info("aligning %s", lang)
        sets = [corpora.masakhaner(data, lang, split, tag) for split in ("dev", "test")]
        for corpus, found in zip(sets, links.align(sets, list(corpora.parallel(data, lang))), strict=True):
            links.store(corpus.name, found)
    for lang in corpora.EUROPARL:
        corpus = corpora.europarl(data, lang)
        links.store(corpus.name, links.align([corpus])[0])


def _fitted(data: Path, tag: Tag) -> str:
    recommended = load("recommended")
    max_words = recommended.max_words if isinstance(recommended, MatchingSettings) else None
    sentences = []
    for lang in corpora.MASAKHANER:
        corpus = corpora.masakhaner(data, lang, "dev", tag)
        sentences += list(zip(corpus.items, pairs_of(corpus, links.intersected(links.load(corpus.name))), strict=True))
    fitted = weights.fit(sentences, max_words or 10)
    lines = [f"{name} = {weight:.2f}" for name, weight in zip(Terms._fields, fitted.weights, strict=True)]
    offsets = [f"{fitted.offset(odds):.3f} at log-odds {odds}" for odds in (-2.0, -1.5, -1.0, -0.5, 0.0)]
    return "\n".join([*lines, "abstain = " + ", ".join(offsets), ""])


def _realigned(data: Path, tag: Tag, times: int) -> str:
    settings = {method: load(method) for method in METHODS}
    found: dict[str, list[dict[str, float]]] = {}
    for turn in range(times):
        for lang in corpora.MASAKHANER:
            log.info("realigning %s, %d of %d", lang, turn + 1, times)
            sets = [corpora.masakhaner(data, lang, split, tag) for split in ("dev", "test")]
            _, test = links.align(sets, list(corpora.parallel(data, lang)))
            pairs = pairs_of(sets[1], links.intersected(test))
            f1 = {method: count(sets[1].items, run(pairs, chosen)).f1 for method, chosen in settings.items()}
            found.setdefault(lang, []).append(f1)
    rows = [[lang, *(_spread([f1[method] for f1 in turns]) for method in METHODS)] for lang, turns in found.items()]
    means = [_spread([statistics.mean(turns[turn][method] for turns in found.values()) for turn in range(times)]) for method in METHODS]
    head = f"<!-- Written by `make projection-realigned`; do not edit. -->\n# Projection: links aligned anew, {times} times\n"
    about = "Boundary F1 in per cent on MasakhaNER 2.0 test: mean and standard deviation over the alignments.\n"
    return "\n".join([head, about, tabulate([*rows, ["mean", *means]], headers=["language", *METHODS], tablefmt="github"), ""])


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.mean(values):.1f} ± {statistics.stdev(values):.2f}" if len(values) > 1 else f"{values[0]:.1f}"


def _submit(data: Path, method: str, description: str, results: Sequence[Result]) -> None:
    name = f"projection-human-{method}"
    predictions = {}
    for lang, result in zip(corpora.MASAKHANER, results, strict=True):
        lengths = [len(sentence.tags) for sentence in corpora.masakhaner_gold(data, lang, "test")]
        projected = {item.id: found for item, found in zip(result.corpus.items, result.projections[method], strict=True)}
        predictions[lang] = submission.prediction_lines(lang, lengths, projected)
    selection = "weights and offset on MasakhaNER 2.0 dev, ten languages" if method == "recommended" else "none: settings as published"
    about = submission.system(name, f"{description} Sentences without a translation are all O.", list(predictions), selection)
    submission.write(ROOT / "submissions" / name, about, predictions)


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}\n"


def _write(name: str, text: str) -> None:
    atomic.write_bytes(ROOT / "docs" / name, text.encode())
    log.info("wrote docs/%s", name)


if __name__ == "__main__":
    sys.exit(main())
