"""Who stands where: ranked rows by the mean rank figure, and the others with the reason why not (protocol, sections 1 and 6)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import fmean

from ..gold.load import suite_of
from ..protocol import FLOORS, RANK_FIGURE
from ..suites.pins import ranked
from ..uncertainty.rank_ranges import ranks
from .signatures import OVERALL, OVERALL_SUITES
from .store import Board, Entry, LanguageRow, MeanRow, Track

#: From none to the strongest: what cannot be known weighs less than labels that were used, those less than the answer itself.
EXPOSURES: tuple[Track, ...] = ("zero-shot", "exposure-unknown", "supervised", "oracle")

#: Languages that are missing are named up to this number, else those that are there.
_FEW = 8

#: The order of the groups of rows that are not ranked.
GROUPS = ("suite", "incomplete", "oracle", "supervised", "exposure-unknown", "gold not pinned")


@dataclass(frozen=True, slots=True)
class Standing:
    """A row of a table.

    Attributes:
        track: the strongest exposure among the pairs of the mean.
        group: the first reason's, of `GROUPS`; empty for a ranked row.
        reason: why the row is not ranked; empty for a ranked one.
        rank: by the mean rank figure among the ranked rows; equal figures share a rank. None where the row is not ranked.
        ranks: the same at every floor, by figure (`bp25`, ...).
        range: the first and the last rank that the paired tests leave; None where there is no rank or no test.
    """

    entry: Entry
    mean: MeanRow
    track: Track
    group: str
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
        group = next(iter(reasons[entry.name]), "")
        found.append(Standing(entry, mean, track(inside), group, reason, by_floor.get(RANK_FIGURE), by_floor, tested))
    return sorted(found, key=lambda row: (_place(row.group), -_value(row.mean, RANK_FIGURE), row.name))


def stands_apart(row: Standing) -> bool:
    """Whether its mean may not stand in the column of the ranked rows': it is over other languages, or of another exposure."""
    return row.group not in ("", "suite")


def inside(row: Standing) -> str:
    """The languages of a row's mean, in words that are short where they are nearly all."""
    missing = row.mean.missing_languages
    if not missing:
        return f"all {len(row.mean.languages)}"
    if len(missing) <= len(row.mean.languages) and len(missing) <= _FEW:
        return f"all {len(row.mean.languages) + len(missing)} but {' '.join(missing)}"
    return f"{len(row.mean.languages)}: {' '.join(row.mean.languages)}"


def best_beside(row: Standing, table: Sequence[Standing]) -> tuple[Standing, float] | None:
    """The ranked row of a table that is best over the languages of another row's mean, and its mean there; None where none is ranked.

    The best of several on test data is chosen by luck, too: it is a mark for the eye, and no test.
    """
    inside = {(each.suite, each.lang) for each in rows(row.entry, row.mean.suite)}
    found = [(other, value) for other in table if other.rank is not None and (value := _mean_over(other, inside)) is not None]
    return max(found, key=lambda pair: (pair[1], pair[0].name), default=None)


def _mean_over(row: Standing, pairs: Collection[tuple[str, str]]) -> float | None:
    """The mean rank figure over some languages, or the mean of the suites' means."""
    by_suite: dict[str, list[float]] = {}
    for each in rows(row.entry, row.mean.suite):
        value = each.figures[RANK_FIGURE]
        if (each.suite, each.lang) in pairs and value is not None:
            by_suite.setdefault(each.suite, []).append(value)
    return fmean(map(fmean, by_suite.values())) if by_suite else None


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


def _place(group: str) -> int:
    """Ranked rows, then the groups in their order."""
    return 1 + GROUPS.index(group) if group else 0


def _value(mean: MeanRow, figure: str) -> float:
    value: float | None = mean.figures[figure]
    return -1.0 if value is None else value
