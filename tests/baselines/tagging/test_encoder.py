"""Tagging by small encoders with random weights; equal to the pipeline of `transformers` where that is right."""

import json
import shutil
import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
import tiny_encoders  # noqa: E402

from boundarybench.errors import UsageError  # noqa: E402
from boundarybench.schemes import decode  # noqa: E402
from boundarybench_baselines.machine import Machine  # noqa: E402
from boundarybench_baselines.tagging import encoder  # noqa: E402
from boundarybench_baselines.tagging.tag_schemes import spans  # noqa: E402
from boundarybench_baselines.tagging.tagger import TaggerSettings, confidence, entities, marginals, stage  # noqa: E402

MAKERS = (tiny_encoders.bert, tiny_encoders.xlm_roberta, tiny_encoders.deberta)
SENTENCES = tiny_encoders.sentences(60, seed=3)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {make: make(tmp_path_factory.mktemp(make.__name__), tiny_encoders.IOB2, num_hidden_layers=2) for make in MAKERS}


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    """A model with a window of 16 sub-tokens, two of them special."""
    return tiny_encoders.xlm_roberta(tmp_path_factory.mktemp("narrow"), tiny_encoders.IOB2, num_hidden_layers=1, max_position_embeddings=18)


def tagger(folder, budget=4096, dtype=torch.float32, **more):
    return encoder.load(str(folder), "main", device=torch.device("cpu"), dtype=dtype, budget=budget, **more)


def assert_same(found, expected):
    assert [each.tags for each in found] == [each.tags for each in expected]
    assert [each.unseen for each in found] == [each.unseen for each in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)


