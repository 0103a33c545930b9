"""Tags read from bytes, held against `json.loads`."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from boundarybench.spans import tag_codes
from boundarybench.submission.tag_arrays import read_tags

TYPES = ("PER", "ORG", "LOC", "DATE")
TAGS = list(tag_codes(TYPES))


def read(arrays: list[str], lengths: list[int], types: tuple[str, ...] = TYPES) -> list[int] | None:
    codes = read_tags([Raw(array.encode()) for array in arrays], np.array(lengths, np.int32), types)
    return None if codes is None else codes.tolist()


def plainly(arrays: list[str], lengths: list[int]) -> list[int] | None:
    """What `read` should say of these values, escapes apart."""
    values: list[Any] = [json.loads(array) for array in arrays]
    if not all(isinstance(value, list) and len(value) == length for value, length in zip(values, lengths, strict=True)):
        return None
    tags = [tag for value in values for tag in value]
    return [TAGS.index(tag) for tag in tags] if all(tag in TAGS for tag in tags) else None


separators = st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", ":")])
right = st.lists(st.lists(st.sampled_from(TAGS), min_size=1, max_size=4), min_size=1, max_size=4)


@given(right, separators)
def test_right_arrays_are_read_whatever_stands_between_them(tags: list[list[str]], between: tuple[str, str]) -> None:
    arrays = [json.dumps(sentence, separators=between) for sentence in tags]
    assert read(arrays, list(map(len, tags))) == [TAGS.index(tag) for sentence in tags for tag in sentence]


scalar = st.sampled_from([*TAGS, *TAGS, "", "o", "B-", "B-PE", "B-PERX", "B-MISC", "O\0", "[", "]", "{", ",", '"', "\\", 'O","O', 1, None])
values = st.recursive(
    scalar, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["O", "B-PER"]), inner, max_size=2), max_leaves=4
)


@settings(max_examples=2000)
@given(st.lists(st.lists(values, max_size=4) | values, min_size=1, max_size=3), st.data(), separators)
def test_whatever_is_read_is_what_stands_there(made: list[Any], choice: st.DataObject, between: tuple[str, str]) -> None:
    arrays = [json.dumps(value, separators=between) for value in made]
    # As many quotation marks in all as the sentences want is the hard case.
    lengths = [choice.draw(st.sampled_from([max(1, array.count('"') // 2), 1, 2])) for array in arrays]
    found = read(arrays, lengths)
    assert found is None or found == plainly(arrays, lengths)


@pytest.mark.parametrize(
    ("arrays", "lengths"),
    [
        (['[""]'], [1]),
        (['["O",1]'], [1]),
        (['["O",1]'], [2]),
        (['["O",1]', '["O"]'], [1, 2]),
        (['["O"]', '["O","O"]'], [2, 1]),
        (['["O","O"]', '["O"]'], [1, 2]),
        (['["O"]', "[]"], [1, 0]),
        (['["O"]', "1"], [1]),
        (['"O"', '[["O"]]'], [1, 1]),
        (['[["O"]]'], [1]),
        (['[["O"],"O"]'], [2]),
        (['[{"O":"O"}]'], [2]),
        (['{"O":["O"]}'], [2]),
        (['{"O":"O"}', '["O",["O"]]'], [2, 2]),
        (["[1]", '["O"]'], [0, 1]),
        (['["B-PERSONAL"]'], [1]),
        (['["O"]'], [2]),
        (['["O"]', '["O"]'], [2]),
    ],
)
def test_what_is_no_array_of_tags_is_not_read(arrays: list[str], lengths: list[int]) -> None:
    assert read(arrays, lengths) is None


@pytest.mark.parametrize("name", ['"', "\\", "é", "PERSONS", "\x7f\n"])
def test_types_that_are_long_or_that_json_escapes_are_not_read(name: str) -> None:
    assert read(['["O"]'], [1], ("PER", name)) is None


def test_many_types_are_read() -> None:
    types = tuple(f"T{number}" for number in range(20))
    assert read([json.dumps(list(tag_codes(types)))], [41], types) == list(range(41))
