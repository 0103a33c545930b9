"""The same figures as the scorers that the field uses, where they agree with the protocol."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from helpers import TYPES, of_group, score_of, tag_pairs
from hypothesis import given
from nervaluate.evaluator import Evaluator
from seqeval.metrics import classification_report, f1_score, precision_score, recall_score
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, Entities

from boundarybench import schemes
from boundarybench.columns import read_sentences
from boundarybench.gold.model import build
from boundarybench.scoring.score import Score, score
from boundarybench.spans import decode, tag_codes

pytestmark = pytest.mark.filterwarnings("ignore")  # seqeval warns of zero division


def test_all_sequences_of_two_types_up_to_length_5() -> None:
    alphabet = ["O", "B-X", "I-X", "B-Y", "I-Y"]
    sequences = [list(tags) for length in range(1, 6) for tags in product(alphabet, repeat=length)]
    assert len(sequences) == 3905
    codes = tag_codes(("X", "Y"))
    for tags in sequences:
        found, invalid = decode(np.array([codes[tag] for tag in tags], np.uint8), np.array([len(tags)], np.int32), ("X", "Y"))
        ours = [("XY"[k], int(a), int(b) - 1) for a, b, k in zip(found.start, found.end, found.type, strict=True)]
        assert ours == get_entities(tags), tags
        kept = [entity for entity, wrong in zip(ours, invalid, strict=True) if not wrong]
        strict = [(e.tag, e.start, e.end - 1) for e in Entities([tags], IOB2).entities[0]]
        assert kept == strict, tags


@given(tag_pairs())
def test_seqeval_on_any_tags(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    _same_as_seqeval(score_of(*pair), *pair)


def _same_as_seqeval(found: Score, gold: list[list[str]], predicted: list[list[str]]) -> None:
    expected = (precision_score(gold, predicted), recall_score(gold, predicted), f1_score(gold, predicted))
    assert of_group(found.figures, "typed") == tuple(map(float, expected))
    # Gold is read once, with the begin rule; a strict reader would also delete gold. So strict seqeval gets valid gold.
    valid = [schemes.encode(schemes.decode(tags), len(tags), schemes.SCHEMES["IOB2"]) for tags in gold]
    strict = {"mode": "strict", "scheme": IOB2, "zero_division": 0}
    expected = (
        precision_score(valid, predicted, **strict),
        recall_score(valid, predicted, **strict),
        f1_score(valid, predicted, **strict),
    )
    assert tuple(found.discard.typed) == tuple(map(float, expected))


@given(tag_pairs())
def test_nervaluate_on_valid_tags(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    gold, predicted = ([schemes.encode(schemes.decode(tags), len(tags), schemes.SCHEMES["IOB2"]) for tags in side] for side in pair)
    overall = Evaluator(gold, predicted, tags=list(TYPES), loader="list").evaluate()["overall"]
    found = score_of(gold, predicted).figures
    for ours, theirs in (("boundary", overall["exact"]), ("typed", overall["strict"])):
        assert of_group(found, ours)[:2] == pytest.approx((theirs.precision, theirs.recall))


@pytest.mark.parametrize("lang", ["ewe", "kin", "mos"])
def test_real_predictions(data: Path, lang: str) -> None:
    sentences = read_sentences(data / "masakhaner2" / lang / "test.txt")
    read = read_sentences(data / "predictions" / "masakhaner2" / f"{lang}_mdeberta" / "test_predictions1.txt")
    gold, predicted = ([list(sentence.tags) for sentence in side] for side in (sentences, read))
    types = ("PER", "ORG", "LOC", "DATE")
    codes = tag_codes(types)
    found = score(build("test", lang, "test", gold, None, types), np.array([codes[t] for s in predicted for t in s], np.uint8), types, None)
    _same_as_seqeval(found, gold, predicted)
    report = classification_report(gold, predicted, output_dict=True)
    for kind in types:
        assert tuple(found.by_type[kind].typed) == tuple(float(report[kind][name]) for name in ("precision", "recall", "f1-score"))
