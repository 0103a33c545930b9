"""Sentences as encoders take them."""

from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
import tiny_encoders  # noqa: E402
from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from transformers import AutoConfig, AutoTokenizer  # noqa: E402

from boundarybench.errors import UsageError  # noqa: E402
from boundarybench_baselines.encoding import Encoding, padded, positions  # noqa: E402

MAKERS = (tiny_encoders.bert, tiny_encoders.xlm_roberta, tiny_encoders.deberta)
#: Words that tokenizers make nothing of, and others.
WORDS = st.sampled_from(["ka", "lomi", "ße", "北", "\u200b", "", " ", "\x00", "\u00ad", "ка!", "tutututu", "."])


@pytest.fixture(scope="module")
def encodings(tmp_path_factory):
    """Of each kind of model: one whose window takes a dozen sub-tokens."""
    found = {}
    for make in MAKERS:
        folder = make(tmp_path_factory.mktemp(make.__name__), num_hidden_layers=1)
        tokenizer, config = AutoTokenizer.from_pretrained(folder), AutoConfig.from_pretrained(folder)
        tokenizer.model_max_length = 14
        found[make] = Encoding(tokenizer, config)
    return found


@pytest.mark.parametrize(
    ("kind", "most", "tokenizer_says", "expected"),
    [
        ("bert", 512, 512, 512),
        ("xlm-roberta", 514, 512, 512),  # positions are counted from the padding index, 1, on
        ("xlm-roberta", 514, int(1e30), 512),
        ("roberta", 130, 512, 128),
        ("deberta-v2", 512, int(1e30), 512),  # mDeBERTa's tokenizer knows no limit
        ("bert", 512, 128, 128),
    ],
)
def test_positions(kind, most, tokenizer_says, expected):
    config = SimpleNamespace(model_type=kind, max_position_embeddings=most, pad_token_id=1)
    assert positions(config, SimpleNamespace(model_max_length=tokenizer_says)) == expected


@pytest.mark.parametrize("make", MAKERS)
def test_room_for_special_tokens_is_left(encodings, make):
    assert encodings[make].capacity == 12


@pytest.mark.parametrize("make", MAKERS)
@given(sentences=st.lists(st.lists(WORDS, max_size=12), max_size=4))
def test_every_word_with_a_sub_token_has_its_place_in_one_window(encodings, make, sentences):
    encoding = encodings[make]
    tokenizer = encoding.tokenizer
    pieces = encoding.pieces(sentences)
    for number, sentence in enumerate(sentences):
        own = [piece for piece in pieces if piece.sentence == number]
        alone = tokenizer([sentence], is_split_into_words=True, add_special_tokens=False) if sentence else None
        ids = {} if alone is None else {word: [] for word in alone.word_ids(0) if word is not None}
        for place, word in enumerate(alone.word_ids(0) if alone else []):
            ids[word].append(alone.input_ids[0][place])
        assert [word for piece in own for word in piece.words] == sorted(ids)
        for piece in own:
            assert len(piece.ids) <= 14
            for word, start, end in zip(piece.words, piece.starts, piece.ends, strict=True):
                assert piece.ids[start:end] == ids[word][: end - start]
                assert end - start == len(ids[word]) or len(ids[word]) > encoding.capacity


@pytest.mark.parametrize("make", MAKERS)
def test_a_sentence_that_fits_is_what_the_tokenizer_makes_of_it(encodings, make):
    encoding = encodings[make]
    (piece,) = encoding.pieces([["ka", "lomi", "."]])
    assert piece.ids == encoding.tokenizer(["ka", "lomi", "."], is_split_into_words=True).input_ids
    assert piece.words == [0, 1, 2]


@pytest.mark.parametrize("make", MAKERS)
def test_a_word_that_is_longer_than_the_window_is_cut(encodings, make):
    encoding = encodings[make]
    pieces = encoding.pieces([["ka", "北" * 40, "lo"]])
    assert [word for piece in pieces for word in piece.words] == [0, 1, 2]
    assert max(len(piece.ids) for piece in pieces) <= 14


def test_a_tokenizer_that_knows_no_words_is_refused():
    slow = SimpleNamespace(is_fast=False, name_or_path="some/model")
    with pytest.raises(UsageError, match="some/model: its tokenizer cannot say"):
        Encoding(slow, SimpleNamespace())


def test_padding():
    rows = padded([[1, 2, 3], [4], [5, 6]], 9, torch.device("cpu"))
    assert rows.tolist() == [[1, 2, 3], [4, 9, 9], [5, 6, 9]]


@pytest.mark.parametrize("make", MAKERS)
def test_letters_and_their_marks_are_composed(encodings, make):
    apart, composed = "n\u0303anlo", "\u00f1anlo"
    assert encodings[make].tokenizer.tokenize(apart) != encodings[make].tokenizer.tokenize(composed)
    assert encodings[make].pieces([["ka", apart]]) == encodings[make].pieces([["ka", composed]])
