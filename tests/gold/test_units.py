"""What is drawn together: documents, blocks of neighbours, identical sentences; and that every way to gold gives it."""

from dataclasses import replace

import numpy as np
import pytest
from golds import SENTENCES, columns, gold_of
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.gold import cache
from boundarybench.gold.load import load
from boundarybench.gold.own import from_file
from boundarybench.gold.units import MIN_UNITS, units_of
from boundarybench.suites.manifests import packaged
from boundarybench.suites.suite import Sentences

RUNNING = Sentences("running", 20)


def counts(units: np.ndarray) -> list[int]:
    """Sentences of each unit, in the order of their numbers."""
    return np.unique(units, return_counts=True)[1].tolist()


def test_documents_come_before_blocks_where_there_are_enough():
    repeats = np.arange(1000, dtype=np.int32)
    documents = np.repeat(np.arange(MIN_UNITS, dtype=np.int32), 40)
    assert units_of(repeats, documents, RUNNING).tolist() == documents.tolist()
    assert units_of(repeats, documents, Sentences("shuffled")).tolist() == documents.tolist()
    few = np.repeat(np.arange(MIN_UNITS - 1, dtype=np.int32), 42)[:1000]
    assert counts(units_of(repeats, few, RUNNING)) == [20] * 50
    assert counts(units_of(repeats, None, RUNNING)) == [20] * 50


def test_identical_sentences_are_together_where_the_order_means_nothing_or_a_block_is_one_sentence():
    repeats = np.array([0, 1, 0, 3] * 30, np.int32)
    for sentences in (Sentences("shuffled", 20), Sentences("running", 1)):
        assert units_of(repeats, None, sentences).tolist() == repeats.tolist()
    assert units_of(np.zeros(49, np.int32), None, RUNNING).tolist() == [0] * 49  # blocks of two would be too few


@given(st.integers(1, 3000), st.integers(1, 100))
def test_blocks_are_neighbours_of_one_length_and_never_too_few(sentences, block):
    units = units_of(np.arange(sentences, dtype=np.int32), None, Sentences("running", block))
    found = counts(units)
    assert (np.diff(units) >= 0).all()
    assert len(found) >= min(sentences, MIN_UNITS)
    assert len(set(found[:-1])) <= 1
    assert found[-1] <= found[0] <= block
    assert found[0] == block or len(found) < 2 * MIN_UNITS  # as long as they may be


def test_a_selection_keeps_the_units_of_the_whole():
    gold = gold_of(SENTENCES * 20)
    gold = replace(gold, units=units_of(gold.repeats, None, Sentences("running", 3)))
    keep = np.arange(gold.sentences) % 2 == 0
    assert gold.select(keep).units.tolist() == gold.units[keep].tolist()


def test_gold_of_ones_own_has_its_marked_documents(tmp_path):
    path = tmp_path / "x.conll"
    one = columns(SENTENCES)
    path.write_text("\n".join(f"# newdoc\n{one}" for _ in range(MIN_UNITS)), encoding="utf-8")
    assert counts(from_file(path).units) == [len(SENTENCES)] * MIN_UNITS
    path.write_text("\n".join([one] * MIN_UNITS), encoding="utf-8")
    assert counts(from_file(path).units) == [2 * MIN_UNITS, MIN_UNITS, MIN_UNITS]  # one sentence stands there twice


def test_what_a_manifest_says_of_blocks_holds_for_gold_that_was_cached_before(tmp_path, monkeypatch):
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path))
    suite = tmp_path / "suites" / "mine"
    suite.mkdir(parents=True)
    manifest = 'schema = 1\ntitle = "x"\ndomains = ["x"]\nlicence = "x"\n[sentences]\nblock = {}\n[languages]\nth = {{ name = "Thai" }}\n'
    cache.write(suite / "th.gold", gold_of(SENTENCES * 100, suite="mine"))
    for block in (5, 16, 1):
        (suite / "suite.toml").write_text(manifest.format(block) + "# " * block, encoding="utf-8")
        assert counts(load("mine", "th").units)[:3] == ([200, 100, 100] if block == 1 else [block] * 3)


@pytest.mark.parametrize("name", [name for name, suite in packaged().items() if suite.sentences.order == "documents"])
def test_suites_of_documents_mark_them(data, name):
    for language in packaged()[name].languages:
        gold = load(name, language.code)
        assert gold.units is gold.documents


def test_running_text_of_the_package_is_cut_into_blocks_today_and_in_older_copies(data):
    whole = {version: load("masakhaner2", "swa", version=version) for version in ("", *packaged()["masakhaner2"].versions)}
    assert len(whole) > 1
    for gold in whole.values():
        assert counts(gold.units)[:-1] == [min(packaged()["masakhaner2"].sentences.block, gold.sentences // MIN_UNITS)] * (
            len(counts(gold.units)) - 1
        )
