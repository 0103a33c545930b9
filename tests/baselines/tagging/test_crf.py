"""The CRF tagger: training, tagging, scores. Its F1 on real data is tested with the report."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.errors import UsageError
from boundarybench.schemes import decode
from boundarybench.suites.sample import sentences
from boundarybench_baselines.tagging.crf import Tagger, train
from boundarybench_baselines.tagging.data import TaggedSentence
from boundarybench_baselines.tagging.features import features, shape


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "en.crfsuite"
    train([TaggedSentence(sentence.tokens, sentence.tags()) for sentence in sentences("en", "train")], path)
    return path


def test_it_finds_the_entities_that_it_was_trained_on(model):
    with Tagger(model) as tagger:
        found = [(set(tagger.tag(sentence.tokens)), set(decode(sentence.tags()))) for sentence in sentences("en", "train")]
    right = sum(len(one & other) for one, other in found)
    assert right / sum(len(other) for _, other in found) > 0.95


def test_mentions_are_the_entities_with_probabilities(model):
    with Tagger(model) as tagger:
        for sentence in sentences("en", "test"):
            mentions = tagger.mentions(sentence.tokens)
            assert [mention.span for mention in mentions] == tagger.tag(sentence.tokens)
            assert all(0 < mention.score <= 1 + 1e-9 for mention in mentions)


def test_marginals_are_a_distribution_over_the_labels_at_each_word(model):
    words = sentences("en", "test")[0].tokens
    with Tagger(model) as tagger:
        marginals = tagger.marginals(words)
        assert marginals.shape == (len(words), len(tagger.labels))
        assert np.allclose(marginals.sum(axis=1), 1)
        assert tagger.marginals([]).shape == (0, len(tagger.labels))


def test_an_empty_sentence_has_no_entities(model):
    with Tagger(model) as tagger:
        assert (tagger.tag([]), tagger.mentions([])) == ([], [])


def test_training_is_deterministic(model, tmp_path):
    train([TaggedSentence(sentence.tokens, sentence.tags()) for sentence in sentences("en", "train")], tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == model.read_bytes()


def test_a_training_that_fails_leaves_the_old_model(tmp_path):
    path = tmp_path / "model"
    path.write_bytes(b"old")

    def broken():
        yield TaggedSentence(["a"], ["O"])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        train(broken(), path)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


@pytest.mark.parametrize("content", [None, b"", b"not a model"])
def test_what_is_no_model_is_a_usage_error(tmp_path, content):
    path = tmp_path / "model"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="not a model"):
        Tagger(path)


def test_shapes():
    assert [shape(word) for word in ("Kenya", "UN", "2001-02-03", "mc2", "É", "...")] == ["Xxx", "XX", "dd-dd-dd", "xxd", "X", ".."]


@given(st.lists(st.text(max_size=6), max_size=6))
def test_every_word_has_features_whatever_it_is(words):
    found = features(words)
    assert len(found) == len(words)
    assert all(all(isinstance(feature, str) for feature in each) for each in found)
    assert features(words) == found


def test_a_word_sees_its_neighbours():
    first, second = features(["Angela", "Merkel"])
    assert "1:lower=merkel" in first
    assert "first" in first
    assert "-1:lower=angela" in second
    assert "shouting" in features(["GREEN", "PARTY"])[0]
