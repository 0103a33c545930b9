"""What a table's charts show as a line: how far a system gets that has no model and no labels.

A system that gets no further has learnt little about boundaries. The row is found by what its system.json says, so that a better rule
of this kind takes its place.
"""

from .rank import Standing, standings
from .store import Board, SystemFacts


def unaided(board: Board, table: str) -> Standing | None:
    """The best ranked row of a table whose system has no model and no labels; None where there is none."""
    return next((row for row in standings(board, table) if row.rank is not None and _has_nothing(row.entry.system)), None)


def label(row: Standing) -> str:
    """What the row is called in charts."""
    return f"{row.name} (no model, no labels)"


def _has_nothing(system: SystemFacts) -> bool:
    """Whether a system is of neither family and names no model, no labelled data and no parallel text."""
    facets = system.facets
    given = (system.models, facets.encoder, facets.translation_model, facets.aligner, facets.source_data, facets.parallel_data)
    return system.family == "other" and not any(given)
