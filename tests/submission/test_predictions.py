"""Prediction files: what is accepted, the two readers against each other, and the reader against the published schema."""

import json
import random
import re
import tracemalloc
import unicodedata
from typing import Any

import jsonschema
import numpy as np
import pytest
from corpus import CLOSED, GOOD, OPEN, TAGS, TOKENS, dump, found, lines, mutated, obj, padded, record, second
from hypothesis import given, settings
from hypothesis import strategies as st

from boundarybench.errors import DataError
from boundarybench.gold.model import TAG, Gold, build
from boundarybench.spans import tag_codes
from boundarybench.submission.careful_reader import read_careful
from boundarybench.submission.fast_reader import read_fast
from boundarybench.submission.findings import COUNTED, SHOWN, Findings
from boundarybench.submission.prediction import Prediction, of_tags
from boundarybench.submission.predictions import read
from boundarybench.submission.system_json import schema


def accepted(content: bytes, gold: Gold = CLOSED, required: Any = None) -> Prediction:
    findings = Findings()
    prediction = read(content, "swa.jsonl", gold, findings, required)
    assert not findings.counts
    assert prediction is not None
    return prediction


def careful(content: bytes, gold: Gold = CLOSED) -> tuple[Prediction | None, Findings]:
    findings = Findings()
    return read_careful(content, "swa.jsonl", gold, findings, np.ones(gold.sentences, bool)), findings


def tags_of(prediction: Prediction) -> list[str]:
    names = {code: tag for tag, code in tag_codes(prediction.types).items()}
    return [names[code] for code in prediction.codes.tolist()]


FLAT = [tag for sentence in TAGS for tag in sentence]
RIGHT = {
    "as it should be": lines(*GOOD),
    "shuffled": lines(GOOD[2], GOOD[0], GOOD[3], GOOD[1]),
    "no newline at the end": lines(*GOOD)[:-1],
    "CRLF": lines(*GOOD).replace(b"\n", b"\r\n"),
    "CRLF, none at the end": lines(*GOOD).replace(b"\n", b"\r\n")[:-2],
    "spaces around": lines(*(b" \t" + line.replace(b",", b" ,\t") + b" " for line in GOOD)),
    "keys the other way round": lines(*(dump({"tags": TAGS[index], **record(index)}) for index in range(4))),
    "escapes": lines(
        *(line.replace(b'"O"', b'"\\u004f"').replace(b'"id"', b'"\\u0069d"').replace(b"swa-", b"\\u0073wa\\u002D") for line in GOOD)
    ),
    "tokens": lines(*(dump(record(index, tokens=TOKENS[index])) for index in range(4))),
    "tokens in ASCII": lines(*(json.dumps(record(index, tokens=TOKENS[index])).encode() for index in range(4))),
    "tokens of one sentence": second(record(1, tokens=TOKENS[1])),
    "scores": lines(*(dump(record(index, scores=[0.5] * n)) for index, n in enumerate((2, 1, 1, 0)))),
    "scores of any size": second(obj('"id":"swa-00001"', '"tags":["B-ORG","I-ORG","I-ORG"]', '"scores":[-1.5e-300]')),
    "a score below the smallest float": second(obj('"id":"swa-00001"', '"tags":["B-ORG","I-ORG","I-ORG"]', '"scores":[1e-999]')),
    "a score of 300 digits": second(obj('"id":"swa-00001"', '"tags":["B-ORG","I-ORG","I-ORG"]', f'"scores":[{"7" * 300}]')),
    "a score of 5000 decimals": second(obj('"id":"swa-00001"', '"tags":["B-ORG","I-ORG","I-ORG"]', f'"scores":[0.{"7" * 5000}]')),
    "a line at the limit": second(padded(1 << 20)),
}


@pytest.mark.parametrize("content", RIGHT.values(), ids=RIGHT)
def test_a_right_file_is_accepted(content: bytes) -> None:
    for prediction in (accepted(content), careful(content)[0]):
        assert prediction is not None
        assert tags_of(prediction) == FLAT
        assert prediction.present.all()


