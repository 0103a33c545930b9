"""Runs over the sample suite with a CRF tagger: what is written, what is counted, what is refused."""

import json

import pytest

pytest.importorskip("pycrfsuite")

from boundarybench import gzipped
from boundarybench.cli.main import main
from boundarybench.errors import DataError, GoldUnavailable, UsageError
from boundarybench.schemes import decode
from boundarybench.suites.sample import alignment, sentences
from boundarybench_baselines import runs, system
from boundarybench_baselines.alignment import stored_links
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.alignment.statistical import Directions
from boundarybench_baselines.machine import Machine
from boundarybench_baselines.tagging import data as training_data
from boundarybench_baselines.tagging.train_crf import train

LANGS = ["de", "sw", "zh"]
#: What the card of the tagger cannot say of a system that it is put into.
STATED = ["description=a test", "open=true"]
#: Files of translations or links come without a card.
PATHS_STATED = ["training_data=['by hand']", "parallel_data=[]"]


@pytest.fixture(scope="module")
def tagger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tagger"
    train(training_data.read("sample/en", "train"), [], folder, {"train": "sample/en", "dev": ""})
    return folder


@pytest.fixture
def run(tmp_path, tagger):
    """Runs one of our sample systems with changes; gives report and folder."""

    def go(name, *changes, out="my-system", suites=("sample",), wanted=LANGS, limit=None, tagged=True):
        role = "target_tagger" if name == "sample-transfer" else "source_tagger"
        chosen = system.load(str(name), [*([f"{role}.model={tagger}", *STATED] if tagged else []), *changes])
        report = runs.run(
            chosen,
            list(suites),
            tmp_path / "submissions" / out,
            tmp_path / "stages",
            Machine(),
            wanted=wanted,
            limit=limit,
            command="boundarybench run",
            watch=lambda *_: lambda *_: None,
        )
        return report, tmp_path / "submissions" / out

    return go


def read(path):
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


def about(folder):
    return json.loads((folder / "system.json").read_text())


@pytest.mark.parametrize("name", ["sample-transfer", "sample-projection"])
def test_a_submission_that_validates(run, name, capsys):
    report, folder = run(name)
    assert report.complete
    assert report.sentences == dict.fromkeys([f"sample/{lang}" for lang in LANGS], 60)
    assert main(["validate", str(folder)]) == 0
    said = about(folder)
    assert said["name"] == "my-system"
    assert set(said["gold"]) == {f"sample/{lang}" for lang in LANGS}
    assert [model["name"] for model in said["models"]] == ["tagger"]
    assert str(folder.parent.parent) not in json.dumps(said)  # paths of this machine are nobody's business


def test_the_record_says_what_became_of_every_entity(run, tmp_path):
    _, folder = run("sample-projection")
    predicted = read(folder / "sample" / "sw.jsonl")
    record = read(runs.records(tmp_path / "stages", folder) / "sample" / "sw.jsonl")
    assert [line["id"] for line in record] == [line["id"] for line in predicted]
    spans = sum(len(entity["spans"]) for line in record for entity in line["entities"])
    assert spans == sum(tag[0] == "B" for line in predicted for tag in line["tags"]) > 0


def test_scores_stand_beside_each_span(run):
    for name in ("sample-transfer", "sample-projection"):
        _, folder = run(name, out=name)
        for line in read(folder / "sample" / "de.jsonl"):
            assert len(line["scores"]) == sum(tag[0] == "B" for tag in line["tags"])
            assert all(0 <= score <= 1 for score in line["scores"])
            assert [float(f"{score:.4g}") for score in line["scores"]] == line["scores"]


def test_a_second_run_adds_languages(run):
    run("sample-transfer", wanted=["de"])
    _, folder = run("sample-transfer", wanted=["sw"])
    assert set(about(folder)["gold"]) == {"sample/de", "sample/sw"}
    assert (folder / "sample" / "de.jsonl").exists()


def test_a_packed_file_gives_way_to_the_run_that_makes_it_again(run):
    _, folder = run("sample-transfer", wanted=["de"])
    path = folder / "sample" / "de.jsonl"
    before = path.read_bytes()
    path.with_name("de.jsonl.gz").write_bytes(gzipped.pack(before))
    path.unlink()
    run("sample-transfer", wanted=["de"])
    assert [(each.name, each.read_bytes()) for each in (folder / "sample").iterdir()] == [("de.jsonl", before)]


