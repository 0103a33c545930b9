"""Two systems' budgets compared: equal, or what one was given and the other was not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ...submission.budget import Amounts, Budget

Verdict = Literal["equal-budget", "as used"]

_MODEL = "pretrained model"
#: Entries of a kind that a line of words has.
_MOST = 4


@dataclass(frozen=True, slots=True)
class BudgetDifference:
    """Something of which two systems were not given the same.

    Attributes:
        kind: `labelled for weights`, `parallel text`, `pretrained model`, `human links`, ...
        of: the data set, the source, or the model's name.
        a, b: amounts by language; of a pretrained model, no amounts, and None where a system does not use it.
    """

    kind: str
    of: str
    a: Amounts | None
    b: Amounts | None


@dataclass(frozen=True, slots=True)
class BudgetComparison:
    """What can be said of two budgets: `equal-budget` only where both are stated and the same.

    Attributes:
        not_stated: which of the two (`A`, `B`) state no budget; then there are no differences to tell.
    """

    verdict: Verdict
    not_stated: tuple[str, ...]
    differences: tuple[BudgetDifference, ...]


def compare_budgets(a: Budget | None, b: Budget | None) -> BudgetComparison:
    """Compare what two systems were given.

    Budgets are equal if they have the same data for the same use, text, models and human work, each in the same amount in the same
    languages. An amount that is not known is equal to none.
    """
    if a is None or b is None:
        return BudgetComparison("as used", tuple(name for name, budget in (("A", a), ("B", b)) if budget is None), ())
    of_a, of_b = _given(a), _given(b)
    keys = dict.fromkeys([*of_a, *of_b])
    differing = tuple(BudgetDifference(*key, of_a.get(key), of_b.get(key)) for key in keys if not _same(of_a.get(key), of_b.get(key)))
    return BudgetComparison("as used" if differing else "equal-budget", (), differing)


def _given(budget: Budget) -> dict[tuple[str, str], Amounts]:
    """Amounts by what was given; what is listed twice is added up."""
    found: dict[tuple[str, str], Amounts] = {}
    for key, amounts in _entries(budget):
        total = found.setdefault(key, {})
        for lang, amount in amounts.items():
            total[lang] = _sum(total.get(lang, 0), amount)
    return {key: total for key, total in found.items() if total or key[0] == _MODEL}


def _entries(budget: Budget) -> Iterator[tuple[tuple[str, str], Amounts]]:
    for each in budget.labelled:
        own = ", a language's own left out" if each.own_left_out else ""
        yield (f"labelled for {each.use}", each.data + own), each.sentences
    for text in budget.text:
        yield (f"{text.kind} text", text.source), text.sentences
    for model in budget.models:
        yield (_MODEL, model.name + (f", trained on {model.trained_on}" if model.trained_on else "")), {}
    for work in budget.human:
        yield (f"human {work.kind}", work.source), work.amount


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _same(one: Amounts | None, other: Amounts | None) -> bool:
    return one is not None and one == other and None not in one.values()


def in_words(comparison: Mapping[str, Any]) -> str:
    """A comparison, as plain JSON, in a line: the verdict, and by kind what A and B were given."""
    verdict: str = comparison["verdict"]
    if comparison["not_stated"]:
        return f"{verdict}: not stated by {' and '.join(comparison['not_stated'])}"
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for each in comparison["differences"]:
        kinds.setdefault(each["kind"], []).append(each)
    parts = [f"{kind} {_sides(kind, found)}" for kind, found in kinds.items()]
    return verdict + (f" (A / B): {'; '.join(parts)}" if parts else "")


def _sides(kind: str, differences: Sequence[Mapping[str, Any]]) -> str:
    """Both sides, by their amounts; by name where there are none, or where these do not tell them apart."""
    given = {side: [each for each in differences if each[side] is not None] for side in ("a", "b")}
    names = {side: _joined([each["of"] for each in found], ", ") for side, found in given.items()}
    # Nobody knows whether two sources have sentences in common: they stand one by one, and are not added up.
    amounts = {side: _joined([_amount(each[side]) for each in found], " + ") for side, found in given.items()}
    if kind == _MODEL:
        return " / ".join(names.values())
    if amounts["a"] != amounts["b"]:
        return " / ".join(amounts.values())
    return " / ".join(f"{names[side]}: {amounts[side]}" for side in names)


def _joined(parts: Sequence[str], by: str) -> str:
    """The first few: a stranger may have hundreds."""
    more = [f"{len(parts) - _MOST} more"] if len(parts) > _MOST else []
    return by.join([*parts[:_MOST], *more]) or "none"


def _amount(amounts: Amounts) -> str:
    """Languages and their numbers where they are few, else the sum."""
    if len(amounts) <= 2:
        return ", ".join(f"{lang} {'?' if amount is None else format(amount, ',')}" for lang, amount in sorted(amounts.items()))
    known = [amount for amount in amounts.values() if amount is not None]
    return f"{'' if len(known) == len(amounts) else 'over '}{sum(known):,} ({len(amounts)} languages)"
