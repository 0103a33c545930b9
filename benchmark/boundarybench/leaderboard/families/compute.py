"""The declared pairs compared, test set by test set and group by group; what did not change is kept.

The tests are those of `compare` (comparison.py). Where both systems give scores, average precision and precision at fixed recalls are
compared beside the rank figure (uncertainty/ranking_differences.py).
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from ...comparison import REPLICATES, TEST, compare
from ...gold.load import load, suite_of
from ...gold.model import Gold
from ...protocol import RANK_FIGURE, signature
from ...scoring.ranking import NAMES
from ...scoring.scored_spans import ScoredSpans
from ...suites.manifests import known
from ...suites.pins import mean_name, ranked
from ...uncertainty.differences import FEW_UNITS, Sampled, SystemCounts, conclude, holm, mean
from ...uncertainty.intervals import NEARLY_ABSENT
from ...uncertainty.over_languages import OverLanguages, over_languages
from ...uncertainty.ranking_differences import sample_rankings
from ..rank import EXPOSURES
from ..readings import Readings
from ..store import Board, Entry, LanguageRow
from .groups import Group, groups, models_of
from .pair_results import COMPARED, Contrast, Declared, GroupContrast, PairResult, SetContrast
from .pairs import DeclaredPair

log = logging.getLogger("boundarybench")

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class _Sampled:
    """A pair on one test set, before any correction.

    Attributes:
        figures: by name (`COMPARED`), those that both have.
        too_few: those whose interval is too narrow.
    """

    differing: int
    runs: tuple[int, int]
    figures: dict[str, Sampled]
    too_few: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class _System:
    """A system on one test set: its runs, and the spans of its main predictions with their scores."""

    runs: SystemCounts
    scored: ScoredSpans | None


@dataclass(slots=True)
class _Work:
    """A pair that is compared anew: what there is of it so far, by suite and language."""

    pair: DeclaredPair
    found: dict[Key, _Sampled] = field(default_factory=dict)


def compare_pairs(
    readings: Readings,
    board: Board,
    pairs: Sequence[DeclaredPair],
    before: Board | None,
    unchanged: Collection[str],
    history: Mapping[Key, Declared] | None,
) -> tuple[PairResult, ...]:
    """The results of all declared pairs.

    Args:
        readings: what there is of the predictions.
        board: the entries, all of them fresh.
        pairs: that were checked, sorted.
        before: the board as it was.
        unchanged: names of the systems whose comparisons may be kept from there.
        history: when each pair was declared, by its names; None where that is not at hand, and what `before` says of it is kept.

    Raises:
        GoldUnavailable: gold of a pair that must be compared anew is not at hand.
    """
    old = {(result.a, result.b): result for result in before.pairs} if before else {}
    declared = {name: result.declared for name, result in old.items()} if history is None else history
    kept = {
        (pair.a, pair.b): result
        for pair in pairs
        if {pair.a, pair.b} <= set(unchanged) and (result := old.get((pair.a, pair.b))) and _holds(result, board.entries)
    }
    work = [_Work(pair) for pair in pairs if (pair.a, pair.b) not in kept]
    if work:
        log.info("comparing %d declared pair(s)", len(work))
    sets = {each.pair: _common(board.entries[each.pair.a], board.entries[each.pair.b]) for each in work}
    for suite, lang in dict.fromkeys(key for found in sets.values() for key in found):
        here = [each for each in work if (suite, lang) in sets[each.pair]]
        gold = load(suite, lang)
        outputs = {name: _system(readings, name, gold) for name in sorted({name for each in here for name in (each.pair.a, each.pair.b)})}
        for each in here:
            each.found[suite, lang] = _sample(gold, outputs[each.pair.a], outputs[each.pair.b])
    fresh = {(each.pair.a, each.pair.b): _result(each, sets[each.pair], board.entries) for each in work}
    return tuple(
        msgspec.structs.replace(result, declared=declared.get(name, "not known")) for name, result in sorted((kept | fresh).items())
    )


def _holds(result: PairResult, entries: Mapping[str, Entry]) -> bool:
    """Whether a result is what the same comparison would give now: of the same predictions, with the same groups of languages."""
    a, b = entries[result.a], entries[result.b]
    groups_now = [(suite, *group) for suite, found in _groups(a, b, _common(a, b)).items() for group in found]
    groups_then = [(group.suite, group.dimension, group.label, group.languages) for group in result.groups]
    return (result.contents, result.replicates, groups_then) == ((a.content, b.content), REPLICATES, groups_now)


def _common(a: Entry, b: Entry) -> dict[Key, tuple[LanguageRow, LanguageRow]]:
    """The test sets that both have, in the protocol's order."""
    of_a, of_b = ({(row.suite, row.lang): row for row in entry.rows} for entry in (a, b))
    order = [(suite.name, language.code) for suite in known().values() for language in suite.languages]
    return {key: (of_a[key], of_b[key]) for key in order if key in of_a and key in of_b}


def _groups(a: Entry, b: Entry, sets: Collection[Key]) -> dict[str, list[Group]]:
    models = models_of(a.system.facets, b.system.facets)
    found: dict[str, list[Group]] = {}
    for suite in known().values():
        langs = [lang for lang in ranked(suite) if (suite.name, lang) in sets]
        if langs:
            found[suite.name] = groups(suite, langs, *models)
    return found