def test_a_folder_of_another_system_is_left_alone(run):
    _, folder = run("sample-transfer")
    before = {path: path.read_bytes() for path in folder.rglob("*.json*")}
    with pytest.raises(UsageError, match="another system's predictions"):
        run("sample-projection")
    assert {path: path.read_bytes() for path in folder.rglob("*.json*")} == before
    (folder / "system.json").write_text("{")
    with pytest.raises(UsageError, match="broken"):
        run("sample-transfer")


def test_a_quick_look(run):
    report, folder = run("sample-projection", limit=5)
    assert set(report.sentences.values()) == {5}
    assert [line["id"] for line in read(folder / "sample" / "de.jsonl")] == [f"de-{number:05}" for number in range(5)]


def test_all_languages_that_are_covered_without_asking(run):
    report, _ = run("sample-projection", wanted=None)
    assert set(report.sentences) == {f"sample/{lang}" for lang in ("am", "ar", "de", "ha", "hi", "sw", "tr", "yo", "zh", "zu")}
    with pytest.raises(UsageError, match="does not cover en"):
        run("sample-projection", wanted=["en"], out="english")


def test_a_source_language_is_supervised(run):
    _, folder = run("sample-transfer", wanted=["en", "de"])
    assert about(folder)["tracks"] == {"default": "zero-shot", "sample/en": "supervised"}


def test_a_language_whose_labels_chose_something_is_supervised(run):
    _, folder = run("sample-transfer", "supervised=['sample/sw', 'sample/zu']", wanted=["de", "sw"])
    assert about(folder)["tracks"] == {"default": "zero-shot", "sample/sw": "supervised"}


def test_types_that_the_suite_lacks_are_dropped_and_counted(run):
    report, folder = run("sample-transfer", "target_tagger.types={LOC = 'MISC'}", wanted=["de"])
    predicted = read(folder / "sample" / "de.jsonl")
    assert report.dropped["MISC"] > 0
    assert not any("MISC" in tag or "LOC" in tag for line in predicted for tag in line["tags"])
    assert about(folder)["mentions_outside_types"] == "dropped-after-matching"
    _, folder = run("sample-transfer", "target_tagger.types={LOC = 'O'}", wanted=["de"], out="before")
    assert about(folder)["mentions_outside_types"] == "dropped-before-matching"
    assert [line["tags"] for line in read(folder / "sample" / "de.jsonl")] == [line["tags"] for line in predicted]


def test_gold_that_is_not_at_hand(run, tmp_path, monkeypatch):
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path / "home"))
    with pytest.raises(GoldUnavailable, match="xtreme/de"):
        run("sample-transfer", suites=["xtreme"], wanted=["de"])
    with pytest.raises(GoldUnavailable, match="masakhaner2/zul"):
        run("sample-transfer", suites=["masakhaner2"], wanted=None)
    report, folder = run("sample-transfer", suites=["sample", "masakhaner2"], wanted=None)
    assert len(report.without_gold) == 18
    assert not report.complete
    assert not (folder / "masakhaner2").exists()


def translations(tmp_path, lines):
    (tmp_path / "de.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return [
        "translator.kind=file",
        f"translator.path={tmp_path}/{{lang}}.jsonl",
        "translator.about=by hand",
        "translator.splitter=moses",
        *PATHS_STATED,
    ]


def test_translations_from_a_file(run, tmp_path):
    english = [" ".join(sentence.tokens) for sentence in sentences("en", "test")]
    lines = [{"id": f"de-{number:05}", "source_lang": "en", "translation": text} for number, text in enumerate(english)]
    changes = translations(tmp_path, lines)
    report, folder = run("sample-projection", *changes, wanted=["de"])
    assert report.complete
    assert about(folder)["facets"]["translation_model"] == "by hand"
    _, parallel = run("sample-projection", wanted=["de"], out="parallel")
    same = [a == b for a, b in zip(read(folder / "sample/de.jsonl"), read(parallel / "sample/de.jsonl"), strict=True)]
    assert sum(same) > 50  # detokenised text splits into other words here and there


