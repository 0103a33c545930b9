"""Label sets of taggers in any scheme."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.errors import UsageError
from boundarybench.schemes import SCHEMES, Span, decode, encode
from boundarybench_baselines.projection.scores import TaggerScores
from boundarybench_baselines.tagging.tag_schemes import begin_inside, check, is_label, scheme, spans

#: As in the published XLM-R-large tagger: no B-PER.
IOB1 = ["B-LOC", "B-MISC", "B-ORG", "I-LOC", "I-MISC", "I-ORG", "I-PER", "O"]
IOB2 = ["O", *(f"{prefix}-{type_}" for type_ in ("PER", "ORG", "LOC", "MISC") for prefix in "BI")]
BIOES = ["O", *(f"{prefix}-{type_}" for type_ in ("PER", "ORG", "LOC", "MISC") for prefix in "BIES")]
BILOU = ["O", *(f"{prefix}-{type_}" for type_ in ("PER", "LOC") for prefix in "BILU")]


def rows(labels, words=4, seed=0):
    """Random probabilities of `labels` as the tagging stage stores them."""
    matrix = np.random.RandomState(seed).dirichlet(np.ones(len(labels)), words)
    return {label: matrix[:, column].tolist() for column, label in enumerate(labels)}


@pytest.mark.parametrize(("labels", "name"), [(IOB1, "IOB1"), (IOB2, "IOB2"), (BIOES, "BIOES"), (BILOU, "BIOES"), (["O", "I-PER"], "IOB1")])
def test_the_scheme_shows_in_the_label_set(labels, name):
    assert scheme(labels) == scheme(labels[::-1]) == name


@pytest.mark.parametrize("labels", [IOB1, IOB2, BIOES, BILOU, ["O", "I-X"]])
def test_label_sets_of_every_scheme_are_taken(labels):
    check(labels, "model")


@pytest.mark.parametrize(
    ("labels", "named"),
    [
        (["LABEL_0", "LABEL_1"], "LABEL_0, LABEL_1"),
        (["O", "PER", "LOC"], "PER, LOC"),
        (["O", "B-PER", "B-"], "B-"),
        (["O", "X-PER"], "X-PER"),
        (["O"], "O"),
        (["NEGATIVE", "POSITIVE"], "NEGATIVE, POSITIVE"),
        (["B-PER", "I-PER"], "B-PER, I-PER"),
        ([], ""),
    ],
)
def test_other_label_sets_are_refused_by_name(labels, named):
    with pytest.raises(UsageError, match=f"^model: no NER labels: {named}; name them"):
        check(labels, "model")


@given(st.lists(st.sampled_from([*IOB2, *BIOES, "O", "x", "B_PER", "", "-", "B"])))
def test_a_label_is_o_or_a_prefix_and_a_type(labels):
    for label in labels:
        assert is_label(label) == (label in {*IOB2, *BIOES})


SPANS = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2), st.sampled_from(["PER", "LOC", "MISC"])), max_size=5).map(
    lambda pieces: [Span(*each) for each in _laid_out(pieces)]
)


def _laid_out(pieces):
    place = 0
    for length, gap, type_ in pieces:
        yield place + gap, place + gap + length, type_
        place += gap + length


@given(SPANS, st.sampled_from(["IOB1", "IOB2", "BIOES", "BILOU"]))
def test_tags_of_every_scheme_give_the_same_spans(found, name):
    tags = encode(found, found[-1].end if found else 0, SCHEMES[name])
    assert spans(tags, {}) == found


@given(SPANS)
def test_types_are_renamed_and_misc_is_dropped(found):
    tags = encode(found, found[-1].end if found else 0, SCHEMES["IOB2"])
    kept = spans(tags, {"MISC": "O", "LOC": "GPE"})
    assert kept == [Span(start, end, {"LOC": "GPE"}.get(type_, type_)) for start, end, type_ in found if type_ != "MISC"]


def test_a_dropped_type_still_ends_the_span_before_it():
    assert spans(["B-PER", "B-MISC", "I-PER"], {"MISC": "O"}) == [Span(0, 1, "PER"), Span(2, 3, "PER")]


@pytest.mark.parametrize("labels", [IOB1, IOB2, BIOES, BILOU])
@pytest.mark.parametrize("types", [{}, {"MISC": "O"}, {"MISC": "O", "PER": "O", "ORG": "O", "LOC": "O"}, {"LOC": "ORG"}])
def test_columns_of_begin_and_inside_sum_to_1(labels, types):
    matrix, names = begin_inside(rows(labels), types)
    assert matrix.shape == (4, len(names))
    assert len(set(names)) == len(names)
    assert np.allclose(matrix.sum(axis=1), 1)
    assert all(name == "O" or (name[0] in "BI" and name[2:] not in [old for old in types if types[old] != old]) for name in names)


def test_begin_and_inside_add_up_what_becomes_one():
    given = {"O": [0.1], "B-PER": [0.2], "S-PER": [0.3], "I-PER": [0.05], "E-PER": [0.15], "B-MISC": [0.12], "I-MISC": [0.08]}
    matrix, names = begin_inside(given, {"MISC": "O"})
    assert dict(zip(names, matrix[0], strict=True)) == pytest.approx({"O": 0.3, "B-PER": 0.5, "I-PER": 0.2})


def test_misc_that_is_dropped_early_does_not_compete():
    """The thesis drops MISC before anything else sees it, the paper after matching."""
    given = {"O": [0.1], "B-PER": [0.35], "I-PER": [0.0], "B-MISC": [0.2], "I-MISC": [0.35]}
    early, names = begin_inside(given, {"MISC": "O"})
    assert names[early.argmax()] == "O"
    late, names = begin_inside(given, {})
    assert TaggerScores(late, names).types == ["MISC", "PER"]


def test_the_first_word_of_an_iob1_tagger_may_bear_either_label():
    given = {label: [0.0, 0.0] for label in IOB1} | {"I-PER": [0.9, 0.8], "I-LOC": [0.05, 0.1], "B-LOC": [0.04, 0.0], "O": [0.01, 0.1]}
    matrix, names = begin_inside(given, {"MISC": "O"})
    assert "B-PER" not in names
    scores = TaggerScores(matrix, names, iob1=scheme(list(given)) == "IOB1")
    assert scores.of_type("PER", (0, 2)) == pytest.approx(1.15 * (0.9 + 0.8) / 2)
    assert scores.of_type("LOC", (0, 1)) == pytest.approx(0.09)


@given(st.integers(0, 1000), st.sampled_from([IOB1, IOB2, BIOES]))
def test_the_best_label_of_a_word_decodes_as_its_own_scheme_says(seed, labels):
    table = rows(labels, words=6, seed=seed)
    matrix = np.array([table[label] for label in labels])
    tags = [labels[best] for best in matrix.argmax(axis=0)]
    assert spans(tags, {}) == decode(tags)
    covered = {word for start, end, _ in spans(tags, {}) for word in range(start, end)}
    assert covered == {word for word, tag in enumerate(tags) if tag != "O"}
