"""A token, or a file's name, of a hundred thousand marks out of order is read in a moment; alone, Python needs minutes for it."""

import json
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench import normal_form
from boundarybench.cli.main import main
from boundarybench.intake.walk import folded
from boundarybench.normal_form import normalise

#: Acute accents (above) before grave ones below: canonical order has them the other way round.
MARKS = "a" + "\u0301" * 50_000 + "\u0316" * 50_000
ORDERED = "\u00e1" + "\u0316" * 50_000 + "\u0301" * 49_999
EXAMPLE = Path(__file__).resolve().parents[2] / "submissions" / "example-typical-errors"

_TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from("a\u0301\u0316\u0344\u00e1\u1eaf\uac01\u1100\u1161\ufb01\u0f73\u0345"))


@given(_TEXT, st.sampled_from(["NFC", "NFKC"]))
def test_it_is_the_form_that_unicode_defines(text: str, form: Literal["NFC", "NFKC"]) -> None:
    long = text * (normal_form._SHORT // max(len(text), 1) + 1)
    for each in (text, long):
        assert normalise(form, each) == unicodedata.normalize(form, each)


class _Ordered:
    """`unicodedata`, which never gets a long text whose marks are out of order."""

    def __getattr__(self, name: str) -> Any:
        return getattr(unicodedata, name)

    def normalize(self, form: Literal["NFC", "NFKC", "NFD", "NFKD"], text: str) -> str:
        classes = [unicodedata.combining(character) for character in text]
        falls = sum(0 < after < before for before, after in pairwise(classes))
        assert falls == 0 or len(text) <= normal_form._SHORT
        return unicodedata.normalize(form, text)


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(normal_form, "unicodedata", _Ordered())


@pytest.mark.usefixtures("ordered")
def test_marks_are_put_in_order_first() -> None:
    assert normalise("NFC", MARKS) == ORDERED
    assert folded(MARKS.encode()) == ORDERED


@pytest.mark.usefixtures("ordered")
def test_a_prediction_with_such_tokens_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [json.loads(line) for line in (EXAMPLE / "sample" / "de.jsonl").read_bytes().splitlines()]
    lines = [json.dumps({**row, "tokens": [MARKS, *["x"] * (len(row["tags"]) - 1)]}) + "\n" for row in rows[:3]]
    (tmp_path / "de.jsonl").write_text("".join(lines))
    assert main(["validate", str(tmp_path / "de.jsonl"), "--suite", "sample", "--lang", "de"]) == 1
    assert "token-mismatch" in capsys.readouterr().out