def test_sentences_without_a_translation_are_counted_and_have_no_entities(run, tmp_path):
    changes = translations(tmp_path, [{"id": "de-00001", "source_lang": "en", "translation": "Kenya ."}])
    report, folder = run("sample-projection", *changes, wanted=["de"])
    assert report.failed["sample/de"] == {"translation: no translation in the file": 59}
    assert not report.complete
    lines = read(folder / "sample" / "de.jsonl")
    assert len(lines) == 60
    assert all(set(line["tags"]) == {"O"} for line in lines if line["id"] != "de-00001")


def test_word_by_word_translation_brings_its_own_links(run, tmp_path):
    """A lexicon from the sample suite's own links, which the test set is part of: a test of the plumbing, not of the method."""
    entries = []
    for english, german, links in zip(sentences("en", "test"), sentences("de", "test"), alignment("de"), strict=True):
        entries += [f"{german.tokens[there]}\t{english.tokens[here]}\n" for here, there in links]
    (tmp_path / "lexicon.tsv").write_text("".join(entries))
    changes = [
        "translator.kind=gloss",
        f"translator.path={tmp_path}/lexicon.tsv",
        "translator.about=lexicon",
        "aligner.method=gloss",
        *PATHS_STATED,
    ]
    report, folder = run("sample-projection", *changes, wanted=["de"])
    assert report.complete
    lines = read(folder / "sample" / "de.jsonl")
    assert sum(tag[0] == "B" for line in lines for tag in line["tags"]) > 50


def test_models_that_are_none(run, tmp_path):
    with pytest.raises(UsageError, match="neither a folder here nor a model that the hub gives"):
        run(
            "sample-transfer",
            f"target_tagger.model={tmp_path}/none",
            "target_tagger.licence=MIT",
            "training_data=[]",
            "source_data=[]",
            "source_languages=[]",
        )
    with pytest.raises(UsageError, match="unknown suite"):
        run("sample-transfer", suites=["samples"])
    with pytest.raises(UsageError, match="unknown language"):
        run("sample-transfer", wanted=["xx"])
    assert not (tmp_path / "submissions" / "my-system").exists()


def test_the_tagger_goes_by_the_language_of_the_translations(run, tmp_path, tagger):
    """Each set has its own: the file says which language it is in, and there is a tagger for that one only."""
    (tmp_path / "tagger-fr").symlink_to(tagger)
    texts = [" ".join(sentence.tokens) for sentence in sentences("en", "test")]
    lines = [{"id": f"de-{number:05}", "source_lang": "fr", "translation": text} for number, text in enumerate(texts)]
    changes = [*translations(tmp_path, lines), f"source_tagger.model={tmp_path}/tagger-{{source}}", "source_languages=['fr']"]
    changes += ["source_tagger.licence=CC0-1.0", "source_data=[]"]
    report, folder = run("sample-projection", *changes, wanted=["de"])
    assert report.complete
    assert about(folder)["facets"]["encoder"] == "tagger-{source}"
    assert [model["name"] for model in about(folder)["models"]] == ["tagger-fr"]
    lines[3]["source_lang"] = "en"
    translations(tmp_path, lines)
    with pytest.raises(DataError, match="translations in en, fr"):
        run("sample-projection", *changes, wanted=["de"], out="mixed")


def test_stored_links(run, tmp_path):
    """The suite's own links by hand, as stored links: better than word order."""
    links = [frozenset(Link(*pair) for pair in each) for each in alignment("de")]
    stored_links.store(tmp_path / "links" / "sample-de", [Directions(each, each) for each in links])
    changes = ["aligner.method=file", f"aligner.path={tmp_path}/links/{{suite}}-{{lang}}", "aligner.about=by hand", *PATHS_STATED]
    report, folder = run("sample-projection", *changes, wanted=["de"])
    assert report.complete
    assert about(folder)["facets"]["aligner"] == "by hand"
    record = read(runs.records(tmp_path / "stages", folder) / "sample" / "de.jsonl")
    assert sum(entity["fate"] == "projected" for line in record for entity in line["entities"]) > 80
    first, _ = run("sample-projection", *changes, wanted=["de"], limit=5, out="first")
    assert first.complete


