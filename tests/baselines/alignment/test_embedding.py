"""Embedding aligners on small random encoders; equal to the reference packages where these are installed."""

from itertools import product

import pytest

torch = pytest.importorskip("torch")
import tiny_encoders  # noqa: E402

from boundarybench.errors import UsageError  # noqa: E402
from boundarybench_baselines.alignment.embedding import EmbeddingAligner, EmbeddingSettings  # noqa: E402

METHODS = ("awesome", "argmax", "itermax", "match")
ENCODERS = (tiny_encoders.bert, tiny_encoders.xlm_roberta, tiny_encoders.deberta)
SHAPE = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "max_position_embeddings")
SENTENCES = tiny_encoders.sentences(120, seed=1)
PAIRS = list(zip(SENTENCES[::2], SENTENCES[1::2], strict=True))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {make: make(tmp_path_factory.mktemp(make.__name__)) for make in ENCODERS}


def aligner(folder, method="argmax", budget=4096, **settings):
    return EmbeddingAligner(
        folder, "main", EmbeddingSettings(method, **settings), device=torch.device("cpu"), dtype=torch.float32, budget=budget
    )


@pytest.mark.parametrize(("make", "method"), product(ENCODERS, METHODS))
def test_links_are_within_the_sentences(folders, make, method):
    for (source, target), links in zip(PAIRS, aligner(folders[make], method).align(PAIRS), strict=True):
        assert all(link.source < len(source) and link.target < len(target) for link in links)
        assert links


@pytest.mark.parametrize("make", ENCODERS)
def test_links_do_not_depend_on_batches_or_order(folders, make):
    whole = aligner(folders[make]).align(PAIRS)
    assert aligner(folders[make], budget=1).align(PAIRS) == whole
    assert aligner(folders[make]).align(PAIRS[::-1])[::-1] == whole


@pytest.mark.parametrize("make", ENCODERS)
def test_a_sentence_longer_than_the_window_is_aligned_to_its_end(tmp_path, make):
    folder = make(tmp_path, max_position_embeddings=40)
    long = [word for sentence in SENTENCES[:20] for word in sentence]
    [links] = aligner(folder, "match").align([(long, long)])
    assert {link.source for link in links} == set(range(len(long)))


def test_words_without_sub_tokens_shift_nothing(folders):
    source, target = PAIRS[0]
    odd = ["\u200b", *source, "\x00", "\u200b"]
    [plain], [found] = (aligner(folders[tiny_encoders.bert]).align([(each, target)]) for each in (source, odd))
    assert {(link.source - 1, link.target) for link in found} == set(plain)


def test_empty_sentences_have_no_links(folders):
    assert aligner(folders[tiny_encoders.bert]).align([([], ["ka"]), (["ka"], []), (["\u200b"], ["ka"])]) == [frozenset()] * 3


def test_out_of_memory_is_told_of_the_sentence(folders, monkeypatch):
    found = aligner(folders[tiny_encoders.bert])
    compute = found._compute

    def fails(batch):
        if any(len(piece.ids) > 40 for piece in batch):
            raise torch.OutOfMemoryError("CUDA out of memory")
        return compute(batch)

    monkeypatch.setattr(found, "_compute", fails)
    long = SENTENCES[0] * 10
    assert found.align([(long, ["ka"]), PAIRS[0]]) == ["out of memory", aligner(folders[tiny_encoders.bert]).align(PAIRS[:1])[0]]


def test_what_cannot_be_loaded_is_said(folders, tmp_path):
    with pytest.raises(UsageError, match="layer 12"):
        aligner(folders[tiny_encoders.bert], layer=12)
    with pytest.raises(UsageError, match="no encoder can be loaded"):
        aligner(str(tmp_path))


@pytest.mark.parametrize("make", ENCODERS)
def test_equal_to_simalign(folders, make):
    reference = pytest.importorskip("simalign").SentenceAligner(model=folders[make], token_type="bpe", matching_methods="mai")
    names = {"argmax": "inter", "itermax": "itermax", "match": "mwmf"}
    expected = [reference.get_word_aligns(list(source), list(target)) for source, target in PAIRS]
    for method, name in names.items():
        assert [sorted(links) for links in aligner(folders[make], method).align(PAIRS)] == [each[name] for each in expected]


def test_equal_to_awesome_align(folders):
    modeling = pytest.importorskip("awesome_align.modeling")
    from awesome_align.configuration_bert import BertConfig
    from transformers import AutoTokenizer, BertModel

    folder = folders[tiny_encoders.bert]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    loaded = BertModel.from_pretrained(folder)
    config = BertConfig()
    for name in (*SHAPE, "vocab_size"):
        setattr(config, name, getattr(loaded.config, name))
    model = modeling.BertForMaskedLM(config).eval()
    model.bert.load_state_dict(loaded.state_dict(), strict=False)
    modeling.PAD_ID, modeling.CLS_ID, modeling.SEP_ID = tokenizer.pad_token_id, tokenizer.cls_token_id, tokenizer.sep_token_id
    for pair, links in zip(PAIRS, aligner(folder, "awesome").align(PAIRS), strict=True):
        encoded = [tokenizer(list(words), is_split_into_words=True) for words in pair]
        ids = [torch.tensor([each.input_ids]) for each in encoded]
        words = [[[word for word in each.word_ids() if word is not None]] for each in encoded]
        [expected] = model.get_aligned_word(
            *ids, *words, "cpu", 0, 0, align_layer=8, extraction="softmax", softmax_threshold=0.001, test=True
        )
        assert set(map(tuple, links)) == expected
