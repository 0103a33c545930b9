import unicodedata
from dataclasses import replace

import numpy as np
import pytest
from golds import SENTENCES, fields, gold_of
from hypothesis import assume, example, given
from hypothesis import strategies as st

from boundarybench.errors import DataError
from boundarybench.gold.model import build, with_fingerprints

TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
WORDS = ["", "#", "Zora", "zora", "Kúm", "Ku\u0301m"]
words_and_tags = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(TAGS)), min_size=1, max_size=4)
texts = st.lists(words_and_tags.map(lambda pairs: tuple(map(list, zip(*pairs, strict=True)))), min_size=1, max_size=6)
ACROSS = [(["Zora", "#"], ["B-PER", "O"]), (["zora"], ["I-PER"])]


def has_entity(sentences):
    return any(tag != "O" for _, tags in sentences for tag in tags)


@given(sentences=texts, chosen_bits=st.integers(0, 63))
@example(sentences=ACROSS, chosen_bits=0b10)
def test_a_selection_is_the_gold_of_the_selected_sentences(sentences, chosen_bits):
    keep = [bool(chosen_bits >> index & 1) for index in range(len(sentences))]
    chosen = [sentence for sentence, wanted in zip(sentences, keep, strict=True) if wanted]
    assume(has_entity(chosen))
    selected, built = gold_of(sentences).select(np.array(keep)), gold_of(chosen)
    assert fields(selected, "repeats", "units", "structure", "text") == fields(built, "repeats", "units", "structure", "text")
    same = [np.equal.outer(repeats, repeats).tolist() for repeats in (selected.repeats, built.repeats)]
    assert same[0] == same[1]


def test_a_selection_may_be_empty():
    none = gold_of(SENTENCES).select(np.zeros(len(SENTENCES), bool))
    assert (none.sentences, none.token_count, len(none.spans), none.token_list()) == (0, 0, 0, [])


@given(texts)
def test_fingerprints_can_be_taken_again_from_what_gold_holds(sentences):
    assume(has_entity(sentences))
    gold = gold_of(sentences)
    assert fields(with_fingerprints(replace(gold, structure="", text=""))) == fields(gold)


@given(texts)
def test_the_words_of_a_span_are_its_tokens(sentences):
    assume(has_entity(sentences))
    gold = gold_of(sentences)
    tokens = gold.token_list()
    assert gold.words(gold.spans) == [" ".join(tokens[a:b]) for a, b in zip(gold.spans.start, gold.spans.end, strict=True)]


def test_gold_of_labels_alone_has_no_text_and_no_sentence_repeats_another():
    tags = [tags for _, tags in SENTENCES]
    gold = build("file", "x", "test", tags, None)
    assert (gold.tokens, gold.token_list(), gold.text, gold.repeats.tolist(), len(gold.surfaces)) == (None, None, None, [0, 1, 2, 3], 0)
    assert with_fingerprints(replace(gold, structure="")).structure == gold.structure


@pytest.mark.parametrize(
    ("change", "structure", "text"),
    [
        (lambda s: s, True, True),
        (lambda s: [([unicodedata.normalize("NFD", token) for token in tokens], tags) for tokens, tags in s], True, True),
        (lambda s: [([token.upper() for token in tokens], tags) for tokens, tags in s], True, False),
        (lambda s: [([f"{token}\u200d" for token in tokens], tags) for tokens, tags in s], True, False),
        (lambda s: [(tokens, [tag.replace("B-", "I-") for tag in tags]) for tokens, tags in s], False, True),
        (lambda s: [(tokens, [tag.replace("LOC", "ORG") for tag in tags]) for tokens, tags in s], False, True),
        (lambda s: s[::-1], False, False),
        (lambda s: [*s, (["ne"], ["O"])], False, False),
        (lambda s: [*s[:2], (["ne"], ["O"]), *s[3:]], False, False),
    ],
    ids=["none", "NFD", "case", "joiner", "boundary", "type", "order", "sentence", "length"],
)
def test_structure_is_what_a_score_depends_on_and_text_the_rest(change, structure, text):
    before, after = gold_of(SENTENCES), gold_of(change(SENTENCES))
    assert (after.structure == before.structure, after.text == before.text) == (structure, text)


