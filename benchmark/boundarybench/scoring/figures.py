"""The figures, each stated once: what `FIGURES` holds is computed, resampled, compared, stored and shown, under the names given here.

Who iterates over figures asks the functions below.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..protocol import FLOORS, RANK_FIGURE
from .arithmetic import FloatArray, bp_at, number, precision, prf, share
from .pairing import Pairing
from .ranking import RECALLS
from .totals import CountArray, Totals, of_counts, of_pairings

Compute = Callable[[Totals], FloatArray]
#: Correct spans, and the number of trials of which they are.
Trials = Callable[[Totals], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure.

    Attributes:
        name: what reports, options and `results/` call it; a dot (one at most) puts it in a group.
        title: the same in words.
        compute: its values from totals, NaN for null; None where it is of the order of the spans (`ranking`), which totals do not hold.
        trials: the correct spans and the trials whose quotient it is, from totals that are sums of `Score.counts`; None where these
            do not determine it: it has no interval then and cannot be compared.
        short: its heading where it is a column of a table; empty where it is only listed.
        board: whether the board's own tables have that column, behind the rank figure.
        percent: shown as a percentage.
    """

    name: str
    title: str
    compute: Compute | None
    trials: Trials | None = None
    short: str = ""
    board: bool = False
    percent: bool = True

    @property
    def stored(self) -> bool:
        """Whether `results/` holds it: what has an interval or a column, or is of the order of the spans."""
        return self.trials is not None or bool(self.short) or self.compute is None

    def text(self, value: float | None) -> str:
        """A value as a person reads it."""
        return "–" if value is None else f"{100 * value:.1f}" if self.percent else f"{value:.2f}"


def _group(group: str, correct: Compute, short: tuple[str, str, str], *, board: bool = False, counted: bool = True) -> Iterator[Figure]:
    """Precision, recall and F1 of spans of which so many are `correct`."""
    trials: tuple[Compute, ...] = (lambda t: t.predicted, lambda t: t.gold, lambda t: (t.predicted + t.gold) / 2)
    computes: tuple[Compute, ...] = (
        lambda t: precision(correct(t), t.predicted, t.gold),
        lambda t: share(correct(t), t.gold),
        lambda t: prf(correct(t), t.predicted, t.gold)[2],
    )
    for place, leaf in enumerate(("precision", "recall", "f1")):
        yield Figure(
            f"{group}.{leaf}",
            f"{group} {leaf.replace('f1', 'F1')}",
            computes[place],
            _quotient(correct, trials[place]) if counted else None,
            short[place],
            board and bool(short[place]),
        )


def _quotient(correct: Compute, of: Compute) -> Trials:
    return lambda t: (correct(t), of(t))


def _at(name: str, floor: float) -> Figure:
    """Boundary precision at a floor. The rank figure has a column, and so has BP@50, by which version 1 ranked."""
    title = f"BP@{100 * floor:.0f}"
    return Figure(
        name,
        title,
        lambda t: bp_at(floor, t.exact, t.predicted, t.gold),
        _quotient(lambda t: t.exact, lambda t: np.maximum(t.predicted, floor * t.gold)),
        title if name in (RANK_FIGURE, "bp50") else "",
        board=name == "bp50",
    )


#: In the order in which they are listed and stand beside each other.
FIGURES: tuple[Figure, ...] = (
    *_group("boundary", lambda t: t.exact, ("BP", "BR", "BF1"), board=True),
    *(_at(name, floor) for name, floor in FLOORS.items()),
    *_group("typed", lambda t: t.typed, ("", "", "typed F1"), board=True),
    *_group("start", lambda t: t.starts, ("start P", "", ""), counted=False),
    *_group("end", lambda t: t.ends, ("end P", "", ""), counted=False),
    Figure("conditional_boundary_precision", "conditional boundary precision", lambda t: share(t.exact, t.overlapping), short="cond. BP"),
    Figure("iou", "intersection over union", lambda t: share(t.iou, t.matched), short="IoU"),
    Figure("offset.start", "mean start offset (tokens)", lambda t: share(t.start_offset, t.matched), percent=False),
    Figure("offset.end", "mean end offset (tokens)", lambda t: share(t.end_offset, t.matched), percent=False),
    Figure("average_precision", "average precision, by the spans' scores", None, short="AP", board=True),
    *(Figure(f"precision_at_recall.{100 * at:.0f}", f"precision at recall {100 * at:.0f} %", None) for at in RECALLS),
)


def listed() -> tuple[Figure, ...]:
    """All figures."""
    return FIGURES


def compared() -> tuple[Figure, ...]:
    """The figures that have intervals and can be compared."""
    return tuple(figure for figure in FIGURES if figure.trials is not None)


def columns() -> tuple[Figure, ...]:
    """The figures that are columns of tables."""
    return tuple(figure for figure in FIGURES if figure.short)


def on_board() -> tuple[Figure, ...]:
    """The columns that the board's tables have behind the rank figure."""
    return tuple(figure for figure in columns() if figure.board)


def stored() -> tuple[str, ...]:
    """The names of the figures that `results/` holds."""
    return tuple(figure.name for figure in FIGURES if figure.stored)


def named(name: str) -> Figure:
    """The figure of that name. Raises KeyError."""
    return {figure.name: figure for figure in FIGURES}[name]


def figures_of(counts: CountArray | FloatArray, names: Collection[str] | None = None) -> dict[str, FloatArray]:
    """The figures that counts determine, by name, or some of them; sums of `Score.counts` have shape (..., 4), each figure (...)."""
    totals = of_counts(counts)
    wanted = [figure for figure in compared() if names is None or figure.name in names]
    return {figure.name: figure.compute(totals) for figure in wanted if figure.compute}


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures that counts determine of one pairing, by name; None where the protocol says null."""

    gold: int
    predicted: int
    exact: int
    values: dict[str, float | None]

    def __getitem__(self, name: str) -> float | None:
        return self.values[name]

    def __getattr__(self, name: str) -> Any:
        """`figures.bp50`, and `figures.boundary.f1` for `figures["boundary.f1"]`."""
        known = {} if name == "values" else nested(self.values)  # asked for by `copy` before there are any
        if name not in known:
            raise AttributeError(f"no figure {name!r}")
        return SimpleNamespace(**known[name]) if isinstance(known[name], dict) else known[name]

    def as_json(self) -> dict[str, Any]:
        """The figures in plain JSON types, groups as objects."""
        return {"gold": self.gold, "predicted": self.predicted, "exact": self.exact, **nested(self.values)}


def figures(pairings: Sequence[Pairing], *, offsets: bool = True) -> list[Figures]:
    """The figures of each pairing; `offsets` says whether offsets in tokens mean something in this language."""
    # In one go: numpy takes as long for one as for ten.
    totals = of_pairings(pairings, offsets=offsets)
    values = {figure.name: figure.compute(totals).tolist() for figure in FIGURES if figure.compute}
    return [
        Figures(len(each.gold), len(each.predicted), int(totals.exact[k]), {name: number(row[k]) for name, row in values.items()})
        for k, each in enumerate(pairings)
    ]


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name as a tree: what comes before a dot names a group."""
    tree: dict[str, Any] = {}
    for name, value in values.items():
        group, _, leaf = name.rpartition(".")
        (tree.setdefault(group, {}) if group else tree)[leaf] = value
    return tree


def at(tree: Mapping[str, Any], name: str) -> Any:
    """The value that a report (a tree as `nested` makes it) has for a figure; None where it has none."""
    value: Any = tree
    for part in name.split("."):
        value = None if value is None else value.get(part)
    return value
