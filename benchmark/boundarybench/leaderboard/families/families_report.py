"""The families' answer as plain JSON, from a board: what `families --format json` writes and what the site shows."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import msgspec

from ...comparison import REPLICATES
from ...gold.load import suite_of
from ...languages import sources
from ...suites.manifests import known
from ...suites.pins import ranked
from ...uncertainty import matched_differences
from ...uncertainty.differences import verdict
from ..rank import EXPOSURES
from ..store import Board
from . import families_tables
from .budgets import compare_budgets
from .envelope import envelope, means
from .groups import CONTRASTS, DOMAINS
from .pair_results import Contrast, PairResult, SetContrast

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
        "replicates": {"bp50": REPLICATES, "matched": matched_differences.REPLICATES},
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
    found: list[dict[str, Any]] = [
        {
            "dimension": group.dimension,
            "label": group.label,
            "languages": list(group.languages),
            "bp50": _contrast(group.bp50),
            "matched": _contrast(group.matched),
            "tally": _tally([sets[lang].bp50 for lang in group.languages]),
            "matched_tally": _tally([sets[lang].matched for lang in group.languages]),
        }
        for group in pair.groups
        if group.suite == suite
    ]
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


def _set(each: SetContrast) -> dict[str, Any]:
    return {
        **{name: getattr(each, name) for name in ("suite", "lang", "track", "sentences", "differing", "recall")},
        "runs": list(each.runs),
        "bp50": _contrast(each.bp50),
        "matched": _contrast(each.matched),
    }


def _domains(pair: PairResult, codes: tuple[str, str]) -> dict[str, Any] | None:
    """The same language in two domains; None unless the pair has both."""
    sets = {(each.suite, each.lang): each for each in pair.sets}
    found = {suite.name: sets.get((suite.name, code)) for suite, code in zip(DOMAINS, codes, strict=True)}
    if None in found.values():
        return None
    return {"languages": list(codes), **{suite: _contrast(each.bp50) for suite, each in found.items() if each}}


def _contrast(found: Contrast | None) -> dict[str, Any] | None:
    """A contrast with its verdict in words."""
    return None if found is None else {**msgspec.to_builtins(found), "verdict": verdict(found.difference, found.p_holm)}


def _tally(contrasts: Sequence[Contrast | None]) -> dict[str, int]:
    """In how many languages each verdict was reached, Holm's correction over the languages of the suite."""
    words = [verdict(each.difference, each.p_holm) for each in contrasts if each is not None]
    return {verdict: words.count(verdict) for verdict in ("B is better", "no difference shown", "A is better")}