def _system(readings: Readings, name: str, gold: Gold) -> _System:
    """A system's counts, of its runs where there are several, and the scores of its main predictions."""
    main, runs = readings.of(name, gold), readings.runs(name, gold)
    outputs = {run: readings.of(name, gold, run) for run in runs} if len(runs) > 1 else {"": main}
    return _System(SystemCounts(tuple(outputs), np.stack([each.counts for each in outputs.values()])), main.scored)


def _sample(gold: Gold, a: _System, b: _System) -> _Sampled:
    compared = compare(gold, a.runs, b.runs, [RANK_FIGURE])
    figures, too_few = dict(compared.figures), {RANK_FIGURE} if compared.differing < FEW_UNITS else set()
    if a.scored and b.scored:
        figures |= sample_rankings(a.scored, b.scored, gold.units, f"{gold.suite}/{gold.lang}")
        too_few |= set(NAMES) if min(a.scored.exact.sum(), b.scored.exact.sum()) < NEARLY_ABSENT else set()
    return _Sampled(compared.differing, compared.runs, figures, frozenset(too_few))


def _result(work: _Work, sets: Mapping[Key, tuple[LanguageRow, LanguageRow]], entries: Mapping[str, Entry]) -> PairResult:
    a, b = entries[work.pair.a], entries[work.pair.b]
    by_suite = _groups(a, b, sets)
    return PairResult(
        a=a.name,
        b=b.name,
        declared="not known",
        contents=(a.content, b.content),
        figures=COMPARED,
        replicates=REPLICATES,
        signatures={suite: _signature(suite, found[0][2], sets) for suite, found in by_suite.items()},
        sets=tuple(each for suite in known() for each in _sets(suite, work.found, sets)),
        groups=tuple(each for suite, found in by_suite.items() for each in _group_contrasts(suite, found, work.found)),
    )


def _signature(suite: str, langs: Sequence[str], sets: Mapping[Key, tuple[LanguageRow, LanguageRow]]) -> str:
    fingerprints = [sets[suite, lang][0].fingerprint for lang in langs]
    return signature(mean_name(suite_of(suite)), fingerprints, str(len(langs)), suite_of(suite).scored, replicates=REPLICATES, test=TEST)


def _sets(suite: str, found: Mapping[Key, _Sampled], sets: Mapping[Key, tuple[LanguageRow, LanguageRow]]) -> list[SetContrast]:
    keys = [key for key in sets if key[0] == suite]
    differences = _contrasts([found[key].figures for key in keys], [found[key].too_few for key in keys])
    return [
        SetContrast(
            suite=suite,
            lang=key[1],
            track=max((row.track for row in sets[key]), key=EXPOSURES.index),
            sentences=sets[key][0].sentences,
            differing=found[key].differing,
            runs=found[key].runs,
            differences=of_set,
        )
        for key, of_set in zip(keys, differences, strict=True)
    ]


def _group_contrasts(suite: str, wanted: Sequence[Group], found: Mapping[Key, _Sampled]) -> list[GroupContrast]:
    """The groups of a suite, each breakdown corrected on its own."""
    result = []
    for dimension in dict.fromkeys(group[0] for group in wanted):
        inside = [group for group in wanted if group[0] == dimension]
        # By group and figure, what the languages that have the figure give.
        parts = [{name: _having(name, [found[suite, lang] for lang in langs]) for name in COMPARED} for _, _, langs in inside]
        differences = _contrasts([{name: mean(having) for name, having in each.items() if having} for each in parts])
        result += [
            GroupContrast(suite, dimension, label, langs, of_group, _over_languages(each))
            for (_, label, langs), of_group, each in zip(inside, differences, parts, strict=True)
        ]
    return result


def _having(figure: str, sets: Sequence[_Sampled]) -> list[Sampled]:
    return [each.figures[figure] for each in sets if figure in each.figures]


def _over_languages(parts: Mapping[str, Sequence[Sampled]]) -> dict[str, OverLanguages]:
    """Each figure's difference where its languages are a sample of languages; too few have none."""
    general = {
        name: over_languages([each.b - each.a for each in inside], [each.variance for each in inside]) for name, inside in parts.items()
    }
    return {name: each for name, each in general.items() if each is not None}


def _contrasts(sampled: Sequence[Mapping[str, Sampled]], too_few: Sequence[Collection[str]] = ()) -> list[dict[str, Contrast]]:
    """What can be said of each by figure, with Holm's correction over those that have the figure."""
    found: list[dict[str, Contrast]] = [{} for _ in sampled]
    for name in COMPARED:
        having = [index for index, each in enumerate(sampled) if name in each]
        concluded = [conclude(sampled[index][name]) for index in having]
        adjusted = holm([each.p for each in concluded])
        for index, each, p_holm in zip(having, concluded, adjusted, strict=True):
            found[index][name] = Contrast(
                a=each.a,
                b=each.b,
                difference=each.difference,
                interval=each.interval,
                method=each.method,
                p=each.p,
                p_holm=p_holm,
                too_few=bool(too_few) and name in too_few[index],
            )
    return found