def test_weights_that_have_not_seen_the_language():
    """What the recommended projection learnt from labels of a language is not used on it."""
    chosen = system.load("sample-projection")
    everything = chosen.projection_settings()
    assert chosen.projection_settings("swa") == everything
    for lang in ["bam", "bbj", "ewe", "lug", "luo", "mos", "pcm", "tsn", "twi", "wol"]:
        without = chosen.projection_settings(lang)
        assert without.weights != everything.weights
        assert without.max_words == everything.max_words
    own = system.load("sample-projection", ["projection.abstain=0.9"])
    assert own.projection_settings("luo").abstain == 0.9


def test_the_trivial_system(run):
    report, folder = run("trivial-short-sentences", tagged=False)
    assert report.complete
    for line in read(folder / "sample" / "zh.jsonl") + read(folder / "sample" / "de.jsonl"):
        whole = ["B-LOC", "I-LOC", "I-LOC"][: len(line["tags"])]
        assert line["tags"] == (whole if len(line["tags"]) <= 3 else ["O"] * len(line["tags"]))
    assert about(folder)["family"] == "other"
    assert about(folder)["facets"]["encoder"] is None
    assert main(["validate", str(folder)]) == 0


def test_the_capitals_rule(run):
    report, folder = run("capitals-rule", tagged=False)
    assert report.complete
    for lang in LANGS:
        lines = read(folder / "sample" / f"{lang}.jsonl")
        assert {tag for line in lines for tag in line["tags"]} <= {"O", "B-PER", "I-PER"}
        named = {
            word
            for sentence, line in zip(sentences(lang, "test"), lines, strict=True)
            for word, tag in zip(sentence.tokens, line["tags"], strict=True)
            if tag != "O"
        }
        assert named
        assert all(any(character.isupper() for character in word) for word in named)  # in Chinese, words in Latin letters
    assert "scores" not in read(folder / "sample" / "de.jsonl")[0]
    assert about(folder)["facets"]["transductive"] is True
    assert main(["validate", str(folder)]) == 0


def test_a_tagger_of_shared_features_reads_what_it_was_not_trained_on(run, tmp_path):
    folder = tmp_path / "shared"
    train(training_data.read("sample/en", "train"), [], folder, {"train": "sample/en", "dev": ""}, "shared")
    _, found = run("sample-transfer", f"target_tagger.model={folder}", *STATED, wanted=["sw", "zh"], tagged=False)
    assert sum(tag[0] == "B" for line in read(found / "sample" / "sw.jsonl") for tag in line["tags"]) > 30
    (folder / "training.json").write_text("{}")
    with pytest.raises(UsageError, match="does not say with which features"):
        run("sample-transfer", f"target_tagger.model={folder}", *STATED, wanted=["de"], tagged=False, out="unknown")


KNOWN = """
description = "known mentions"
family = "annotation-projection"
authors = ["Ada"]
open = true
track = "oracle"
[translator]
kind = "parallel"
[aligner]
method = "monotone"
"""


def test_mentions_that_are_known(run, tmp_path):
    """The English side's own entities as mentions: a sentence that is not in the file has none; tags must fit the words."""
    english = sentences("en", "test")
    lines = [{"id": f"de-{number:05}", "tags": sentence.tags()} for number, sentence in enumerate(english)]
    (tmp_path / "de.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines[1:]))
    told = f'[source_tagger]\nmethod = "file"\npath = "{tmp_path}/{{lang}}.jsonl"\n'
    (tmp_path / "known.toml").write_text(KNOWN + told)
    report, folder = run(tmp_path / "known.toml", wanted=["de"], tagged=False)
    assert report.complete
    assert about(folder)["models"] == []
    assert set(read(folder / "sample" / "de.jsonl")[0]["tags"]) == {"O"}
    record = read(runs.records(tmp_path / "stages", folder) / "sample" / "de.jsonl")
    assert [len(line["entities"]) for line in record] == [0, *(len(decode(sentence.tags())) for sentence in english[1:])]
    (tmp_path / "de.jsonl").write_text(json.dumps({"id": "de-00001", "tags": ["O"]}) + "\n")
    with pytest.raises(DataError, match="de-00001: 1 tags for"):
        run(tmp_path / "known.toml", wanted=["de"], out="short", tagged=False)
    (tmp_path / "de.jsonl").write_text("{}\n")
    with pytest.raises(DataError, match=r"de.jsonl:1: no tags"):
        run(tmp_path / "known.toml", wanted=["de"], out="broken", tagged=False)
