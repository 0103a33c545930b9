"""Pictures of the main charts for a README: SVG, the same bytes from the same board and the same Matplotlib."""

import io
from collections.abc import Sequence
from typing import Any

from ..errors import UsageError
from ..leaderboard.rank import Standing, standings
from ..leaderboard.store import Board
from ..leaderboard.unaided import label, unaided
from ..protocol import FLOORS, RANK_FIGURE
from ..scoring.figures import named
from . import content

#: More systems than this make no picture that anybody reads.
MAX_SYSTEMS = 20

_INK, _RULE = "#1b1f24", "#d5dae1"
#: Okabe and Ito's colours, as on the page.
_FAMILIES = {
    "model-transfer": ("#0072b2", "o"),
    "annotation-projection": ("#d55e00", "^"),
    "hybrid": ("#009e73", "D"),
    "other": ("#7a828c", "s"),
}
_SETTINGS: dict[str, Any] = {
    "svg.hashsalt": "boundarybench",
    "svg.fonttype": "path",  # looks the same where the font is not installed
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],  # comes with Matplotlib
    "font.size": 9,
    "axes.edgecolor": _RULE,
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}
_RANK = named(RANK_FIGURE)
_COLOUR_OF_CLASSES = "#0072b2"
#: How far a system gets without model and labels: a line, or a mark beside bars.
_LINE: dict[str, Any] = {"color": _INK, "linestyle": ":", "linewidth": 1.3, "zorder": 0}
_MARK: dict[str, Any] = {"color": _INK, "markersize": 9, "markeredgewidth": 1.6}


def draw(board: Board) -> dict[str, bytes]:
    """The pictures by file name, of the table of the site with the most ranked rows, the first of several.

    Raises:
        UsageError: Matplotlib is not installed, or there is nothing to show.
    """
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise UsageError("the pictures need Matplotlib: pip install 'boundarybench[site]'") from error
    tables = content.tables(board)
    if not tables:
        raise UsageError("there is nothing to draw: the board has no rows")
    table = max(tables, key=lambda each: sum(row.rank is not None for row in standings(board, each)))
    rows = standings(board, table)[:MAX_SYSTEMS]
    line = unaided(board, table)
    # What the user has set for pictures of their own is left out.
    settings: Any = {**mpl.rcParamsDefault, **_SETTINGS, "backend": mpl.rcParams["backend"]}
    with mpl.rc_context(settings):
        return {
            "board.svg": _svg(_board(rows, table, line)),
            "precision-recall.svg": _svg(_scatter(rows, table, line)),
            "heatmap.svg": _svg(_heatmap(board, rows, table, line)),
            "errors.svg": _svg(_errors(rows, table, line)),
        }


def _svg(figure: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": "boundarybench"})
    return buffer.getvalue()


def _figure(width: float, height: float, title: str) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    axes.set_title(title, loc="left", fontsize=10)
    return figure, axes


def _board(rows: Sequence[Standing], table: str, line: Standing | None) -> Any:
    """The rank figure with its interval, best on top; hollow where the row is not ranked."""
    figure, axes = _figure(7, 0.9 + 0.32 * len(rows), f"{content.title(table)}: mean {_RANK.title}, 95 % interval")
    for place, row in enumerate(rows):
        value, interval = row.mean.figures[RANK_FIGURE], row.mean.interval
        colour, marker = _style(row)
        if interval is not None:
            axes.plot([100 * end for end in interval], [place, place], color=colour, linewidth=2, solid_capstyle="butt")
        if value is not None:
            filled = colour if row.rank is not None else "white"
            axes.plot([100 * value], [place], marker, color=colour, markerfacecolor=filled, markersize=7)
            axes.annotate(f"{100 * value:.1f}", (100 * value, place), (0, 6), textcoords="offset points", ha="center", fontsize=8)
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.7)
    axes.set_xlim(0, 102)
    axes.grid(axis="x", color=_RULE, linewidth=0.6)
    level = line.mean.figures[RANK_FIGURE] if line else None
    mark = [axes.axvline(100 * level, label=label(line), **_LINE)] if line and level is not None else []
    _legend(axes, [*_kinds(rows), *mark])
    return figure


def _scatter(rows: Sequence[Standing], table: str, line: Standing | None) -> Any:
    figure, axes = _figure(5, 5, f"{content.title(table)}: precision against recall")
    floor = 100 * FLOORS[RANK_FIGURE]
    axes.plot([0, floor], [0, 100], "--", color=_INK, linewidth=1)
    axes.text(floor - 6, 97, f"left of this line {_RANK.title}\ncounts what is missing", ha="right", va="top", fontsize=8)
    handles = []
    for place, row in enumerate(rows, 1):
        precision, recall = row.mean.figures["boundary.precision"], row.mean.figures["boundary.recall"]
        if precision is None or recall is None:
            continue
        colour, marker = _style(row)
        handles += axes.plot([100 * recall], [100 * precision], marker, color=colour, markersize=8, label=f"{place} {row.name}")
        axes.annotate(str(place), (100 * recall, 100 * precision), (7, 0), textcoords="offset points", va="center", fontsize=8)
    axes.set(xlim=(0, 102), ylim=(0, 102), aspect="equal", xlabel="boundary recall", ylabel="boundary precision")
    axes.grid(color=_RULE, linewidth=0.6)
    if line is not None:
        precision, recall = line.mean.figures["boundary.precision"], line.mean.figures["boundary.recall"]
        handles += [axes.axhline(100 * precision, label=label(line), **_LINE)] if precision is not None else []
        if recall is not None:
            axes.axvline(100 * recall, **_LINE)
    _legend(axes, handles)
    return figure


