"""The fast reader of prediction files: it accepts a file that is right in every respect, and says nothing of any other."""

from itertools import chain
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ..gold.model import Gold
from ..protocol import MAX_LINE_BYTES
from ..spans import ByteArray, offsets, tag_codes
from .prediction import Prediction, closed_types, open_types, spans_per_sentence
from .tag_arrays import read_tags


class _Record(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A line. Its tags stay JSON until they are known to need more than a look at their bytes."""

    id: str
    tags: msgspec.Raw
    tokens: list[str] | msgspec.UnsetType = msgspec.UNSET
    scores: list[float] | msgspec.UnsetType = msgspec.UNSET


_RECORDS = msgspec.json.Decoder(_Record)
_TAGS = msgspec.json.Decoder(list[list[str]])


def read_fast(data: bytes, gold: Gold) -> Prediction | None:
    """The prediction, if the file is complete and has no finding of any kind; None in every other case or doubt."""
    if not _is_record_a_line(data, gold.sentences):
        return None
    try:
        records = _RECORDS.decode_lines(data)
        ids = gold.ids()
        if [record.id for record in records] != ids:
            by_id = {record.id: record for record in records}
            if len(records) != gold.sentences or by_id.keys() != set(ids):
                return None
            records = [by_id[name] for name in ids]
        read = _tags([record.tags for record in records], gold)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if read is None:
        return None
    codes, types = read
    given = _optional_keys(data, records, len(codes))
    if given is None or not _tokens_agree(records, given["tokens"], gold):
        return None
    agree, scores = _scores(records, given["scores"], codes, gold, types)
    if not agree:
        return None
    return Prediction(codes, types, np.ones(gold.sentences, bool), scores)


def _is_record_a_line(data: bytes, sentences: int) -> bool:
    """Whether there are as many lines as sentences, none too long, and each ends like a record.

    The decoder takes two objects on a line, and one on two; a record that ends every line leaves room for neither.
    """
    whole = data if data.endswith(b"\n") else data + b"\n"
    if whole.count(b"\n") != sentences:
        return False
    content = np.frombuffer(whole, np.uint8)
    ends = np.flatnonzero(content == ord("\n"))
    return bool(ends[0] > 0 and (content[ends - 1] == ord("}")).all() and np.diff(ends, prepend=-1).max() - 1 <= MAX_LINE_BYTES)


def _tags(arrays: list[msgspec.Raw], gold: Gold) -> tuple[ByteArray, tuple[str, ...]] | None:
    """The tag codes of all sentences, and the types that they stand for; None where they are not right.

    Raises:
        msgspec.DecodeError, UnicodeDecodeError: a value is no list of strings.
    """
    types = closed_types(gold)
    codes = read_tags(arrays, gold.lengths, types or gold.spans.types)
    if codes is not None:
        return codes, types or gold.spans.types
    tags = _TAGS.decode(b"[" + b",".join(arrays) + b"]")
    if list(map(len, tags)) != gold.lengths.tolist():
        return None
    types = types or open_types(gold, set(chain.from_iterable(tags)))
    known = tag_codes(types or ())
    if types is None or not known.keys() >= set(chain.from_iterable(tags)):
        return None
    return np.frombuffer(bytes(map(known.__getitem__, chain.from_iterable(tags))), np.uint8), types


def _optional_keys(data: bytes, records: list[Any], tags: int) -> dict[str, list[int]] | None:
    """Indices of the records that have `tokens` and `scores`; None if any object might have a key twice.

    The decoder does not notice a second key, but every string that it read accounts for two quotation marks in the bytes:
    more of them than that is a doubt.
    """
    quotes = np.count_nonzero(np.frombuffer(data, np.uint8) == ord('"'))
    expected = 2 * (3 * len(records) + tags)
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
