"""What the charts of a system's page show beside its own errors: those of the best row without model and labels, suite by suite."""

from dataclasses import dataclass
from typing import Any

from ..anatomy.error_report import as_json
from ..leaderboard.store import Board
from ..leaderboard.unaided import label, unaided
from . import content
from .survey import Survey


@dataclass(frozen=True, slots=True)
class UnaidedErrors:
    """The errors of that row in a suite.

    Attributes:
        name: of the system.
        label: what it is called in charts.
        shares: of each error class, in the order of `content.ERRORS`.
        offsets: as `content.offsets_json` has them; None where the gold is not at hand, or tokens are no words.
    """

    name: str
    label: str
    shares: list[float | None]
    offsets: dict[str, Any] | None


def by_suite(board: Board, survey: Survey) -> dict[str, UnaidedErrors]:
    """The errors by suite, without suites that have no such row."""
    found = {}
    for suite in content.suites_on(board):
        row = unaided(board, suite.name)
        if row is None:
            continue
        examined = [each for each in survey.examined.get(row.name, []) if each.suite == suite.name]
        totals = as_json(examined, 0)["totals"]
        offsets = content.offsets_json(totals[suite.name]) if suite.name in totals else None
        shares = content.errors_by_suite(row.entry)[suite.name]
        found[suite.name] = UnaidedErrors(row.name, label(row), [*shares.values()], offsets)
    return found
