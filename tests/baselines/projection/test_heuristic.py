"""The heuristic: acceptance tests 1 to 4 of the design, collisions, and properties."""

from hypothesis import given
from hypothesis import strategies as st

from boundarybench.schemes import Span
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.projection.heuristic import project
from boundarybench_baselines.projection.outcome import Fate
from boundarybench_baselines.projection.settings import HeuristicSettings, load

PUBLISHED = load("published-heuristic")


def spans(entities, links, length, **settings):
    found = project(
        [Span(*entity, "PER") for entity in entities], frozenset(Link(*link) for link in links), length, HeuristicSettings(**settings)
    )
    return [landing.spans for landing in found]


def test_without_a_limit_every_run_is_labelled_and_with_one_the_longest():
    links = [(0, 0), (1, 1), (2, 2), (1, 6)]
    assert spans([(0, 3)], links, 8, merge_distance=1) == [((0, 3), (6, 7))]
    assert spans([(0, 3)], links, 8, merge_distance=1, max_spans=1) == [((0, 3),)]  # the published code keeps (6, 7)


def test_runs_merge_across_a_gap_of_at_most_d_words():
    for gap, expected in ((0, [((0, 2),)]), (1, [((0, 3),)]), (2, [((0, 1), (3, 4))])):
        assert spans([(0, 2)], [(0, 0), (1, 1 + gap)], 6, merge_distance=1) == expected
    assert spans([(0, 2)], [(0, 0), (1, 2)], 6, merge_distance=0) == [((0, 1), (2, 3))]


def test_only_inside_keeps_a_run_that_begins_with_a_link_of_the_first_word():
    links = [(0, 0), (0, 2), (1, 3)]
    assert spans([(0, 2)], links, 5, merge_distance=1, only_inside=True) == [((0, 1), (2, 4))]
    assert spans([(0, 2)], links, 5, merge_distance=1, only_inside=False) == [((0, 4),)]


def test_the_length_ratio_is_strict():
    links = [(word, word) for word in range(4)]
    landing = project([Span(0, 5, "PER")], frozenset(Link(*link) for link in links), 6, PUBLISHED)[0]
    assert (landing.fate, landing.spans) == (Fate.BELOW_THRESHOLD, ())
    assert spans([(0, 5)], [*links, (4, 4)], 6, length_ratio=0.8) == [((0, 5),)]
    # 4 / 5 is the float 0.8 itself, and so are 8 / 10 and 12 / 15.
    for words in (5, 10, 15, 20, 25):
        assert spans([(0, words)], [(word, word) for word in range(4 * words // 5)], 30, length_ratio=0.8) == [()]


def test_published_settings():
    assert HeuristicSettings(merge_distance=1, length_ratio=0.8, max_spans=None, only_inside=False, order="tagger") == PUBLISHED


def test_a_span_that_collides_is_skipped_whole_and_the_holder_is_named():
    links = [(0, 0), (1, 1), (2, 1), (3, 2)]
    entities = [(0, 2), (2, 4)]
    first, second = project([Span(*each, "PER") for each in entities], frozenset(Link(*link) for link in links), 4, PUBLISHED)
    assert first.spans == ((0, 2),)
    assert (second.fate, second.lost_to) == (Fate.LOST, (0,))


def test_who_claims_words_first():
    links = [(0, 0), (1, 0), (2, 1), (3, 2)]
    entities = [(0, 1), (1, 4)]
    assert spans(entities, links, 4, order="tagger") == [((0, 1),), ()]
    assert spans(entities, links, 4, order="longest") == [(), ((0, 3),)]


def test_an_entity_without_a_link():
    assert project([Span(0, 1, "PER")], frozenset(), 3, PUBLISHED)[0].fate == Fate.NO_LINK


@st.composite
def sentences(draw):
    source, target = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    links = draw(st.frozensets(st.builds(Link, st.integers(0, source - 1), st.integers(0, target - 1)), max_size=12))
    ends = draw(st.lists(st.tuples(st.integers(0, source - 1), st.integers(1, 3)), max_size=4))
    return [Span(start, min(start + size, source), "PER") for start, size in ends], links, target


@given(
    sentences(), st.integers(0, 2), st.sampled_from([None, 0.5, 0.8]), st.sampled_from([None, 1, 2]), st.sampled_from(["tagger", "longest"])
)
def test_spans_are_disjoint_in_range_and_end_in_linked_words(sentence, distance, ratio, limit, order):
    entities, links, length = sentence
    landings = project(entities, links, length, HeuristicSettings(distance, ratio, limit, order=order))
    taken = [word for landing in landings for start, end in landing.spans for word in range(start, end)]
    assert len(taken) == len(set(taken))
    for entity, landing in zip(entities, landings, strict=True):
        own = {link.target for link in links if entity.start <= link.source < entity.end}
        assert (landing.fate == Fate.PROJECTED) == bool(landing.spans)
        assert (landing.fate == Fate.NO_LINK) == (not own)
        assert limit is None or len(landing.spans) <= limit
        for start, end in landing.spans:
            assert 0 <= start < end <= length
            assert {start, end - 1} <= own