@pytest.mark.parametrize("name", ["as it should be", "shuffled", "no newline at the end", "tokens in ASCII", "scores"])
def test_the_fast_reader_takes_usual_files(name: str) -> None:
    """Without this, a fast reader that takes nothing would agree with the careful one."""
    assert read_fast(RIGHT[name].replace(b"\\\\", b"\\u005c"), CLOSED) is not None


def test_invalid_transitions_are_predictions_like_others() -> None:
    """They are counted, not refused (protocol, section 4)."""
    assert tags_of(accepted(second(record(1, tags=["I-ORG", "I-LOC", "I-DATE"]))))[3:6] == ["I-ORG", "I-LOC", "I-DATE"]


def test_tokens_that_nfc_makes_equal_are_a_warning_and_the_file_is_accepted() -> None:
    content = second(record(1, tokens=[unicodedata.normalize("NFD", token) for token in TOKENS[1]]))
    findings = Findings()
    prediction = read(content, "f", CLOSED, findings)
    assert found(findings) == ["token-normalisation@2"]
    assert prediction is not None
    assert tags_of(prediction) == FLAT


def test_a_large_file_with_a_warning_on_every_line_is_accepted() -> None:
    """Only errors end the reading."""
    count = COUNTED + 1
    gold = build("file", "x", "test", [["B-PER"]] * count, [["é"]] * count)
    content = b"".join(b'{"id":"x-%05d","tags":["O"],"tokens":["e\xcc\x81"]}\n' % index for index in range(count))
    findings = Findings()
    assert read(content, "f", gold, findings) is not None
    assert findings.counts == {("f", "token-normalisation"): count}


def test_a_sentence_that_is_not_required_is_outside_and_not_present() -> None:
    prediction = accepted(lines(GOOD[0], GOOD[3]), required=np.array([True, False, False, True]))
    assert tags_of(prediction) == [*TAGS[0], *"OOOOOO", *TAGS[3]]
    assert prediction.present.tolist() == [True, False, False, True]


def test_a_required_sentence_must_be_there() -> None:
    findings = Findings()
    assert read(lines(GOOD[0]), "f", CLOSED, findings, np.array([True, False, True, False])) is None
    assert [finding.message for finding in findings.shown] == ["no line for swa-00002"]


def test_gold_of_ones_own_takes_any_type() -> None:
    prediction = accepted(second(record(1, tags=["B-GPE", "I-GPE", "B-événement"])), OPEN)
    assert prediction.types == ("DATE", "LOC", "ORG", "PER", "GPE", "événement")
    assert tags_of(prediction)[3:6] == ["B-GPE", "I-GPE", "B-événement"]


@pytest.mark.parametrize("more", [126, 127])
def test_there_are_codes_for_127_types(more: int) -> None:
    gold = build("file", "x", "test", [["B-PER"] + ["O"] * 200], None)
    tags = ["B-PER", *(f"I-T{number}" for number in range(more)), *["O"] * (200 - more)]
    content = dump({"id": "x-00000", "tags": tags})
    if more == 126:
        assert tags_of(accepted(content, gold)) == tags
        assert of_tags([tags], gold).types == accepted(content, gold).types
        return
    findings = Findings()
    assert read(content, "f", gold, findings) is None
    assert found(findings) == ["unknown-tag"]
    with pytest.raises(DataError, match="unknown-tag"):
        of_tags([tags], gold)


def test_gold_without_tokens_checks_their_number_alone() -> None:
    gold = build("file", "swa", "test", TAGS, None)
    accepted(second(record(1, tokens=["anything", "will", "do"])), gold)
    assert found(careful(second(record(1, tokens=["two", "tokens"])), gold)[1]) == ["token-mismatch@2"]


@pytest.mark.parametrize("tags", [TAGS[:3], (*TAGS[:3], ("O", "O")), (*TAGS[:3], ("B-MISC",)), (*TAGS[:3], ("",))])
def test_tags_in_memory_must_fit_the_gold(tags: Any) -> None:
    with pytest.raises(DataError, match=r"wrong-number-of-tags|unknown-tag"):
        of_tags(tags, CLOSED)


def test_tags_in_memory_are_what_the_file_of_them_is() -> None:
    assert of_tags(TAGS, CLOSED).codes.tolist() == accepted(lines(*GOOD)).codes.tolist()


# --- Caps -----------------------------------------------------------------------------------------------------------------


