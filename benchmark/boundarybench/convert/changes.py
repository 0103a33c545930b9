"""What a conversion did to the tags, for the user to read."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

#: What `Report.counts` calls the invalid transitions of IOB2 that stand in the output as they stood in the input.
KEPT = "invalid transitions kept"


@dataclass(frozen=True, slots=True)
class Change:
    """A tag that is not what the input said, beyond the other way of writing the same span."""

    id: str
    token: int
    before: str
    after: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def __str__(self) -> str:
        return f"{self.id}, token {self.token}: {self.before} -> {self.after} ({self.reason})"


@dataclass(slots=True)
class ConversionReport:
    """What a conversion did.

    Attributes:
        changes: every repair and mapping.
        counts: how many changes there are for each reason, and how much was kept or rewritten as it was.
        warnings: what the user asked for and did not get, such as a map that never applied.
    """

    changes: list[Change] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def note(self, change: Change) -> None:
        self.changes.append(change)
        self.counts[change.reason] += 1

    def as_json(self) -> dict[str, Any]:
        return {"counts": dict(self.counts), "warnings": self.warnings, "changes": [change.as_json() for change in self.changes]}
