"""The declared pairs compared, test set by test set and group by group; what did not change is kept.

The tests are those of `compare` (comparison.py). Where both systems give scores, boundary precision at matched recall is
compared beside BP@50 (uncertainty/matched.py).
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
from ...scoring.matched_recall import Scored
from ...suites.manifests import known
from ...suites.pins import mean_name, ranked
from ...uncertainty.differences import FEW_UNITS, Sampled, SystemCounts, conclude, holm, mean
from ...uncertainty.intervals import NEARLY_ABSENT
from ...uncertainty.matched_differences import sample_matched
from ..rank import EXPOSURES
from ..readings import Readings
from ..store import Board, Entry, LanguageRow
from .groups import Group, groups, models_of
from .pair_results import Contrast, Declared, GroupContrast, PairResult, SetContrast
from .pairs import DeclaredPair

log = logging.getLogger("boundarybench")

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class _Sampled:
    """A pair on one test set, before any correction."""

    differing: int
    runs: tuple[int, int]
    bp50: Sampled | None
    matched: Sampled | None
    recall: float | None


@dataclass(frozen=True, slots=True, eq=False)
class _System:
    """A system on one test set: its runs, and the spans of its main predictions by score."""

    runs: SystemCounts
    scored: Scored | None


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
    return result.contents == (a.content, b.content) and result.replicates == REPLICATES and groups_then == groups_now


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
    matched = sample_matched(a.scored, b.scored, gold.units, f"{gold.suite}/{gold.lang}") if a.scored and b.scored else None
    precision, recall = matched or (None, None)
    return _Sampled(compared.differing, compared.runs, compared.figures.get(RANK_FIGURE), precision, recall)


def _result(work: _Work, sets: Mapping[Key, tuple[LanguageRow, LanguageRow]], entries: Mapping[str, Entry]) -> PairResult:
    a, b = entries[work.pair.a], entries[work.pair.b]
    by_suite = _groups(a, b, sets)
    return PairResult(
        a=a.name,
        b=b.name,
        declared="not known",
        contents=(a.content, b.content),
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
    few = [found[key].differing < FEW_UNITS for key in keys]
    bp50 = _contrasts([found[key].bp50 for key in keys], few)
    right = [(found[key].recall or 0) * sets[key][0].gold for key in keys]
    matched = _contrasts([found[key].matched for key in keys], [spans < NEARLY_ABSENT - 0.5 for spans in right])
    return [
        SetContrast(
            suite=suite,
            lang=key[1],
            track=max((row.track for row in sets[key]), key=EXPOSURES.index),
            sentences=sets[key][0].sentences,
            differing=found[key].differing,
            runs=found[key].runs,
            bp50=of_bp50,
            matched=of_matched,
            recall=found[key].recall,
        )
        for key, of_bp50, of_matched in zip(keys, bp50, matched, strict=True)
    ]


def _group_contrasts(suite: str, wanted: Sequence[Group], found: Mapping[Key, _Sampled]) -> list[GroupContrast]:
    """The groups of a suite, each breakdown corrected on its own."""
    result = []
    for dimension in dict.fromkeys(group[0] for group in wanted):
        inside = [group for group in wanted if group[0] == dimension]
        bp50 = _contrasts([_mean([found[suite, lang].bp50 for lang in langs]) for _, _, langs in inside])
        matched = _contrasts([_mean([found[suite, lang].matched for lang in langs]) for _, _, langs in inside])
        result += [
            GroupContrast(suite, dimension, label, langs, of_bp50, of_matched)
            for (_, label, langs), of_bp50, of_matched in zip(inside, bp50, matched, strict=True)
        ]
    return result


def _mean(parts: Sequence[Sampled | None]) -> Sampled | None:
    """The mean over the test sets that have the figure."""
    known = [part for part in parts if part is not None]
    return mean(known) if known else None


def _contrasts(sampled: Sequence[Sampled | None], few: Sequence[bool] = ()) -> list[Contrast | None]:
    """What can be said of each, with Holm's correction over those that have the figure."""
    concluded = {index: conclude(each) for index, each in enumerate(sampled) if each is not None}
    adjusted = dict(zip(concluded, holm([each.p for each in concluded.values()]), strict=True))
    return [
        Contrast(
            a=each.a,
            b=each.b,
            difference=each.difference,
            interval=each.interval,
            method=each.method,
            p=each.p,
            p_holm=adjusted[index],
            too_few=bool(few) and few[index],
        )
        if (each := concluded.get(index))
        else None
        for index in range(len(sampled))
    ]
