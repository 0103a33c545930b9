"""Who stands where: ranked rows by mean BP@50, and the others with the reason why they are not ranked (protocol, sections 1 and 6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..gold.load import suite_of
from ..protocol import FLOORS, RANK_FIGURE
from ..suites.pins import ranked
from ..uncertainty.rank_ranges import ranks
from .signatures import OVERALL, OVERALL_SUITES
from .store import Board, Entry, LanguageRow, MeanRow, Track

#: From none to the strongest: what cannot be known weighs less than labels that were used, those less than the answer itself.
EXPOSURES: tuple[Track, ...] = ("zero-shot", "exposure-unknown", "supervised", "oracle")

#: The order of the groups of rows that are not ranked.
_GROUPS = ("suite", "incomplete", "oracle", "supervised", "exposure-unknown", "gold not pinned")


@dataclass(frozen=True, slots=True)
class Standing:
    """A row of a table.

    Attributes:
        track: the strongest exposure among the pairs of the mean.
        reason: why the row is not ranked; empty for a ranked one.
        rank: by mean BP@50 among the ranked rows; equal figures share a rank. None where the row is not ranked.
        ranks: the same at every floor, by figure (`bp25`, ...).
        range: the first and the last rank that the paired tests leave; None where there is no rank or no test.
    """

    entry: Entry
    mean: MeanRow
    track: Track
    reason: str
    rank: int | None
    ranks: dict[str, int]
    range: tuple[int, int] | None

    @property
    def name(self) -> str:
        return self.entry.name


def standings(board: Board, suite: str) -> list[Standing]:
    """The rows of a suite's table, or of the overall one: ranked ones first, then the others by reason; equal ones by name."""
    candidates = [(entry, mean, rows(entry, suite)) for entry in board.entries.values() if (mean := entry.mean(suite)) is not None]
    reasons = {entry.name: _reasons(mean, inside) for entry, mean, inside in candidates}
    of_floor = {
        floor: ranks({entry.name: _value(mean, floor) for entry, mean, _ in candidates if not reasons[entry.name]}) for floor in FLOORS
    }
    ranges = board.tests[suite].ranges if suite in board.tests else {}
    found = []
    for entry, mean, inside in candidates:
        by_floor = {floor: of_floor[floor][entry.name] for floor in FLOORS} if not reasons[entry.name] else {}
        reason = "; ".join(reasons[entry.name].values())
        tested = ranges.get(entry.name) if by_floor else None
        found.append(Standing(entry, mean, track(inside), reason, by_floor.get(RANK_FIGURE), by_floor, tested))
    return sorted(found, key=lambda row: (_group(reasons[row.name]), -_value(row.mean, RANK_FIGURE), row.name))


def rows(entry: Entry, suite: str) -> list[LanguageRow]:
    """The rows that an entry's mean is taken over."""
    suites = OVERALL_SUITES if suite == OVERALL else (suite_of(suite),)
    wanted = {(each.name, lang) for each in suites for lang in ranked(each)}
    return [row for row in entry.rows if (row.suite, row.lang) in wanted]


def track(inside: Sequence[LanguageRow]) -> Track:
    """The strongest exposure among the pairs of a mean."""
    return max((row.track for row in inside), key=EXPOSURES.index, default=EXPOSURES[0])


def _reasons(mean: MeanRow, inside: Sequence[LanguageRow]) -> dict[str, str]:
    """Why a row is not ranked, by group; empty for a ranked one."""
    found: dict[str, str] = {}
    unpinned = [row.lang for row in inside if not row.pinned]
    if unpinned:
        found["gold not pinned"] = f"gold not pinned: {' '.join(unpinned)}"
    exposure = track(inside)
    if exposure != EXPOSURES[0]:
        pairs = sum(row.track != EXPOSURES[0] for row in inside)
        found[exposure] = exposure if pairs == len(inside) else f"{exposure} ({pairs} of {len(inside)} languages not zero-shot)"
    wanted = len(mean.languages) + len(mean.missing_languages)
    missing = sum(row.missing for row in inside)
    if mean.missing_languages:
        found["incomplete"] = f"incomplete: {len(mean.languages)} of {wanted} languages"
    elif missing:
        found["incomplete"] = f"incomplete: {missing} sentences missing"
    elif not mean.complete and not found:
        found["incomplete"] = "incomplete"
    if mean.suite != OVERALL and not suite_of(mean.suite).ranked:
        found["suite"] = "this suite has no ranks"
    return found


def _group(reasons: dict[str, str]) -> int:
    """The place of a row's group: ranked, then `_GROUPS`, a row with several reasons where its first one belongs."""
    return 1 + _GROUPS.index(next(iter(reasons))) if reasons else 0


def _value(mean: MeanRow, figure: str) -> float:
    value: float | None = mean.figures[figure]
    return -1.0 if value is None else value