def test_an_invalid_beginning_is_the_same_structure_as_a_valid_one():
    stray, valid = gold_of([(["Kumbo"], ["I-LOC"])]), gold_of([(["Kumbo"], ["B-LOC"])])
    assert stray.structure == valid.structure
    assert (stray.invalid.tolist(), valid.invalid.tolist()) == ([True], [False])


def test_fingerprints_tell_the_same_sentences_in_two_languages_apart():
    assert gold_of(SENTENCES, lang="th").structure != gold_of(SENTENCES, lang="sw").structure


@pytest.mark.parametrize(
    ("tokens", "tags", "bridged"),
    [
        (["a", "#", "b"], ["B-PER", "O", "I-PER"], [False, True]),
        (["a", "#", "b", "#", "c"], ["B-PER", "O", "I-PER", "O", "I-PER"], [False, True, True]),
        (["a", "#", "b"], ["B-PER", "O", "B-PER"], [False, False]),
        (["a", "#", "b"], ["B-PER", "O", "I-LOC"], [False, False]),
        (["a", "-", "b"], ["B-PER", "O", "I-PER"], [False, False]),
        (["a", "#", "#", "b"], ["B-PER", "O", "O", "I-PER"], [False, False]),
        (["#", "b"], ["O", "I-PER"], [False]),
    ],
    ids=["bridged", "twice", "a new name", "another type", "another token", "two placeholders", "nothing before"],
)
def test_a_stray_inside_tag_one_placeholder_after_its_type_is_bridged(tokens, tags, bridged):
    assert gold_of([(tokens, tags)]).bridged.tolist() == bridged


@pytest.mark.parametrize("sentences", [ACROSS, [(["Zora"], ["B-PER"]), (["#", "zora"], ["O", "I-PER"])]])
def test_no_span_is_bridged_to_the_sentence_before(sentences):
    assert gold_of(sentences).bridged.tolist() == [False, False]


def test_sentences_with_the_same_tokens_after_nfc_repeat_each_other_whatever_their_tags():
    same = [
        (["Kúm"], ["B-LOC"]),
        (["Zora"], ["O"]),
        (["Ku\u0301m"], ["O"]),
        (["kúm"], ["O"]),
        (["Kúm", ""], ["O", "O"]),
        (["Zora"], ["B-PER"]),
    ]
    assert gold_of(same).repeats.tolist() == [0, 1, 0, 3, 4, 1]


def test_surfaces_are_equal_after_nfc_and_case_folding():
    gold = gold_of([(["Kúm", "ba"], ["B-LOC", "I-LOC"]), (["KU\u0301M", "BA"], ["B-PER", "I-PER"]), (["Kum", "ba"], ["B-LOC", "I-LOC"])])
    assert np.equal.outer(gold.surfaces, gold.surfaces).tolist() == [[True, True, False], [True, True, False], [False, False, True]]


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ([(["a"], ["O"]), (["b"], ["B-MISC"])], "unknown-tag: 'B-MISC' in sentence th-00001"),
        ([(["a"], ["PER"])], "unknown-tag: 'PER' in sentence th-00000"),
        ([(["a"], ["O"])], "no-entities"),
        ([(["a\nb"], ["B-PER"])], "line feed"),
    ],
)
def test_what_is_no_gold_is_refused(sentences, message):
    with pytest.raises(DataError, match=message):
        gold_of(sentences)


@pytest.mark.parametrize(
    ("tokens", "tags"),
    [([["a"]], [["B-PER", "O"]]), ([["a", "b"], ["c"]], [["B-PER"], ["O", "O"]])],
    ids=["fewer tokens", "shifted"],
)
def test_every_token_has_a_tag(tokens, tags):
    with pytest.raises(DataError, match="tokens"):
        build("xtreme", "th", "test", tags, tokens)


def test_too_many_types_are_refused():
    with pytest.raises(DataError, match="types"):
        build("file", "x", "test", [[f"B-T{k}" for k in range(129)]], None)
