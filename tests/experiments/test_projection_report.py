"""The stored links, the learning of weights, the figures, against what the report makes of the real data."""

import random

import numpy as np
import pytest
from scipy.optimize import check_grad

from boundarybench.columns import read_sentences
from boundarybench.schemes import decode
from boundarybench.suites.sample import alignment, sentences
from boundarybench_baselines.alignment import pharaoh
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.projection.pair import SentencePair
from boundarybench_baselines.projection.settings import METHODS, load
from boundarybench_baselines.projection.surface import Terms
from experiments import corpora, corpus_links, machine_translations, taggers, weights
from experiments.corpora import Corpus, Item
from experiments.projection_figures import Counts, count, fates, pairs_of, precision_at, run


@pytest.fixture(scope="module")
def corpus():
    """The sample suite's German test sentences, projected from gold English over hand links."""
    items, gold_links = [], alignment("de")
    for index, (there, here) in enumerate(zip(sentences("de", "test"), sentences("en", "test"), strict=True)):
        items.append(Item(f"de-{index:05}", there.tokens, tuple(decode(there.tags())), here.tokens, tuple(decode(here.tags()))))
    return Corpus("sample-de", tuple(items), tuple(frozenset(Link(*pair) for pair in each) for each in gold_links))


def test_every_method_projects_most_of_the_sample_over_hand_links(corpus):
    pairs = pairs_of(corpus, corpus.links)
    for method in METHODS:
        found = run(pairs, load(method))
        assert count(corpus.items, found).f1 > (70 if method == "published-heuristic" else 85), method
        assert sum(fates(found).values()) == sum(len(item.entities) for item in corpus.items)


def test_sets_are_pooled_for_learning(corpus):
    """Two halves teach what the whole does."""
    sentences = list(zip(corpus.items, pairs_of(corpus, corpus.links), strict=True))
    whole = weights.fit([weights.choices(sentences, 10)])
    halves = weights.fit([weights.choices(half, 10) for half in (sentences[:20], sentences[20:])])
    assert np.allclose(halves.weights, whole.weights, atol=1e-3)
    assert halves.constant == pytest.approx(whole.constant, abs=1e-3)


def test_precision_at_a_recall(corpus):
    pairs, settings = pairs_of(corpus, corpus.links), load("recommended")
    whole = count(corpus.items, run(pairs, settings))
    assert precision_at(whole.recall, corpus, pairs, settings) >= whole.precision - 1
    assert precision_at(100.0, corpus, pairs, settings) is None
    assert precision_at(whole.recall / 2, corpus, pairs, settings) >= whole.precision - 5


def test_counts():
    assert str(Counts(1, 2, 4)) == "50.0 / 25.0 / 33.3"
    assert str(Counts(0, 0, 0)) == "0.0 / 0.0 / 0.0"


def test_the_committed_links_are_those_that_the_sums_name():
    names = [line.split("  ")[1] for line in (corpus_links.STORE / "SHA256SUMS").read_text().split("\n") if line]
    assert len(names) == 2 * (2 * len(corpora.MASAKHANER) + len(machine_translations.CHOSEN_ON) + len(corpora.EUROPARL))
    for name in {name.rpartition(".")[0] for name in names}:
        assert corpus_links.load(name)


def test_the_gradient_of_the_choice_model_is_right():
    rng = np.random.default_rng(3)
    entity = np.repeat(np.arange(30), 4)
    choices = weights.Choices(rng.random((120, len(Terms._fields))), rng.random(120) < 0.2, entity, np.arange(0, 120, 4))
    point = rng.random(len(Terms._fields) + 1)
    wrong = check_grad(lambda x: weights._loss(x, choices)[0], lambda x: weights._loss(x, choices)[1], point)
    assert wrong < 1e-3


def test_weights_are_learnt_from_what_is_right(corpus):
    fitted = weights.fit([weights.choices(zip(corpus.items, pairs_of(corpus, corpus.links), strict=True), 10)])
    assert len(fitted.weights) == len(Terms._fields)
    assert min(fitted.weights) >= 0
    assert sum(fitted.weights) > 1
    assert fitted.offset(0.0) > fitted.offset(-1.0)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """Taggers are trained once for all tests: a minute."""
    return tmp_path_factory.mktemp("work")


@pytest.mark.slow
def test_typed_f1_of_the_taggers(data, work):
    """English at least 83, French better than the plain tagger's 61.0."""
    for language, floor in (("en", 83.0), ("fr", 61.0)):
        with taggers.tagger(data, work, language) as tagger:
            assert taggers.typed_f1_on(tagger, read_sentences(data / "source-ner" / language / "test.txt")) > floor


@pytest.mark.slow
def test_recommended_beats_the_published_heuristic_on_stored_real_links(data, work):
    tag = taggers.Translations(data, work).tag
    for direction, system in (("de2en", "m2m100"), ("es2en", "DeepL"), ("es2en", "MarianMT")):
        found = corpora.easy_label_projection(data, direction, system, tag)
        pairs = pairs_of(found, found.links)
        ours, theirs = (count(found.items, run(pairs, load(method))) for method in ("recommended", "published-heuristic"))
        assert ours.f1 > theirs.f1 + 0.5
        assert precision_at(theirs.recall, found, pairs, load("recommended")) > theirs.precision


def test_gold_entity_counts_are_the_published_ones(data):
    """Acceptance test 11: PER, ORG and LOC entities of the MasakhaNER 2.0 test sets."""
    published = {"bam": 1120, "ewe": 2008, "lug": 1954, "luo": 2153, "mos": 968, "tsn": 1327, "twi": 634, "wol": 1354}
    for lang, entities in published.items():
        gold = corpora.masakhaner_gold(data, lang, "test")
        assert sum(span.type != "DATE" for sentence in gold for span in decode(sentence.tags)) == entities


def test_en_to_es_regression(data):
    """Entities that were projected from English to Spanish along stored links come back along the same links."""
    root = data / "easy-label-projection"
    name = "DeepL.50000.awesome.test"
    path = root / "original" / "en" / "en.conll.test.tsv"
    english = read_sentences(path)
    spanish = read_sentences(root / "automatic_projections" / "en2es" / f"{name}.tsv")
    each = pharaoh.read(root / "automatic_projections" / "alignments" / "en2es" / f"{name}.talp", swap=True)
    items, pairs = [], []
    links = [each[index] for index in corpora.sentence_blocks(path)]
    for here, there, link in zip(english, spanish, links, strict=True):
        keep = [span for span in decode(there.tags) if span.type != "MISC"]
        items.append(Item("", here.tokens, tuple(span for span in decode(here.tags) if span.type != "MISC"), there.tokens, tuple(keep)))
        pairs.append(SentencePair(here.tokens, there.tokens, tuple(keep), link.sure))
    figures = {method: round(count(items, run(pairs, load(method))).f1, 1) for method in METHODS}
    assert figures["published-heuristic"] == 96.3
    assert figures["recommended"] > 96.9


def test_random_order_of_links_does_not_matter(corpus):
    shuffled = [frozenset(random.Random(1).sample(sorted(each), len(each))) for each in corpus.links]
    for method in METHODS:
        assert run(pairs_of(corpus, shuffled), load(method)) == run(pairs_of(corpus, corpus.links), load(method))