def _heatmap(board: Board, rows: Sequence[Standing], table: str, line: Standing | None) -> Any:
    columns = content.columns(board, table)
    figure, axes = _figure(2 + 0.34 * len(columns), 1 + 0.3 * len(rows), f"{content.title(table)}: {_RANK.title} by language")
    found = [{(row.suite, row.lang): row.figures[RANK_FIGURE] for row in standing.entry.rows} for standing in rows]
    values = [[line.get((column.suite, column.language.code)) for column in columns] for line in found]
    numbers = [[float("nan") if value is None else 100 * value for value in line] for line in values]
    axes.pcolormesh(numbers, cmap="cividis", vmin=0, vmax=100, edgecolors="white", linewidth=1)
    reached = {(row.suite, row.lang): row.figures[RANK_FIGURE] for row in line.entry.rows} if line else {}
    for y, of_row in enumerate(values):
        for x, (value, column) in enumerate(zip(of_row, columns, strict=True)):
            if value is not None:
                colour = "white" if value < 0.5 else "black"
                axes.text(x + 0.5, y + 0.5, f"{100 * value:.0f}", ha="center", va="center", fontsize=8, color=colour)
                level = reached.get((column.suite, column.language.code))
                if line and level is not None and value <= level and rows[y].name != line.name:
                    axes.plot([x + 0.2, x + 0.8], [y + 0.86, y + 0.86], color=colour, linewidth=1.2)
    labels = [column.language.code + ("" if column.counted else "†") for column in columns]
    axes.set_xticks([k + 0.5 for k in range(len(columns))], labels)
    axes.set_yticks([k + 0.5 for k in range(len(rows))], [row.name for row in rows])
    axes.invert_yaxis()
    if line:
        axes.set_xlabel(f"underlined: not above {label(line)}", loc="left", fontsize=8)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure


def _errors(rows: Sequence[Standing], table: str, line: Standing | None) -> Any:
    """Shares of the error classes over a table's languages, one panel per system, the first ones."""
    from matplotlib.figure import Figure

    chosen = rows[:3]
    figure = Figure(figsize=(2.2 + 2.2 * len(chosen), 3.6))
    panels = figure.subplots(1, len(chosen), sharey=True, sharex=True, squeeze=False)[0]
    suite = content.suites_of(table)[0].name
    for axes, row in zip(panels, chosen, strict=True):
        shares = content.errors_by_suite(row.entry).get(suite, {})
        axes.barh(range(len(content.ERRORS)), [100 * (shares.get(name) or 0) for name in content.ERRORS], color=_COLOUR_OF_CLASSES)
        if line:
            level = content.errors_by_suite(line.entry).get(suite, {})
            marks = axes.plot([100 * (level.get(name) or 0) for name in content.ERRORS], range(len(content.ERRORS)), "|", **_MARK)
        axes.set_yticks(range(len(content.ERRORS)), content.ERRORS)
        axes.set_title(row.name, fontsize=8, loc="left")
        axes.grid(axis="x", color=_RULE, linewidth=0.6)
        axes.set_axisbelow(True)
    panels[0].invert_yaxis()
    figure.suptitle(f"{content.title(suite)}: error classes", x=0.01, ha="left", fontsize=10)
    figure.supxlabel("percent of predicted spans (missed: of gold)", fontsize=9)
    if line:
        figure.legend(marks, [label(line)], loc="upper right", frameon=False, fontsize=8)
    figure.tight_layout()
    return figure


def _style(row: Standing) -> tuple[str, str]:
    return _FAMILIES.get(row.entry.system.family, _FAMILIES["other"])


def _kinds(rows: Sequence[Standing]) -> list[Any]:
    """What the marks mean: families, and hollow where a row is not ranked."""
    from matplotlib.lines import Line2D

    families = [name for name in _FAMILIES if any(row.entry.system.family == name for row in rows)]
    handles = [Line2D([], [], color=_FAMILIES[name][0], marker=_FAMILIES[name][1], linestyle="", label=name) for name in families]
    if any(row.rank is None for row in rows):
        handles.append(Line2D([], [], color=_INK, marker="o", markerfacecolor="white", linestyle="", label="hollow: not ranked"))
    return handles


def _legend(axes: Any, handles: Sequence[Any]) -> None:
    """Beside the axes, where it hides nothing."""
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=8)
