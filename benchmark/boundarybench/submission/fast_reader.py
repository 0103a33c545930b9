"""The fast reader of prediction files: it accepts a file that is right in every respect, and says nothing of any other."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import chain
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from ..gold.model import Gold
from ..protocol import MAX_LINE_BYTES
from ..spans import ByteArray, offsets, tag_codes
from .prediction import Prediction, closed_types, open_types, spans_per_sentence


@cache
def _decoder(types: tuple[str, ...] | None) -> msgspec.json.Decoder[Any]:
    tag: Any = Literal[tuple(tag_codes(types))] if types else str
    record = msgspec.defstruct(
        "Record",
        [
            ("id", str),
            ("tags", list[tag]),
            ("tokens", list[str] | msgspec.UnsetType, msgspec.UNSET),
            ("scores", list[float] | msgspec.UnsetType, msgspec.UNSET),
        ],
        forbid_unknown_fields=True,
        gc=False,
    )
    return msgspec.json.Decoder(record)


def read_fast(data: bytes, gold: Gold) -> Prediction | None:
    """The prediction, if the file is complete and has no finding of any kind; None in every other case or doubt."""
    with _without_garbage_collection():
        return _read(data, gold)


def _read(data: bytes, gold: Gold) -> Prediction | None:
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    # The decoder takes two objects on a line, and one on two; a record that ends every line leaves room for neither.
    if lines != gold.sentences or lines != data.count(b"}\n") + data.endswith(b"}"):
        return None
    if len(data) > MAX_LINE_BYTES and max(map(len, data.split(b"\n"))) > MAX_LINE_BYTES:
        return None
    types = closed_types(gold)
    try:
        records = _decoder(types).decode_lines(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    ids = gold.ids()
    if [record.id for record in records] != ids:
        by_id = {record.id: record for record in records}
        if len(records) != lines or by_id.keys() != set(ids):
            return None
        records = [by_id[name] for name in ids]
    tags = [record.tags for record in records]
    given = _optional_keys(data, records, tags)
    if given is None or list(map(len, tags)) != gold.lengths.tolist() or not _tokens_agree(records, given["tokens"], gold):
        return None
    if types is None:
        types = open_types(gold, set(chain.from_iterable(tags)))
    if types is None:
        return None
    codes = np.frombuffer(bytes(map(tag_codes(types).__getitem__, chain.from_iterable(tags))), np.uint8)
    agree, scores = _scores(records, given["scores"], codes, gold, types)
    if not agree:
        return None
    return Prediction(codes, types, np.ones(gold.sentences, bool), scores)


def _optional_keys(data: bytes, records: list[Any], tags: list[list[str]]) -> dict[str, list[int]] | None:
    """Indices of the records that have `tokens` and `scores`; None if any object might have a key twice.

    The decoder does not notice a second key, but every string that it read accounts for two quotation marks in the bytes:
    more of them than that is a doubt.
    """
    quotes = data.count(b'"')
    expected = 2 * (3 * len(records) + sum(map(len, tags)))
    if quotes == expected:
        return {"tokens": [], "scores": []}
    given = {
        key: [index for index, record in enumerate(records) if getattr(record, key) is not msgspec.UNSET] for key in ("tokens", "scores")
    }
    expected += 2 * (sum(map(len, given.values())) + sum(len(records[index].tokens) for index in given["tokens"]))
    # After an escaped backslash a quotation mark ends its string, and would be counted as an escaped one.
    return given if quotes == expected + data.count(b'\\"') and b"\\\\" not in data else None


def _tokens_agree(records: list[Any], given: list[int], gold: Gold) -> bool:
    expected = gold.token_list() if given else []
    if expected is None:
        return False
    first = offsets(gold.lengths).tolist()
    return all(records[index].tokens == expected[first[index] : first[index + 1]] for index in given)


def _scores(
    records: list[Any], given: list[int], codes: ByteArray, gold: Gold, types: tuple[str, ...]
) -> tuple[bool, NDArray[np.float64] | None]:
    """Whether there are as many scores as spans wherever there are scores; and the scores, where every span has one."""
    if not given:
        return True, None
    predicted = spans_per_sentence(codes, gold, types)
    values = np.fromiter(chain.from_iterable(records[index].scores for index in given), np.float64)
    agree = bool(np.isfinite(values).all()) and all(len(records[index].scores) == predicted[index] for index in given)
    return agree, values if len(values) == sum(predicted) > 0 else None


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Ten thousand lists at once make the collector look for cycles again and again, where there can be none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
