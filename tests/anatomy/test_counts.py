"""The counts of errors are the scorer's, however they are broken down, and add up."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from helpers import TYPES, codes_of, gold_of, score_of, tag_pairs
from hypothesis import given, settings
from hypothesis import strategies as st

from boundarybench.anatomy.counts import BREAKDOWNS, Counts, ErrorBucket
from boundarybench.anatomy.error_report import Examination, as_json, examine
from boundarybench.anatomy.traits import capitals_of
from boundarybench.gold.model import Gold, build
from boundarybench.scoring.score import score
from boundarybench.spans import tag_codes
from boundarybench.submission.prediction import Prediction

Tags = list[list[str]]


def examined(gold: Gold, predicted: Tags, types: tuple[str, ...] | None = TYPES, train: Gold | None = None) -> Examination:
    prediction = Prediction(codes_of(predicted), TYPES, np.ones(gold.sentences, bool))
    return examine(gold, prediction, types, train, limit=None)


def summed(buckets: Mapping[str, ErrorBucket], what: str) -> dict[str, int]:
    rows = [getattr(bucket, what) for bucket in buckets.values()]
    return {name: sum(row[name] for row in rows) for name in rows[0]}


@given(tag_pairs(), st.sampled_from([TYPES, ("PER",), None]))
def test_counts_are_the_scorers(pair: tuple[Tags, Tags], types: tuple[str, ...] | None) -> None:
    gold, predicted = pair
    train = gold_of([["B-PER", "O"]])
    counts = examined(gold_of(gold), predicted, types, train).counts
    scored = score(gold_of(gold), codes_of(predicted), TYPES, types, train)
    assert counts.errors == scored.errors
    assert (counts.gold, counts.predicted) == (scored.figures.gold, scored.figures.predicted)
    assert counts.offsets is not None
    assert counts.offsets.as_json()["mean"] == {"start": scored.figures["offset.start"], "end": scored.figures["offset.end"]}
    assert sum(counts.offsets.joint.values()) == counts.gold - counts.errors["missed"]
    exact = counts.confusion.exact
    assert sum(exact[name][name] for name in exact) == counts.errors["exact"]
    assert sum(n for row in exact.values() for n in row.values()) == counts.errors["exact"] + counts.errors["type"]
    for group in ("by_type", "by_length", "by_seen"):
        for name, bucket in getattr(scored, group).items():
            ours = getattr(counts, group)[name]
            assert (ours.gold, ours.predicted) == (bucket.gold, bucket.predicted)
            right = ours.errors["exact"] + ours.errors["type"]
            assert bucket.boundary.precision in (None, right / ours.predicted if ours.predicted else 0.0)


@given(tag_pairs())
def test_every_breakdown_holds_every_span_once(pair: tuple[Tags, Tags]) -> None:
    gold, predicted = pair
    counts = examined(gold_of(gold), predicted, train=gold_of([["B-PER", "O"]])).counts
    for group in BREAKDOWNS:
        buckets = getattr(counts, group)
        assert summed(buckets, "errors") == counts.errors
        assert sum(bucket.predicted for bucket in buckets.values()) == counts.predicted
        for bucket in buckets.values():
            assert sum(bucket.fates.values()) == bucket.gold
            assert bucket.fates["missed"] == bucket.errors["missed"]
        fates = summed(buckets, "fates")
        assert all(fates[name] == counts.errors[name] for name in ("exact", "type", "missed"))


@settings(max_examples=30)
@given(st.lists(tag_pairs(sentences=3), min_size=1, max_size=3))
def test_totals_are_the_counts_of_all_sentences_together(pairs: list[tuple[Tags, Tags]]) -> None:
    parts = [examined(gold_of(gold, f"x{k}"), predicted) for k, (gold, predicted) in enumerate(pairs)]
    whole = as_json(parts, limit=0)["totals"]["test"]
    together = score_of([s for gold, _ in pairs for s in gold], [s for _, predicted in pairs for s in predicted])
    assert whole["errors"] == together.errors
    assert whole["offsets"]["mean"] == {"start": together.figures["offset.start"], "end": together.figures["offset.end"]}
    assert sum(whole["confusion"]["exact"][name][name] for name in TYPES) == together.errors["exact"]
    assert {name: bucket["predicted"] for name, bucket in whole["by_length"].items()} == {
        name: bucket.predicted for name, bucket in (together.by_length or {}).items()
    }


def test_offsets_are_a_distribution() -> None:
    gold = [["O", "O", "B-PER", "I-PER", "O"], ["O", "O", "B-PER", "I-PER", "O"], ["B-LOC", "O", "O", "O", "O"]]
    predicted = [["B-PER", "I-PER", "I-PER", "I-PER", "O"], ["O", "O", "O", "B-PER", "I-PER"], ["B-LOC", "O", "O", "O", "O"]]
    offsets = examined(gold_of(gold), predicted).counts.offsets
    assert offsets is not None
    report = offsets.as_json()
    assert (report["start"], report["end"]) == ({"-2": 1, "0": 1, "1": 1}, {"0": 2, "1": 1})
    assert report["mean"] == {"start": -1 / 3, "end": 1 / 3}
    assert {"start": 1, "end": 1, "spans": 1} in report["joint"]


def test_types_are_confused_where_boundaries_are_right_and_where_they_are_not() -> None:
    counts = examined(gold_of([["B-PER", "O", "B-ORG", "I-ORG"]]), [["B-LOC", "O", "B-PER", "O"]]).counts
    assert counts.confusion.exact["PER"] == {"PER": 0, "ORG": 0, "LOC": 1}
    assert counts.confusion.inexact["ORG"] == {"PER": 1, "ORG": 0, "LOC": 0}


def test_position_and_length_of_spans() -> None:
    gold = [["B-PER", "I-PER"], ["B-LOC", "O", "B-ORG"], ["O", "B-PER", "O"]]
    predicted = [["B-PER", "I-PER"], ["B-LOC", "I-LOC", "O"], ["O", "O", "B-PER"]]
    counts = examined(gold_of(gold), predicted).counts
    by = {name: (bucket.gold, bucket.predicted) for name, bucket in counts.by_position.items()}
    assert by == {"whole sentence": (1, 1), "initial": (1, 1), "middle": (1, 0), "final": (1, 1)}
    assert counts.by_position["initial"].errors["right-over"] == 1
    assert counts.by_position["middle"].fates["missed"] == 1
    assert counts.by_length is not None
    assert {name: (bucket.gold, bucket.predicted) for name, bucket in counts.by_length.items()} == {
        "1": (3, 1),
        "2": (1, 2),
        "3": (0, 0),
        "4+": (0, 0),
    }


@pytest.mark.parametrize(
    ("surface", "expected"),
    [
        ("Anna Berg", "capitalised"),
        ("Anna von Berg", "mixed"),
        ("eNingizimu Afrika", "mixed"),
        ("iPhone", "mixed"),
        ("WHO", "all capitals"),
        ("E . U .", "all capitals"),
        ("A", "capitalised"),
        ("Radyo25", "capitalised"),
        ("'ndolo", "lower"),
        ("北京", "uncased"),
        ("2026 .", "uncased"),
        ("Ǆ Ivo", "capitalised"),
        ("Σωκράτης", "capitalised"),
        ("", "uncased"),
    ],
)
def test_capitals(surface: str, expected: str) -> None:
    assert capitals_of(surface) == expected


def test_seen_surfaces_need_a_training_split_and_capitals_need_tokens() -> None:
    gold = build("test", "xx", "test", [["B-PER", "O"], ["B-LOC", "O"]], [["Anna", "x"], ["Rom", "y"]], TYPES)
    predicted = [["B-PER", "O"], ["B-LOC", "I-LOC"]]
    assert examined(gold, predicted).counts.by_seen is None
    train = build("test", "xx", "train", [["B-PER"]], [["ANNA"]], TYPES)
    seen = examined(gold, predicted, train=train).counts.by_seen
    assert seen is not None
    assert {name: (bucket.gold, bucket.predicted) for name, bucket in seen.items()} == {"seen": (1, 1), "unseen": (1, 1)}
    bare = build("test", "xx", "test", [["B-PER", "O"], ["B-LOC", "O"]], None, TYPES)
    counts = examined(bare, predicted, train=train).counts
    assert (counts.by_seen, counts.by_capitals) == (None, None)


@pytest.mark.parametrize("lang", ["ja", "th", "zh"])
def test_lengths_and_offsets_leave_out_languages_whose_tokens_are_characters(lang: str) -> None:
    gold, predicted = [["O", "B-PER", "I-PER"]], [["B-PER", "I-PER", "I-PER"]]

    def of(code: str) -> Examination:
        return examined(replace(gold_of(gold, code), suite="xtreme"), predicted)

    left_out, other = of(lang), of("fi")
    assert (left_out.counts.offsets, left_out.counts.by_length) == (None, None)
    assert left_out.counts.errors["left-over"] == 1
    total = as_json([other, left_out])["totals"]["xtreme"]
    inside = lang != "th"  # unpinned: not in the ranked mean
    assert total["errors"]["left-over"] == 1 + inside
    assert total["offsets"]["start"] == {"-1": 1}
    assert total["by_length"]["3"]["predicted"] == 1
    assert total["without"].get("offsets", []) == [lang] * inside
    assert total["apart"] == [lang] * (not inside)


def test_scripts_are_summed_over_their_languages() -> None:
    def of(code: str) -> Examination:
        return examined(replace(gold_of([["B-PER", "O"]], code), suite="xtreme"), [["B-PER", "O"]])

    report = as_json([of("ar"), of("fa"), of("fi"), of("en")])
    assert [row["script"] for row in report["results"]] == ["Arab", "Arab", "Latn", "Latn"]
    by_script = report["totals"]["xtreme"]["by_script"]
    assert {name: bucket["errors"]["exact"] for name, bucket in by_script.items()} == {"Arab": 2, "Latn": 1}
    assert report["totals"]["xtreme"]["apart"] == ["en"]


def test_no_prediction_and_only_missed_gold() -> None:
    examination = examined(gold_of([["B-PER", "O"]]), [["O", "O"]])
    report = examination.as_json()
    assert (report["predicted"], report["errors"]["missed"], report["shares"]["missed"]) == (0, 1, 1.0)
    assert {value for name, value in report["shares"].items() if name != "missed"} == {None}
    assert report["offsets"] == {"matched": 0, "start": {}, "end": {}, "joint": [], "mean": {"start": None, "end": None}}
    assert isinstance(examination.counts, Counts)


def test_a_part_of_the_sentences() -> None:
    gold = gold_of([["B-PER", "O"], ["B-LOC", "I-LOC"], ["O", "B-ORG"]])
    codes = np.array([tag_codes(TYPES)[tag] for tag in ("O", "O", "B-LOC", "O", "O", "B-ORG")], np.uint8)
    prediction = Prediction(codes, TYPES, np.array([True, True, False]))
    part = examine(gold, prediction, TYPES, keep=np.array([False, True, True]), limit=None)
    assert (part.counts.gold, part.counts.errors["right-under"], part.missing) == (2, 1, 1)
    assert "|ids:" in part.signature
    (example,) = part.examples
    assert example.sentence.id == "xx-00001"