def copied(folder, tmp_path, **changes):
    """A copy of a checkpoint with another configuration."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    path = copy / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return copy


@pytest.mark.parametrize("make", MAKERS)
def test_equal_to_the_pipeline_of_transformers(folders, make):
    """Its words with `first`, before and after it groups them, where it is right: it cuts words at Chinese characters (BERT), takes a
    full stop for two words (Metaspace), and needs sub-tokens that it knows."""
    ours = tagger(folders[make])

    class Words(transformers.TokenClassificationPipeline):
        def group_entities(self, entities):
            return entities

    model = transformers.AutoModelForTokenClassification.from_pretrained(folders[make])
    pipeline = Words(model=model, tokenizer=ours._encoding.tokenizer, aggregation_strategy="first", ignore_labels=[])
    vocabulary = pipeline.tokenizer
    known = [s for s in SENTENCES if vocabulary.unk_token_id not in vocabulary(s, is_split_into_words=True).input_ids]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "does not support real words, using fallback heuristic"
        every = [pipeline(words, is_split_into_words=True)[0] for words in known]
    known, theirs = zip(*((words, each) for words, each in zip(known, every, strict=True) if len(words) == len(each)), strict=True)
    assert len(known) > 12
    grouped = [super(Words, pipeline).group_entities(each) for each in theirs]
    for words, found, each, groups in zip(known, ours.tag(known), theirs, grouped, strict=True):
        assert list(found.tags) == [word["entity"] for word in each]
        np.testing.assert_allclose(found.probabilities.max(axis=1), [word["score"] for word in each], atol=1e-5)
        starts = np.cumsum([0, *(len(word) + 1 for word in words)]).tolist()
        ends = {start + len(word): index + 1 for index, (start, word) in enumerate(zip(starts, words, strict=False))}
        named = [(starts.index(g["start"]), ends[g["end"]], g["entity_group"]) for g in groups if g["entity_group"] != "O"]
        assert named == [tuple(span) for span in decode(found.tags)]


@pytest.mark.parametrize("make", MAKERS)
def test_tags_depend_neither_on_batches_nor_on_order(folders, make):
    whole = tagger(folders[make]).tag(SENTENCES)
    assert_same(tagger(folders[make], budget=1).tag(SENTENCES), whole)
    assert_same(tagger(folders[make], budget=100).tag(SENTENCES), whole)
    assert_same(tagger(folders[make]).tag(SENTENCES[::-1])[::-1], whole)
    again = tagger(folders[make]).tag(SENTENCES)
    assert all(np.array_equal(one.probabilities, other.probabilities) for one, other in zip(again, whole, strict=True))


@pytest.mark.parametrize("make", MAKERS)
def test_words_without_a_sub_token_are_outside_shift_nothing_and_are_reported(folders, make):
    ours = tagger(folders[make])
    nothing = ["", "\u200b", "\x00", "\u00ad"]
    tokenizer = ours._encoding.tokenizer
    silent = [word for word in nothing if not tokenizer([word], is_split_into_words=True, add_special_tokens=False).input_ids]
    assert "" in silent
    (alone,) = ours.tag([["ka", "lomi", "tu"]])
    for word in silent:
        (found,) = ours.tag([[word, "ka", word, "lomi", "tu", word]])
        assert found.unseen == (0, 2, 5)
        assert [found.tags[place] for place in found.unseen] == ["O"] * 3
        assert found.probabilities[0].tolist() == [float(label == "O") for label in ours.labels]
        np.testing.assert_allclose(found.probabilities[[1, 3, 4]], alone.probabilities, atol=1e-5)
    assert ours.tag([silent])[0].tags == ("O",) * len(silent)


def test_sentences_without_words(folders):
    ours = tagger(folders[tiny_encoders.xlm_roberta])
    assert ours.tag([]) == []
    empty, full, other = ours.tag([[], ["ka"], []])
    assert empty.tags == other.tags == ()
    assert empty.probabilities.shape == (0, 9)
    assert len(full.tags) == 1


def test_a_sentence_that_is_longer_than_the_window_is_read_in_windows(narrow):
    ours = tagger(narrow)
    words = [word for sentence in SENTENCES[:12] for word in sentence]
    (found,) = ours.tag([words])
    assert found.unseen == ()
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-5)
    pieces = ours._encoding.pieces([words])
    assert len(pieces) > 10
    # Each window is a sentence of its own to the model: its words get what they get there.
    sizes = [len(ours._encoding.tokenizer([word], is_split_into_words=True, add_special_tokens=False).input_ids) for word in words]
    cuts = encoder_windows(sizes)
    for window, alone in zip(cuts, ours.tag([words[window.start : window.end] for window in cuts]), strict=True):
        kept = slice(window.kept_start, window.kept_end)
        inside = slice(window.kept_start - window.start, window.kept_end - window.start)
        np.testing.assert_allclose(found.probabilities[kept], alone.probabilities[inside], atol=1e-5)


def encoder_windows(sizes):
    from boundarybench_baselines.windows import windows

    return windows(sizes, 14)


def test_a_word_that_is_longer_than_the_window_gets_what_its_beginning_says(narrow):
    ours = tagger(narrow)
    found, beginning = ours.tag([["ka", "tu" * 60, "lo"], ["tu" * 60]])
    assert found.unseen == ()
    np.testing.assert_allclose(found.probabilities[1], beginning.probabilities[0], atol=1e-5)


def test_the_window_is_used_to_its_last_position(narrow):
    """XLM-R counts positions from its padding index: one more sub-token would have none."""
    ours = tagger(narrow)
    assert ours._encoding.capacity == 14
    ids = torch.tensor([[0, *[5] * 14, 2]])
    assert torch.isfinite(ours._model(input_ids=ids).logits).all()
    with pytest.raises((IndexError, RuntimeError)):
        ours._model(input_ids=torch.tensor([[0, *[5] * 15, 2]]))


def test_out_of_memory_halves_the_batch_and_keeps_the_tags(folders, monkeypatch):
    whole = tagger(folders[tiny_encoders.bert]).tag(SENTENCES)
    ours = tagger(folders[tiny_encoders.bert])
    compute, batches = ours._compute, []

    def small(batch):
        batches.append(len(batch))
        if len(batch) > 4:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return compute(batch)

    monkeypatch.setattr(ours, "_compute", small)
    assert_same(ours.tag(SENTENCES), whole)
    assert max(batches) > 4
    assert batches[-1] <= 4


def test_a_sentence_that_does_not_fit_alone_has_failed_and_no_other(folders, monkeypatch):
    ours = tagger(folders[tiny_encoders.bert])
    compute = ours._compute
    longest = max(SENTENCES, key=len)

    def small(batch):
        if any(SENTENCES[piece.sentence] == longest for piece in batch):
            raise RuntimeError("out of memory")
        return compute(batch)

    monkeypatch.setattr(ours, "_compute", small)
    assert [found is None for found in ours.tag(SENTENCES)] == [words == longest for words in SENTENCES]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_lower_precision_gives_probabilities_in_fp32(folders, dtype):
    exact = tagger(folders[tiny_encoders.bert]).tag(SENTENCES)
    for one, other in zip(tagger(folders[tiny_encoders.bert], dtype=dtype).tag(SENTENCES), exact, strict=True):
        assert one.probabilities.dtype == np.float32
        np.testing.assert_allclose(one.probabilities.sum(axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=0.05)


def test_a_model_that_overflows_is_a_usage_error(folders):
    ours = tagger(folders[tiny_encoders.bert], dtype=torch.bfloat16)
    with torch.no_grad():
        ours._model.classifier.bias[0] = float("nan")
    with pytest.raises(UsageError, match=r"overflows in torch.bfloat16; run it in another precision \(--precision fp32\)"):
        ours.tag([["ka"]])


def test_labels_get_other_names_and_what_gets_one_name_is_added_up(folders):
    plain = tagger(folders[tiny_encoders.bert])
    renamed = tagger(folders[tiny_encoders.bert], labels={"B-MISC": "O", "I-MISC": "O", "B-PER": "B-person"})
    assert renamed.labels == ("O", "B-person", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
    for one, other in zip(renamed.tag(SENTENCES), plain.tag(SENTENCES), strict=True):
        np.testing.assert_allclose(one.probabilities[:, 0], other.probabilities[:, [0, 7, 8]].sum(axis=1), atol=1e-6)
        np.testing.assert_allclose(one.probabilities[:, 1:], other.probabilities[:, 1:7], atol=1e-6)


@pytest.mark.parametrize("labels", [tiny_encoders.IOB1, tiny_encoders.BIOES])
def test_the_stage_reads_every_scheme(folders, tmp_path, labels):
    folder = tiny_encoders.xlm_roberta(tmp_path / "model", labels, num_hidden_layers=1)
    settings = TaggerSettings(folder, types={"MISC": "O"})
    of = stage(settings, Machine("cpu"))
    records = of.compute(of.load(), [*SENTENCES[:20], ["ka", ""]])
    json.dumps(records)
    for record in records:
        assert entities(record, settings) == spans(record["tags"], {"MISC": "O"})
        matrix, names, iob1 = marginals(record, settings)
        assert iob1 == (labels is tiny_encoders.IOB1)
        np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-4)
        assert all(name == "O" or name[2:] in ("PER", "ORG", "LOC") for name in names)
        assert all(0 < confidence(record, span) <= 1 for span in entities(record, settings))
    assert records[-1]["unseen"] == [1]
    assert "unseen" not in records[0]


def test_the_stage_says_what_did_not_fit(folders, monkeypatch):
    monkeypatch.setattr(encoder.EncoderTagger, "_compute", lambda *_: (_ for _ in ()).throw(RuntimeError("out of memory")))
    of = stage(TaggerSettings(folders[tiny_encoders.bert]), Machine("cpu"))
    model = of.load()
    assert of.compute(model, [["ka"]]) == [{"failed": "out of memory"}]


BROKEN = {
    "model.safetensors": [b"xx", b"", None],
    "config.json": [b"{", b"[]", b"{}", b'{"model_type": "no-such"}', None],
    "tokenizer.json": [b"{", None],
}


@pytest.mark.parametrize(("name", "content"), [(name, content) for name, contents in BROKEN.items() for content in contents])
def test_a_folder_with_a_broken_file_is_a_usage_error_of_one_line(folders, tmp_path, name, content):
    folder = copied(folders[tiny_encoders.xlm_roberta], tmp_path)
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(UsageError, match="no tagger can be loaded: ") as caught:
        tagger(folder)
    assert "\n" not in str(caught.value)


def test_what_is_no_tagger_is_a_usage_error(folders, tmp_path):
    headless = tiny_encoders.bert(tmp_path / "headless", num_hidden_layers=1)
    with pytest.raises(UsageError, match=r"an encoder without a trained tagger \(no classifier.bias, classifier.weight\)"):
        tagger(headless)
    sentiment = {"id2label": {str(index): f"LABEL_{index}" for index in range(9)}}
    with pytest.raises(UsageError, match="no NER labels: LABEL_0"):
        tagger(copied(folders[tiny_encoders.bert], tmp_path, **sentiment))
    with pytest.raises(UsageError, match="neither a folder here nor a model"):
        stage(TaggerSettings(str(tmp_path / "none")), Machine("cpu"))
    with pytest.raises(UsageError, match="no tagger can be loaded"):
        tagger(tmp_path / "none")
