"""The recommended weights, learnt on dev sentences of ten languages; for each of them on the other nine, so that runs on it are zero-shot.

The abstention offset is that of the log-odds (against no span) with the best mean boundary F1 on the languages that weights were learnt on.
"""

import statistics
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tabulate import tabulate

from boundarybench_baselines.alignment.symmetrise import Choice, symmetrise
from boundarybench_baselines.projection.pair import SentencePair
from boundarybench_baselines.projection.project import match, scored
from boundarybench_baselines.projection.settings import MatchingSettings, load
from boundarybench_baselines.projection.surface import Terms

from . import corpora, corpus_links, weights
from .corpora import Corpus, Tag
from .projection_figures import count, pairs_of, run

_CHOICES: tuple[Choice, ...] = ("intersection", "grow-diag", "grow-diag-final-and", "union", "forward", "reverse")
LOG_ODDS = (-2.5, -2.0, -1.5, -1.0, -0.5, 0.0)


def report(data: Path, tag: Tag) -> str:
    """The weights and offsets, as they stand in methods/recommended.toml, and what the offset was chosen by."""
    recommended = load("recommended")
    if not isinstance(recommended, MatchingSettings) or recommended.max_words is None:
        raise TypeError("the recommended method matches candidates of some length")
    sets = {}
    for lang in corpora.MASAKHANER:
        corpus = corpora.masakhaner(data, lang, "dev", tag)
        sets[lang] = corpus, pairs_of(corpus, corpus_links.intersected(corpus_links.load(corpus.name)))
    choices = {
        lang: weights.choices(zip(corpus.items, pairs, strict=True), recommended.max_words) for lang, (corpus, pairs) in sets.items()
    }
    parts = []
    for without in (None, *sets):
        others = [lang for lang in sets if lang != without]
        fitted = weights.fit(choices[lang] for lang in others)
        rounded = dict(zip(Terms._fields, (round(weight, 2) for weight in fitted.weights), strict=True))
        settings = replace(recommended, weights=rounded)
        f1 = _by_offset([sets[lang] for lang in others], settings, [round(fitted.offset(odds), 3) for odds in LOG_ODDS])
        best = max(f1, key=lambda offset: f1[offset])
        parts.append(_shown(without, rounded, best, f1))
    return "\n".join([*parts, _symmetrised({lang: corpus for lang, (corpus, _) in sets.items()})])


def _symmetrised(sets: dict[str, Corpus]) -> str:
    """Dev F1 by how both directions of links become one set; and which is best on the mean of nine languages, whichever is left out."""
    found = {}
    for choice in _CHOICES:
        for lang, corpus in sets.items():
            each = [symmetrise(*both, choice) for both in corpus_links.load(corpus.name)]
            found[choice, lang] = count(corpus.items, run(pairs_of(corpus, each), load("recommended", lang=lang))).f1
    rows = [[choice, *(found[choice, lang] for lang in sets)] for choice in _CHOICES]
    best = {max(_CHOICES, key=lambda choice: sum(found[choice, lang] for lang in sets if lang != without)) for without in sets}
    table = tabulate(rows, headers=["links", *sets], floatfmt=".1f")
    return f"# dev F1 by links; best on nine languages, whichever is left out: {', '.join(sorted(best))}\n{table}\n"


def _by_offset(
    sets: Sequence[tuple[Corpus, list[SentencePair]]], settings: MatchingSettings, offsets: Sequence[float]
) -> dict[float, float]:
    """Mean boundary F1 (per cent) over the sets at each offset."""
    found: dict[float, list[float]] = {offset: [] for offset in offsets}
    for corpus, pairs in sets:
        candidates = [scored(pair, settings) for pair in pairs]
        for offset, f1 in found.items():
            at = replace(settings, abstain=offset)
            f1.append(count(corpus.items, [match(pair, each, at) for pair, each in zip(pairs, candidates, strict=True)]).f1)
    return {offset: statistics.mean(f1) for offset, f1 in found.items()}


def _shown(without: str | None, learnt: dict[str, float], offset: float, f1: dict[float, float]) -> str:
    tried = ", ".join(f"{each} ({odds}): {mean:.2f}" for odds, (each, mean) in zip(LOG_ODDS, f1.items(), strict=True))
    lines = [f"# mean dev F1 by offset (log-odds): {tried}"]
    if without is None:
        values = [f"{name} = {weight:.2f}" for name, weight in learnt.items()]
        return "\n".join([*lines, f"abstain = {offset}", "", "[weights]", *values, ""])
    values = [f"{name} = {weight:.2f}" for name, weight in learnt.items()]
    return "\n".join([f"[without.{without}]", *lines, f"abstain = {offset}", f"weights = {{ {', '.join(values)} }}", ""])
