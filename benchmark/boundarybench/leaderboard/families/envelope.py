"""The best system of each family per language: what a family can do, without tests, since picking the best on test data is selection."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from ...protocol import RANK_FIGURE
from ...suites.manifests import known, packaged
from ...suites.pins import ranked
from ...suites.suite import Suite
from ..store import Board, Track
from .groups import groups
from .pairs import FAMILIES

_ZERO_SHOT: Track = "zero-shot"


@dataclass(frozen=True, slots=True)
class Best:
    """A family's best on a test set by the rank figure, a zero-shot system where the family has one."""

    system: str
    value: float
    track: Track


@dataclass(frozen=True, slots=True)
class EnvelopeLine:
    """A language: the best of each family that has a system for it."""

    suite: str
    lang: str
    best: dict[str, Best]


@dataclass(frozen=True, slots=True)
class Mean:
    """The means of the bests over those languages of a group that every family of the suite has a system for.

    `leads`: in how many of them each family has the best of all; an equal best counts for the first in the order of families.
    """

    suite: str
    dimension: str
    label: str
    languages: tuple[str, ...]
    values: dict[str, float]
    leads: dict[str, int]


def envelope(board: Board) -> list[EnvelopeLine]:
    """Ranked languages of each suite, where two families or more have a system in it."""
    candidates = _candidates(board)
    found: list[EnvelopeLine] = []
    for suite in known().values():
        lines = [
            EnvelopeLine(suite.name, lang, _best(candidates[suite.name, lang]))
            for lang in ranked(suite)
            if (suite.name, lang) in candidates
        ]
        found += lines if len(families(lines)) > 1 else []
    return found


def families(lines: Sequence[EnvelopeLine]) -> tuple[str, ...]:
    """The families that occur, in their order."""
    return tuple(family for family in FAMILIES if any(family in line.best for line in lines))


def _candidates(board: Board) -> dict[tuple[str, str], dict[str, list[Best]]]:
    """All systems with a figure, by test set and family, in the order of their names."""
    found: dict[tuple[str, str], dict[str, list[Best]]] = {}
    for name, entry in sorted(board.entries.items()):
        for row in entry.rows:
            if (
                entry.system.family in FAMILIES
                and (row.pinned or row.suite not in packaged())
                and not row.missing
                and (value := row.figures[RANK_FIGURE]) is not None
            ):
                of_set = found.setdefault((row.suite, row.lang), {})
                of_set.setdefault(entry.system.family, []).append(Best(name, value, row.track))
    return found


def _best(candidates: dict[str, list[Best]]) -> dict[str, Best]:
    # max takes the first of equal ones, which is the first by name.
    return {
        family: max(candidates[family], key=lambda best: (best.track == _ZERO_SHOT, best.value))
        for family in FAMILIES
        if family in candidates
    }


def means(lines: Sequence[EnvelopeLine]) -> list[Mean]:
    """The envelope by suite and by each breakdown; coverage is that of XLM-R and NLLB-200, since there is no one system to ask."""
    return [mean for suite in known().values() for mean in _means(suite, [line for line in lines if line.suite == suite.name])]


def _means(suite: Suite, lines: Sequence[EnvelopeLine]) -> list[Mean]:
    wanted = families(lines)
    of_lang = {line.lang: line.best for line in lines if line.best.keys() >= set(wanted)}
    found = []
    for dimension, label, langs in groups(suite, tuple(of_lang), "xlm-r", "nllb-200") if of_lang else []:
        bests = [of_lang[lang] for lang in langs]
        leaders = [max(wanted, key=lambda family, best=best: best[family].value) for best in bests]  # type: ignore[misc]
        found.append(
            Mean(
                suite.name,
                dimension,
                label,
                langs,
                {family: fmean(best[family].value for best in bests) for family in wanted},
                {family: leaders.count(family) for family in wanted},
            )
        )
    return found
