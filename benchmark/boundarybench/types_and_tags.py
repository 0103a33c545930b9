"""Entity types and tags as a caller gives them: read right, or refused with what to write instead."""

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import chain
from numbers import Integral
from typing import Any

from .errors import DataError, UsageError
from .protocol import TYPES

#: The word for every type that occurs.
ALL = "all"

_EXAMPLE = f"write a list of type names such as ['PER', 'MISC'], or {ALL!r} for every type"


def type_names(types: object) -> tuple[str, ...] | None:
    """The type names in any collection of strings, each once, in the order given; None (every type) for None and for `"all"`.

    Raises:
        UsageError: anything else, among it every other string, whose characters would be taken for types.
    """
    if types is None or (isinstance(types, str) and types == ALL):
        return None
    if isinstance(types, str | bytes | Mapping) or not isinstance(types, Iterable):
        raise UsageError(f"types: {_shown(types)} is no list of types: {_EXAMPLE}")
    try:
        names = list(dict.fromkeys(types))
    except TypeError as error:  # a numpy array of no dimension, or elements that are lists themselves
        raise UsageError(f"types: {_shown(types)} is no list of types: {_EXAMPLE}") from error
    for name in names:
        if not isinstance(name, str) or not name or name.split() != [name]:
            raise UsageError(f"types: {_shown(name)} is no type name: {_EXAMPLE}")
    if not names:
        raise UsageError(f"types: nothing is chosen: {_EXAMPLE}")
    if ALL in names:
        raise UsageError(f"types: {ALL!r} stands alone, without a list and without other types")
    return tuple(map(_plain, names))


def selected(types: object, known: tuple[str, ...], of_gold: tuple[str, ...]) -> tuple[str, ...]:
    """The types that count: those that `type_names` reads, or all of the `known` ones, which are those of gold and predictions.

    Raises:
        UsageError: as `type_names`.
        DataError: gold has types, and none of those asked for is known or among the protocol's.
    """
    names = type_names(types)
    if names is None:
        return known
    if of_gold and not {*known, *TYPES}.intersection(names):
        raise DataError(f"types: {', '.join(names)}: neither in gold nor in predictions, which have {', '.join(known)}")
    return names


def tag_lists(tags: object, what: str) -> list[Sequence[str]]:
    """Tags of a test set as lists of strings, one per sentence, from nested sequences of any kind (numpy arrays, generators).

    Args:
        what: what to call the tags in an error.

    Raises:
        DataError: they are not nested in sentences, or a tag is not a string, as class ids are not.
    """
    sentences = [_sequence(sentence, f"{what}, sentence {index}") for index, sentence in enumerate(_sequence(tags, what))]
    kinds = set(map(type, chain.from_iterable(sentences)))
    if kinds <= {str}:
        return sentences
    for index, sentence in enumerate(sentences):
        for place, tag in enumerate(sentence):
            if not isinstance(tag, str):
                raise DataError(f"{what}: wrong-type: {_shown(tag)} at token {place} of sentence {index} is no tag: {_fix(tag)}")
    return [list(map(_plain, sentence)) for sentence in sentences]


def _sequence(value: object, what: str) -> Sequence[Any]:
    """The elements of an ordered collection. Raises DataError."""
    if isinstance(value, list | tuple):
        return value
    if not isinstance(value, str | bytes | Mapping | Set) and isinstance(value, Iterable):
        try:
            return list(value)
        except TypeError:  # a numpy array of no dimension
            pass
    raise DataError(f"{what}: wrong-type: {_shown(value)} where a list belongs; write a list of tags per sentence: [['B-PER', 'O'], ['O']]")


def _fix(tag: object) -> str:
    if isinstance(tag, Integral) and not isinstance(tag, bool):
        return "write names, not class ids: names[i] of the model or data set that the ids are of, without the positions labelled -100"
    return "write 'O', 'B-TYPE' or 'I-TYPE'"


def _plain(name: str) -> str:
    """The characters of a string of any class (numpy's, an enumeration's)."""
    return str.__str__(name)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"
