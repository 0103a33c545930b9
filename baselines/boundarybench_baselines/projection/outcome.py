"""What became of every entity of a sentence, so that an error can be traced to the stage that made it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from boundarybench.schemes import SCHEMES, Span, encode

from .candidates import Candidate


class Fate(StrEnum):
    """What became of an entity."""

    PROJECTED = "projected"
    NO_LINK = "no-link"  # no link, and no word like one of its own where that is asked, leads to the target
    BELOW_THRESHOLD = "below-threshold"  # its spans are too short, or score too low
    LOST = "lost"  # other entities hold the words that it wanted


@dataclass(frozen=True, slots=True)
class Landing:
    """Where an entity went.

    Attributes:
        fate: what became of it.
        spans: its target spans; empty unless it was projected.
        score: of the span it went to, or of the best one it could not have; None where spans are not scored.
        margin: how much the best matching without this span falls behind; None where no exact solver ran.
        lost_to: the entities (positions in the source list) that hold words it wanted.
    """

    fate: Fate
    spans: tuple[Candidate, ...] = ()
    score: float | None = None
    margin: float | None = None
    lost_to: tuple[int, ...] = ()

    def as_json(self, entity: Span) -> dict[str, Any]:
        """The landing of `entity` for the record."""
        return entity._asdict() | {
            "fate": str(self.fate),
            "spans": [list(span) for span in self.spans],
            "score": self.score,
            "margin": self.margin,
            "lost_to": list(self.lost_to),
        }


@dataclass(frozen=True, slots=True)
class Projection:
    """A target sentence's entities, and how they came about: one landing per source entity, in their order.

    `solver` is what matched them: `heuristic`, `greedy`, or the heaviest exact solver that was needed. `objective` and `margin` are None
    for the heuristic.
    """

    entities: tuple[Span, ...]
    landings: tuple[Landing, ...]
    solver: str
    optimal: bool = False
    objective: float | None = None
    margin: float | None = None

    def spans(self) -> list[Span]:
        """The entities in the target sentence, from left to right."""
        both = zip(self.entities, self.landings, strict=True)
        return sorted(Span(start, end, entity.type) for entity, landing in both for start, end in landing.spans)

    def tags(self, length: int) -> list[str]:
        """IOB2 tags over the `length` target words."""
        return encode(self.spans(), length, SCHEMES["IOB2"])

    def as_json(self) -> dict[str, Any]:
        """The sentence's part of the record."""
        both = zip(self.entities, self.landings, strict=True)
        return {
            "solver": self.solver,
            "optimal": self.optimal,
            "objective": self.objective,
            "margin": self.margin,
            "entities": [landing.as_json(entity) for entity, landing in both],
        }