def test_each_code_of_a_file_is_shown_twenty_times_and_counted_beyond() -> None:
    bad = [dump({"id": f"x{number}", "tags": ["x"]}) for number in range(30)]
    _, findings = careful(lines(*bad, *GOOD))
    assert findings.counts == {("swa.jsonl", "unknown-id"): 30, ("swa.jsonl", "unknown-tag"): 30}
    assert found(findings) == sorted(
        [f"{code}@{n}" for code in ("unknown-id", "unknown-tag") for n in range(1, SHOWN + 1)] + ["unknown-id+10", "unknown-tag+10"]
    )


def test_reading_goes_on_to_the_last_line_below_the_cap() -> None:
    _, findings = careful(b"\n" * COUNTED + lines(*GOOD[1:]))
    assert findings.counts == {("swa.jsonl", "broken-json"): COUNTED, ("swa.jsonl", "missing-id"): 1}


def test_one_file_with_too_many_findings_does_not_stop_the_next() -> None:
    findings = Findings()
    for name in ("a", "b"):
        read(b"\n" * (COUNTED + 1), name, CLOSED, findings)
    assert findings.counts["b", "broken-json"] == findings.counts["a", "broken-json"] == COUNTED + 1


def test_no_list_of_all_lines_is_made() -> None:
    content = b"\n" * (20 << 20)
    tracemalloc.start()
    try:
        read(content, "f", CLOSED, Findings())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20


def test_unknown_keys_are_named_in_the_order_of_the_line() -> None:
    """Not in that of a set, which differs from run to run."""
    keys = [f"k{number}" for number in range(SHOWN)]
    random.Random(0).shuffle(keys)
    _, findings = careful(second({**record(1), **dict.fromkeys(keys)}))
    assert [finding.message for finding in findings.shown] == [f"key {key!r}" for key in keys]


# --- The two readers ------------------------------------------------------------------------------------------------------


@st.composite
def right_files(draw: st.DrawFn, gold: Gold, types: list[str]) -> bytes:
    """Files without a fault: any order, any tags, with or without tokens, scores and ASCII."""
    tag = st.sampled_from(["O", *(f"{prefix}-{name}" for name in types for prefix in "BI")])
    ascii_only = draw(st.booleans())
    rows = []
    for index in draw(st.permutations(range(gold.sentences))):
        length = int(gold.lengths[index])
        tags = draw(st.lists(tag, min_size=length, max_size=length))
        row: dict[str, Any] = {"id": f"swa-{index:05d}", "tags": tags}
        if draw(st.booleans()):
            row["tokens"] = TOKENS[index]
        if draw(st.booleans()):
            spans = sum(t != "O" and (t[0] == "B" or before[1:] != t[1:]) for before, t in zip(["O", *tags], tags, strict=False))
            number = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**30), 10**30)
            row["scores"] = draw(st.lists(number, min_size=spans, max_size=spans))
        rows.append(json.dumps(dict(draw(st.permutations(list(row.items())))), ensure_ascii=ascii_only).encode())
    return b"\n".join(rows) + draw(st.sampled_from([b"\n", b""]))


GOLDS = {"closed": (CLOSED, ["PER", "ORG", "LOC", "DATE"]), "open": (OPEN, ["PER", "\\", '"', "a\\", "é", "B-X", "{}"])}


@pytest.mark.parametrize(("gold", "types"), GOLDS.values(), ids=GOLDS)
@settings(max_examples=100)
@given(choice=st.data())
def test_both_readers_take_every_right_file_and_read_the_same(gold: Gold, types: list[str], choice: st.DataObject) -> None:
    content = choice.draw(right_files(gold, types))
    expected, findings = careful(content, gold)
    assert not findings.counts
    assert expected is not None
    same(read_fast(content.replace(b"\\\\", b"\\u005c"), gold), expected)


@pytest.mark.parametrize(("gold", "types"), GOLDS.values(), ids=GOLDS)
@settings(max_examples=300)
@given(choice=st.data())
def test_the_fast_reader_takes_only_what_the_careful_one_takes(gold: Gold, types: list[str], choice: st.DataObject) -> None:
    content = choice.draw(mutated(right_files(gold, types)))
    fast = read_fast(content, gold)
    if fast is not None:
        expected, findings = careful(content, gold)
        assert not findings.counts
        same(fast, expected)


