"""The parts that the page is put together from."""

from collections.abc import Sequence

import tabulate

from ..protocol import RANK_FIGURE
from ..scoring.figures import named, on_board
from ..uncertainty.over_languages import OverLanguages
from .store import Interval, MeanRow


def table(rows: Sequence[Sequence[str]], headers: Sequence[str]) -> str:
    """A GitHub table of cells that are markdown already."""
    # Cells are padded to a width in characters: with the optional package wcwidth at hand tabulate would count columns of a
    # terminal, and the page would depend on what is installed.
    before, tabulate.WIDE_CHARS_MODE = tabulate.WIDE_CHARS_MODE, False
    try:
        return tabulate.tabulate(rows, headers, tablefmt="github", disable_numparse=True)
    finally:
        tabulate.WIDE_CHARS_MODE = before


def details(summary: str, *parts: str) -> str:
    """Parts of the page that a reader opens by a click."""
    return "\n\n".join([f"<details>\n<summary>{summary}</summary>", *filter(None, parts), "</details>"])


def percent(value: float | None) -> str:
    """A share as a percentage."""
    return "–" if value is None else f"{100 * value:.1f}"


def signed(value: float) -> str:
    """A difference of shares, in points."""
    return f"{100 * value:+.1f}"


def signed_interval(value: Interval) -> str:
    """The interval of a difference."""
    return f"{signed(value[0])} to {signed(value[1])}"


def p_value(value: float) -> str:
    """A p value, to three places."""
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def figure_headers() -> tuple[str, ...]:
    """What stands above `figure_cells`."""
    return (f"{named(RANK_FIGURE).title} (95 %)", "languages like these (95 %)", *(figure.short for figure in on_board()))


def figure_cells(mean: MeanRow) -> list[str]:
    """The rank figure with its two intervals, over sentences and over languages, and the board's other figures."""
    rank = f"{percent(mean.figures[RANK_FIGURE])}{interval(mean.interval)}"
    return [rank, general(mean.over_languages), *(figure.text(mean.figures[figure.name]) for figure in on_board())]


def general(found: OverLanguages | None) -> str:
    """The interval over languages, and the standard deviation between them."""
    if found is None:
        return "–"
    low, high = (min(max(bound, 0.0), 1.0) for bound in found.interval)
    return f"{100 * low:.1f}–{100 * high:.1f}, sd {100 * found.deviation:.1f}"


def interval(value: Interval | None) -> str:
    """An interval to stand behind its figure."""
    return "" if value is None else f" ({100 * value[0]:.1f}–{100 * value[1]:.1f})"
