"""An example of an error as two lines for a page: gold, and below it the prediction, each cut where entities begin and end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..anatomy.traits import UNSPACED
from ..leaderboard.escape import visible

#: Scripts that are written from right to left.
_RIGHT_TO_LEFT = frozenset({"Arab", "Hebr"})


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a sentence: an entity of `type`, or the words between two. `about`: the error is about this entity."""

    text: str
    type: str = ""
    about: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """An example for a page.

    Attributes:
        direction: `rtl` or `ltr`.
        gap: what stands between two segments; nothing in scripts that write no spaces.
        gold, predicted: the sentence, cut at either side's entities.
        system: whose prediction it is; empty where the page says so.
    """

    category: str
    suite: str
    lang: str
    id: str
    direction: str
    gap: str
    gold: tuple[Segment, ...]
    predicted: tuple[Segment, ...]
    system: str = ""


def shown(example: Mapping[str, Any], system: str = "") -> Shown:
    """An example of the report on errors (`anatomy.report.example_json`), whose gold must have tokens."""
    gap = "" if example["script"] in UNSPACED else " "

    def cut(side: str) -> tuple[Segment, ...]:
        return tuple(_cut(example["tokens"], example[side], frozenset(example["about"][side]), gap))

    return Shown(
        category=example["class"],
        suite=example["suite"],
        lang=example["lang"],
        id=example["id"],
        direction="rtl" if example["script"] in _RIGHT_TO_LEFT else "ltr",
        gap=gap,
        gold=cut("gold"),
        predicted=cut("predicted"),
        system=system,
    )


def _cut(tokens: Sequence[str], entities: Sequence[Mapping[str, Any]], about: frozenset[int], gap: str) -> Iterator[Segment]:
    position = 0
    for index, entity in enumerate(entities):
        if position < entity["start"]:
            yield Segment(_text(tokens[position : entity["start"]], gap))
        yield Segment(_text(tokens[entity["start"] : entity["end"]], gap), entity["type"], index in about)
        position = entity["end"]
    if position < len(tokens):
        yield Segment(_text(tokens[position:], gap))


def _text(tokens: Sequence[str], gap: str) -> str:
    return gap.join(map(visible, tokens))
