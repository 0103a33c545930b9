"""Remarks on numbers of predictions at which the rank figure is at its best: a sign of deletion with the test's gold at hand.

BP@k = exact / max(predicted, k · gold). Who deletes the least sure spans gains until k · gold of them are left, and loses from there on. So
whoever knows gold stops there, language by language, and no further deletion would raise the figure. Honest outputs have their own number
of predictions in every language. Nothing is refused: the remark is for the reviewer. The limits are measured (docs/decisions.md, "Remarks
on pruned predictions").
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..leaderboard.rank import rows
from ..leaderboard.signatures import OVERALL
from ..leaderboard.store import Entry
from ..protocol import FLOORS, RANK_FIGURE

#: How near to k · gold the predictions of a language lie to count, as a share of it.
TOLERANCE = 0.02
#: The share of languages from which there is a remark, of those that have so many predictions that deletion could have brought them there.
SHARE_LIMIT = 0.5
#: Fewer languages than this at the best number say nothing, nor does one in which that number is so small that 2 % of it are no span.
MIN_LANGUAGES = 3
MIN_BEST = 50


class SpanNumbers(NamedTuple):
    """Numbers of spans of one test set."""

    gold: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Pruning:
    """More languages at the best number of predictions than any honest row has.

    Attributes:
        languages: those within `TOLERANCE` of k · gold.
        held: the number of languages that have at least so many predictions.
        share: the first over the second.
        limit: the share from which there is a remark.
    """

    suite: str
    languages: tuple[str, ...]
    held: int
    share: float
    limit: float


def prunings(entry: Entry) -> Iterator[Pruning]:
    """What there is to remark of a submission, by suite."""
    for mean in entry.means:
        if mean.suite != OVERALL:
            numbers = {row.lang: SpanNumbers(row.gold, row.predicted) for row in rows(entry, mean.suite)}
            found = pruned(mean.suite, numbers)
            if found is not None:
                yield found


def pruned(suite: str, numbers: Mapping[str, SpanNumbers]) -> Pruning | None:
    """The remark on a suite, by the numbers of each language; None where honest rows look alike."""
    # As shares of the best number.
    shares = {lang: each.predicted / best for lang, each in numbers.items() if (best := FLOORS[RANK_FIGURE] * each.gold) >= MIN_BEST}
    held = [lang for lang, share in shares.items() if share >= 1 - TOLERANCE]
    at_best = tuple(lang for lang in held if shares[lang] <= 1 + TOLERANCE)
    if len(at_best) < MIN_LANGUAGES or len(at_best) < SHARE_LIMIT * len(held):
        return None
    return Pruning(suite, at_best, len(held), len(at_best) / len(held), SHARE_LIMIT)
