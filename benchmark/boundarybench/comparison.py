"""Differences of two systems, or of several, on one test set: where counts from `scoring` meet what `uncertainty` makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from .gold.model import FILE, Gold
from .protocol import REPLICATES as RANK_REPLICATES
from .uncertainty.differences import Sampled, SystemCounts, sample

#: Replicates of a comparison. More than a score's: Holm's correction over 57 languages asks for p values below 0.001.
REPLICATES = 10_000

#: The test whose p values are reported, as signatures name it.
TEST = "randomisation"

#: Two systems by their names; differences are the second's figure less the first's.
SystemPair = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two systems on one test set.

    Attributes:
        version: the older copy of the gold; "" for today's.
        fingerprint: the gold's structure fingerprint.
        pinned: whether the manifest knows it.
        units: how many documents, blocks or sentences are drawn and swapped (docs/uncertainty.md).
        differing: those on which the two systems' counts differ.
        runs: how many runs each system has.
        figures: by name; without those that are null for either system.
        not_scored: by type, gold's spans that do not count, and those of `a` and of `b` (of all their runs); None where the protocol's
            rules for the suite say what counts.
    """

    suite: str
    lang: str
    version: str
    fingerprint: str
    pinned: bool
    sentences: int
    units: int
    differing: int
    runs: tuple[int, int]
    figures: dict[str, Sampled]
    not_scored: dict[str, dict[str, int]] | None = None


def compare(gold: Gold, a: SystemCounts, b: SystemCounts, figures: Sequence[str], replicates: int = REPLICATES) -> Compared:
    """Compare two systems on one test set; `figures` are names as in `figures_of`."""
    # A file of one's own has no name to share: its draws are the same whatever it is called.
    name = gold.suite if gold.suite == FILE else f"{gold.suite}/{gold.lang}"
    sampled, differing = sample(a, b, gold.units, name, figures, replicates)
    return Compared(
        suite=gold.suite,
        lang=gold.lang,
        version=gold.version,
        fingerprint=gold.structure,
        pinned=gold.pinned,
        sentences=gold.sentences,
        units=gold.unit_count,
        differing=differing,
        runs=(len(a.runs), len(b.runs)),
        figures=sampled,
    )


def compare_all(
    gold: Gold, systems: Mapping[str, SystemCounts], figures: Sequence[str], replicates: int = REPLICATES
) -> dict[SystemPair, Compared]:
    """Compare several systems, by name, on one test set: each with the first, the baseline, and all others with each other.

    The pairs without the baseline are there for ranges of ranks, which are made of the protocol's 1,000 replicates: they cost a tenth.
    Their order is that of their names, so that nothing depends on the order in which they were called. A figure that is null for any
    of the systems is left out for all.
    """
    baseline, *others = systems
    replicates_of = dict.fromkeys(((baseline, name) for name in others), replicates)
    replicates_of |= dict.fromkeys(combinations(sorted(others), 2), min(replicates, RANK_REPLICATES))
    found = {(a, b): compare(gold, systems[a], systems[b], figures, count) for (a, b), count in replicates_of.items()}
    common = [name for name in figures if all(name in row.figures for row in found.values())]
    return {pair: replace(row, figures={name: row.figures[name] for name in common}) for pair, row in found.items()}
