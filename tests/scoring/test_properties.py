"""The protocol's invariants, on any tags."""

import copy
import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from helpers import TYPES, codes_of, gold_of, of_group, score_of, tag_pairs
from hypothesis import given
from hypothesis import strategies as st
from oracle import Entity, buckets, classes, conditional, match, sides

from boundarybench import schemes
from boundarybench.gold.model import build
from boundarybench.protocol import FLOORS
from boundarybench.scoring.anatomy import CLASSES, MISSED
from boundarybench.scoring.score import score
from boundarybench.spans import decode, encode, offsets


def entities(tags: list[str]) -> list[Entity]:
    return [Entity(*span) for span in schemes.decode(tags)]


@given(tag_pairs())
def test_spans_are_sorted_disjoint_in_range_and_encode_is_the_inverse(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    tags = pair[1]
    lengths = np.array([len(sentence) for sentence in tags], np.int32)
    spans, invalid = decode(codes_of(tags), lengths, TYPES)
    assert (spans.start < spans.end).all()
    assert (spans.end[:-1] <= spans.start[1:]).all()
    first = offsets(lengths)
    owner = np.searchsorted(first, spans.start, "right") - 1
    assert (spans.end <= first[owner + 1]).all()
    written = encode(spans, int(lengths.sum()))
    again, valid = decode(written, lengths, TYPES)
    assert [*zip(again.start, again.end, again.type, strict=True)] == [*zip(spans.start, spans.end, spans.type, strict=True)]
    assert not valid.any()
    assert int(invalid.sum()) == int((written != codes_of(tags)).sum())


@given(tag_pairs())
def test_spans_are_those_of_the_small_decoder(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    gold = gold_of(pair[0])
    first = offsets(gold.lengths)
    expected = [(first[i] + e.start, first[i] + e.end, e.type) for i, sentence in enumerate(pair[0]) for e in entities(sentence)]
    found = zip(gold.spans.start, gold.spans.end, [TYPES[k] for k in gold.spans.type], strict=True)
    assert list(found) == expected


@given(tag_pairs())
def test_error_classes_are_the_protocols(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    score = score_of(*pair)
    expected: Counter[str] = Counter()
    for gold, predicted in zip(*pair, strict=True):
        expected += classes(entities(gold), entities(predicted))
    assert +Counter(score.errors) == expected
    assert sum(score.errors[name] for name in CLASSES) == score.figures.predicted
    assert set(score.errors) == {*CLASSES, MISSED}


@given(tag_pairs())
def test_offsets_and_iou_are_over_the_matched_pairs(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    figures = score_of(*pair).figures
    pairs = []
    for gold, predicted in zip(*pair, strict=True):
        g, p = entities(gold), entities(predicted)
        pairs += [(g[b], p[a]) for a, b in match(g, p).items()]
    if not pairs:
        assert figures["iou"] is None
        assert of_group(figures, "offset") == (None, None)
        return
    iou = [(min(g.end, p.end) - max(g.start, p.start)) / (max(g.end, p.end) - min(g.start, p.start)) for g, p in pairs]
    assert figures["iou"] == pytest.approx(math.fsum(iou) / len(iou))
    assert of_group(figures, "offset") == pytest.approx(
        (sum(p.start - g.start for g, p in pairs) / len(pairs), sum(p.end - g.end for g, p in pairs) / len(pairs))
    )


@given(tag_pairs())
def test_bp_at_50_is_the_smaller_of_precision_and_twice_recall(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    figures = score_of(*pair).figures
    for floor, value in ((floor, figures[name]) for name, floor in FLOORS.items()):
        assert value == pytest.approx(min(figures["boundary.precision"], figures["boundary.recall"] / floor), abs=1e-12)


@given(tag_pairs(), st.randoms(use_true_random=False))
def test_the_order_of_sentences_does_not_matter(pair: tuple[list[list[str]], list[list[str]]], random: object) -> None:
    rows = list(zip(*pair, strict=True))
    random.shuffle(rows)
    before, after = score_of(*pair), score_of(*map(list, zip(*rows, strict=True)))
    assert before.figures == after.figures
    assert before.embedded == after.embedded
    assert (before.errors, before.by_type, before.by_length) == (after.errors, after.by_type, after.by_length)
    assert sorted(before.counts.tolist()) == sorted(after.counts.tolist())


@given(tag_pairs())
def test_gold_scored_against_itself_is_perfect(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    score = score_of(pair[0], pair[0])
    assert of_group(score.figures, "boundary") == of_group(score.figures, "typed") == (1.0, 1.0, 1.0)
    assert score.errors["exact"] == score.figures.gold
    assert score.figures["iou"] == 1.0


@given(tag_pairs())
def test_counts_add_up_to_the_figures(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    score = score_of(*pair)
    predicted, gold, exact, typed = score.counts.sum(axis=0)
    assert (predicted, gold, exact) == (score.figures.predicted, score.figures.gold, score.figures.exact)
    assert typed == score.errors["exact"]
    for group in (score.by_type, score.by_length):
        assert sum(bucket.predicted for bucket in group.values()) == predicted
        assert sum(bucket.gold for bucket in group.values()) == gold


def seen_surface(index: int, entity: Entity) -> str:
    """In these tests a surface is seen if its sentence and its first token are both even."""
    return "seen" if (index + entity.start) % 2 == 0 else "unseen"


def assert_buckets(found: dict[str, object], expected: dict[object, tuple]) -> None:
    for name, bucket in found.items():
        want = expected.get(name, (0, 0, (None, None, None), (None, None, None)))
        assert (bucket.gold, bucket.predicted) == want[:2], name
        assert tuple(bucket.boundary) == pytest.approx(want[2]), name
        assert tuple(bucket.typed) == pytest.approx(want[3]), name
    assert set(expected) <= set(found)


@given(tag_pairs())
def test_every_figure_is_the_protocols(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    gold, predicted = ([entities(tags) for tags in side] for side in pair)
    found = score_of(*pair)
    assert of_group(found.figures, "start") == pytest.approx(sides(gold, predicted, 0))
    assert of_group(found.figures, "end") == pytest.approx(sides(gold, predicted, 1))
    assert found.figures["conditional_boundary_precision"] == pytest.approx(conditional(gold, predicted))
    ((_, _, boundary, typed),) = buckets(gold, predicted, lambda *_: "all").values()
    assert of_group(found.figures, "boundary") == pytest.approx(boundary)
    assert of_group(found.figures, "typed") == pytest.approx(typed)
    assert_buckets(found.by_type, buckets(gold, predicted, lambda _, entity: entity.type))
    assert_buckets(found.by_length, buckets(gold, predicted, lambda _, e: {1: "1", 2: "2", 3: "3"}.get(e.end - e.start, "4+")))
    lengths = [len(tags) for tags in pair[0]]
    inner = [
        [[e for e in spans if (e.start, e.end) != (0, n)] for spans, n in zip(side, lengths, strict=True)] for side in (gold, predicted)
    ]
    expected = buckets(*inner, lambda *_: "all").get("all", (0, 0, (None,) * 3, (None,) * 3))
    assert (found.embedded.gold, found.embedded.predicted) == expected[:2]
    assert of_group(found.embedded, "boundary") == pytest.approx(expected[2])


@given(tag_pairs())
def test_seen_surfaces_and_groups(pair: tuple[list[list[str]], list[list[str]]]) -> None:
    gold, predicted = ([entities(tags) for tags in side] for side in pair)
    test_set = gold_of(pair[0])
    # The training split holds exactly the surfaces that are to be seen: any span that begins at an even place.
    words = [[f"w{index}x{place}" for place in range(len(tags))] for index, tags in enumerate(pair[0])]
    surfaces = [
        row[a:b] for index, row in enumerate(words) for a in range(len(row)) if (index + a) % 2 == 0 for b in range(a + 1, len(row) + 1)
    ]
    train = build("test", "xx", "train", [["B-PER"] + ["I-PER"] * (len(s) - 1) for s in surfaces], surfaces, TYPES)
    sentences = range(len(pair[0]))
    groups = {"domains": {"even": np.array([i % 2 == 0 for i in sentences])}, "hazards": {"odd": np.array([i % 2 == 1 for i in sentences])}}
    found = score(replace(test_set, groups=groups), codes_of(pair[1]), TYPES, TYPES, train)
    assert found.by_seen is not None
    assert_buckets(found.by_seen, buckets(gold, predicted, seen_surface))
    expected = buckets(gold, predicted, lambda index, _: ("even", "odd")[index % 2])
    assert_buckets(found.by_domain, {name: row for name, row in expected.items() if name == "even"})
    assert_buckets(found.by_hazard, {name: row for name, row in expected.items() if name == "odd"})


def test_figures_are_had_by_name_and_by_group() -> None:
    found = score_of([["B-PER", "O"]], [["B-PER", "B-LOC"]]).figures
    assert found.boundary.f1 == found["boundary.f1"] == pytest.approx(2 / 3)
    assert found.bp50 == found["bp50"] == 0.5
    with pytest.raises(AttributeError, match="no figure 'bp51'"):
        _ = found.bp51
    assert copy.deepcopy(found) == found
