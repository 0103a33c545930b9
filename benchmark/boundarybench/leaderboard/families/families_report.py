"""The families' answer as plain JSON, from a board: what `families --format json` writes and what the site shows."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import msgspec

from ...comparison import REPLICATES
from ...gold.load import suite_of
from ...languages import sources
from ...protocol import RANK_FIGURE
from ...suites.manifests import known
from ...suites.pins import ranked
from ...uncertainty import ranking_differences
from ...uncertainty.claims import both_claims, in_languages_like_these, on_these
from ...uncertainty.differences import verdict, winner
from ...uncertainty.over_languages import OverLanguages, p_over_languages
from ..rank import EXPOSURES
from ..store import Board
from . import families_tables
from .budgets import compare_budgets
from .envelope import envelope, means
from .groups import CONTRASTS, DOMAINS
from .pair_results import COMPARED, Contrast, GroupContrast, PairResult, SetContrast

INTRO = (
    "Which family finds boundaries better? Systems are compared as families where they share source data and encoder: such pairs are "
    "declared, and tested language by language (differences are B - A, in points). A pair is equal-budget where both systems were given "
    "the same, else it compares them as used, and says what differs. The envelope, the best system of each family per language, is shown "
    "without tests: picking the best on test data is selection."
)


def as_json(board: Board) -> dict[str, Any]:
    """The report: `intro` and `tables` for a reader, the same as values under the other keys."""
    lines = envelope(board)
    report: dict[str, Any] = {
        "intro": INTRO,
        "rank_figure": RANK_FIGURE,
        "replicates": {name: REPLICATES if name == RANK_FIGURE else ranking_differences.REPLICATES for name in COMPARED},
        "pairs": [_pair(pair, board) for pair in board.pairs],
        "envelope": [asdict(line) for line in lines],
        "envelope_means": [asdict(mean) for mean in means(lines)],
        "sources": sources(),
    }
    return {**report, "tables": [asdict(table) for table in families_tables.all_tables(report)]}


def for_readers(board: Board) -> dict[str, Any] | None:
    """The part of the report that a page shows: `intro` and `tables`; None where there is nothing to show."""
    report = as_json(board)
    return {"intro": report["intro"], "tables": report["tables"]} if report["tables"] else None


def _pair(pair: PairResult, board: Board) -> dict[str, Any]:
    return {
        "a": pair.a,
        "b": pair.b,
        "families": [board.entries[name].system.family for name in (pair.a, pair.b)],
        "declared": pair.declared,
        "budget": asdict(compare_budgets(*(board.entries[name].system.budget for name in (pair.a, pair.b)))),
        "suites": [_suite(pair, suite) for suite in known() if suite in pair.signatures],
        "sets": [_set(each) for each in pair.sets],
        "contrasts": [found for codes in CONTRASTS if (found := _domains(pair, codes))],
    }


def _suite(pair: PairResult, suite: str) -> dict[str, Any]:
    sets = {each.lang: each for each in pair.sets if each.suite == suite}
    found = [_group(group, [sets[lang] for lang in group.languages]) for group in pair.groups if group.suite == suite]
    inside = [sets[lang] for lang in found[0]["languages"]]
    return {
        "suite": suite,
        "signature": pair.signatures[suite],
        "missing_languages": [lang for lang in ranked(suite_of(suite)) if lang not in sets],
        "track": max((each.track for each in inside), key=EXPOSURES.index),
        "not_zero_shot": sum(each.track != EXPOSURES[0] for each in inside),
        "sampling_error_only": any(runs == 1 for each in inside for runs in each.runs),
        "mean": found[0],
        "groups": found[1:],
    }


def _group(group: GroupContrast, inside: Sequence[SetContrast]) -> dict[str, Any]:
    """A mean with both its claims, and how many of the test sets `inside` have each verdict."""
    having = {name: [each.differences[name] for each in inside if name in each.differences] for name in group.differences}
    return {
        "dimension": group.dimension,
        "label": group.label,
        "languages": list(group.languages),
        "differences": _contrasts(group.differences),
        "over_languages": {
            name: {**asdict(general), "verdict": in_languages_like_these(_winner(general))}
            if (general := group.over_languages.get(name))
            else None
            for name in group.differences
        },
        "claims": {name: _claims(each, len(having[name]), group.over_languages.get(name)) for name, each in group.differences.items()},
        "tally": {name: _tally(each) for name, each in having.items()},
    }


def _claims(each: Contrast, languages: int, general: OverLanguages | None) -> str:
    here = winner(each.difference, each.p_holm)
    return both_claims(on_these(here, languages), here, _winner(general) if general else None)


def _winner(general: OverLanguages) -> str:
    return winner(general.estimate, p_over_languages(general))


def _set(each: SetContrast) -> dict[str, Any]:
    return {
        **{name: getattr(each, name) for name in ("suite", "lang", "track", "sentences", "differing")},
        "runs": list(each.runs),
        "differences": _contrasts(each.differences),
    }


def _domains(pair: PairResult, codes: tuple[str, str]) -> dict[str, Any] | None:
    """The rank figure of the same language in two domains; None unless the pair has both."""
    sets = {(each.suite, each.lang): each for each in pair.sets}
    found = {suite.name: sets.get((suite.name, code)) for suite, code in zip(DOMAINS, codes, strict=True)}
    if None in found.values():
        return None
    return {"languages": list(codes), **{suite: _contrasts(each.differences).get(RANK_FIGURE) for suite, each in found.items() if each}}


def _contrasts(found: Mapping[str, Contrast]) -> dict[str, dict[str, Any]]:
    """Contrasts by figure, with their verdicts in words."""
    return {name: {**msgspec.to_builtins(each), "verdict": verdict(each.difference, each.p_holm)} for name, each in found.items()}


def _tally(contrasts: Sequence[Contrast]) -> dict[str, int]:
    """In how many languages each verdict was reached, Holm's correction over the languages of the suite."""
    words = [verdict(each.difference, each.p_holm) for each in contrasts]
    return {verdict: words.count(verdict) for verdict in ("B is better", "no difference shown", "A is better")}