def same(fast: Prediction | None, expected: Prediction | None) -> None:
    assert fast is not None
    assert expected is not None
    assert fast.codes.tolist() == expected.codes.tolist()
    assert fast.types == expected.types
    assert fast.present.tolist() == expected.present.tolist()
    assert (fast.scores is None) == (expected.scores is None)
    if fast.scores is not None and expected.scores is not None:
        assert fast.scores.tolist() == expected.scores.tolist()


NUMBERS = [
    "0",
    "-0",
    "-0.0",
    "1",
    "01",
    "-01",
    "1.",
    ".5",
    "-.5",
    "+1",
    "1e5",
    "1E5",
    "1e+5",
    "1e-5",
    "1e",
    "1e+",
    "1e1.5",
    "0e999",
    "1e308",
]
NUMBERS += [
    "1e309",
    "-1e309",
    "1e-400",
    "1e999",
    "9" * 308,
    "9" * 309,
    "-" + "9" * 400,
    "9" * 5000,
    "0." + "9" * 5000,
    "18446744073709551616",
]
NUMBERS += [
    "0x10",
    "1_000",
    "1,5",
    "NaN",
    "nan",
    "Infinity",
    "-Infinity",
    "inf",
    "--1",
    "-",
    "1f",
    "１",
    "1 2",
    "true",
    "null",
    '"1"',
    "[1]",
    "",
]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:12])
def test_both_readers_have_the_same_numbers(number: str) -> None:
    content = second(obj('"id":"swa-00001"', '"tags":["B-ORG","I-ORG","I-ORG"]', f'"scores":[{number}]'))
    _, findings = careful(content)
    assert read_fast(content, CLOSED) is None or not findings.counts
    assert (float_or_none(number) is None) == bool(findings.counts)


def float_or_none(number: str) -> float | None:
    """By the grammar of RFC 8259 and the range of a float."""
    if not re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", number) or abs(float(number)) == float("inf"):
        return None
    return float(number)


# --- The published schema -------------------------------------------------------------------------------------------------

SHAPE = {"type": "wrong-type", "required": "missing-key", "additionalProperties": "unknown-key"}
_VALIDATOR = jsonschema.Draft202012Validator(schema("prediction"))

_NUMBER = st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False)
_SCALAR = st.none() | st.booleans() | _NUMBER | st.text(max_size=5) | st.sampled_from(["O", "B-PER", "swa-00001"])
_VALUE = st.recursive(
    _SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2), max_leaves=6
)
_FITTING = {
    "id": st.text(max_size=10) | st.sampled_from(["swa-00000", "swa-00003"]),
    "tags": st.lists(st.text(max_size=5) | st.sampled_from(["O", "B-PER"]), max_size=4),
    "tokens": st.lists(st.text(max_size=5), max_size=4),
    "scores": st.lists(_NUMBER, max_size=4),
}
_OBJECT = st.fixed_dictionaries({}, optional={key: st.one_of(value, value, _VALUE) for key, value in _FITTING.items()})
_RECORD = st.builds(lambda known, more: {**more, **known}, _OBJECT, st.just({}) | st.dictionaries(st.text(max_size=6), _VALUE, max_size=2))


@settings(max_examples=200)
@given(value=_RECORD | _VALUE)
def test_the_schema_and_the_reader_agree_about_shape(value: Any) -> None:
    """Below a right line: a file of nothing but an array, say, is one of another kind."""
    _, findings = careful(lines(GOOD[2], json.dumps(value).encode()))
    if {"nesting-too-deep"} & {code for _, code in findings.counts}:
        return
    codes = {code for _, code in findings.counts} & set(SHAPE.values())
    assert codes == {SHAPE[error.validator] for error in _VALIDATOR.iter_errors(value) if error.validator in SHAPE}


@given(tag=st.text(max_size=4) | st.builds(lambda prefix, name: prefix + name, st.sampled_from(["B-", "I-", "O"]), st.text(max_size=70)))
def test_the_schema_and_the_reader_agree_about_tags(tag: str) -> None:
    valid = _VALIDATOR.is_valid({"id": "", "tags": [tag]})
    assert valid == bool(TAG.fullmatch(tag))
