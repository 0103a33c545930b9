"""What a system was given, as data that a program can compare: the `budget` of a `system.json` (`docs/submission.md`).

Amounts are by language; None where nobody knows how many there are.
"""

from collections.abc import Iterable
from typing import Literal, TypeVar

import msgspec

Amounts = dict[str, int | None]

Use = Literal["training", "selection", "weights", "thresholds"]


class LabelledSentences(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Sentences with labels, of one data set and for one use.

    Attributes:
        sentences: how many, by language.
        own_left_out: of a system that reads one of these languages, its own sentences were not among them.
    """

    data: str
    use: Use
    sentences: Amounts
    own_left_out: bool = False


class TargetText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Text without labels that the system learnt from, beside what is in its pretrained models; `sentences` by target language."""

    source: str
    kind: Literal["monolingual", "parallel"]
    sentences: Amounts


class PretrainedModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model that others have trained, and on what, as far as it is known."""

    name: str
    trained_on: str | None = None


class HumanWork(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people made for the sentences of a language: translations (sentences), links (sentences) or mentions (entities)."""

    kind: Literal["translations", "links", "mentions"]
    source: str
    amount: Amounts


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a system was given. An empty list says that there was nothing of the kind."""

    labelled: tuple[LabelledSentences, ...] = ()
    text: tuple[TargetText, ...] = ()
    models: tuple[PretrainedModel, ...] = ()
    human: tuple[HumanWork, ...] = ()


_Entry = TypeVar("_Entry", LabelledSentences, TargetText, HumanWork)


def together(budgets: Iterable[Budget]) -> Budget:
    """The budgets as one. The same data for the same use counts once: its languages are put together."""
    given = tuple(budgets)
    return Budget(
        labelled=_once([entry for budget in given for entry in budget.labelled], "sentences"),
        text=_once([entry for budget in given for entry in budget.text], "sentences"),
        models=tuple(dict.fromkeys(model for budget in given for model in budget.models)),
        human=_once([entry for budget in given for entry in budget.human], "amount"),
    )


def _once(entries: Iterable[_Entry], amounts: str) -> tuple[_Entry, ...]:
    """Entries that differ in nothing but their `amounts` as one, in the order in which they first come."""
    found: dict[_Entry, Amounts] = {}
    for entry in entries:
        bare = msgspec.structs.replace(entry, **{amounts: None})
        found[bare] = found.get(bare, {}) | getattr(entry, amounts)
    return tuple(msgspec.structs.replace(bare, **{amounts: total}) for bare, total in found.items())
