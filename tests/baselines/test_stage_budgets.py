"""What a run was given: by its stages, by what `train` left, by the test sentences; never by the model before."""

import json
import logging

import pytest

pytest.importorskip("pycrfsuite")

from boundarybench.cli.main import main
from boundarybench.errors import UsageError
from boundarybench.submission.budget import Budget, LabelledSentences, PretrainedModel, TargetText
from boundarybench_baselines import stage_budgets, system
from boundarybench_baselines.tagging import training_report

SENTENCES = {("sample", "de"): 60, ("sample", "sw"): 60}
TAGGER_STATED = ["description=mine", "open=false", "training_data=['mine']", "source_languages=['de']", "source_data=['mine']"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    (folder / "mine.txt").write_text("Asha B-PER\nlives O\nin O\nKisumu B-LOC\n")
    # A CRF is only measured on dev sentences.
    assert main(["train", "--model", "crf", "--train", "sample/en", "--dev", str(folder / "mine.txt"), "-o", str(folder / "suite")]) == 0
    assert main(["train", "--model", "crf", "--train", str(folder / "mine.txt"), "-o", str(folder / "file")]) == 0
    return folder


@pytest.mark.parametrize("name", [name for name in system.names() if not name.startswith("sample-")])
def test_our_systems_state_theirs(name):
    found = stage_budgets.of(system.load(name), SENTENCES)
    assert found is not None
    assert (found.models == ()) == (name in ("capitals-rule", "trivial-short-sentences"))


def test_a_second_role_of_a_model_is_no_second_model():
    hybrid = stage_budgets.of(system.load("politov2025-tagger-awesome"), SENTENCES)
    assert hybrid == stage_budgets.of(system.load("politov2025-ngrams-awesome"), SENTENCES)


def test_published_projection_at_the_budget_of_transfer_and_what_it_has_beside():
    transfer, projection = (stage_budgets.of(system.load(name), SENTENCES) for name in ("transfer-xlmr", "politov2025-heuristic-awesome"))
    assert transfer.labelled == projection.labelled == (LabelledSentences("CoNLL-2003 train", "training", {"en": 14041}),)
    beside = {model.name for model in projection.models} - {model.name for model in transfer.models}
    assert beside == {"facebook/nllb-200-3.3B", "google-bert/bert-base-multilingual-cased"}


def test_the_recommended_weights_were_learnt_from_labels():
    published, recommended = (
        stage_budgets.of(system.load(name), SENTENCES) for name in ("politov2025-heuristic-awesome", "projection-recommended")
    )
    learnt = [each for each in recommended.labelled if each not in published.labelled]
    assert [(each.use, each.own_left_out, sum(each.sentences.values())) for each in learnt] == [
        ("weights", True, 5900),
        ("thresholds", True, 5900),
    ]
    weights = "projection.weights={coverage=1,exclusive=1,similarity=1,evident_ends=1,cased_ends=1,closed=1,isolated=1,case_closed=1}"
    own = stage_budgets.of(system.load("projection-recommended", [weights]), SENTENCES)
    assert own == published
    assert stage_budgets.of(system.load("projection-recommended", ["projection.abstain=0.9"]), SENTENCES) == recommended


@pytest.mark.parametrize(
    ("name", "stage", "stated"),
    [
        ("transfer-xlmr", "target_tagger", TAGGER_STATED),
        ("transfer-mdeberta", "target_tagger", TAGGER_STATED),
        ("projection-recommended", "source_tagger", TAGGER_STATED),
        ("projection-recommended", "translator", [*TAGGER_STATED[:3], "parallel_data=[]"]),
        ("projection-recommended", "aligner", [*TAGGER_STATED[:3], "parallel_data=[]"]),
        ("shkalikov2024-nmt", "translation_score", TAGGER_STATED[:3]),
        ("politov2025-back-tagger-awesome", "back_translation", TAGGER_STATED[:3]),
    ],
)
def test_another_model_has_not_the_budget_of_the_one_before(name, stage, stated):
    changes = [f"{stage}.model=mine", f"{stage}.licence=MIT", *stated]
    changed = system.load(name, changes)
    assert stage_budgets.silent(changed) == (stage,)
    assert stage_budgets.of(changed, SENTENCES) is None
    known = system.load(name, [*changes, f"{stage}.budget={{models=[{{name='mine', trained_on='the web'}}]}}"])
    assert stage_budgets.silent(known) == ()
    assert PretrainedModel("mine", "the web") in stage_budgets.of(known, SENTENCES).models
    assert stage_budgets.of(system.load(name, [f"{stage}.revision=v2"]), SENTENCES) is not None


def test_a_misspelt_budget_is_refused():
    with pytest.raises(UsageError, match="unknown field `sentence`"):
        system.load("transfer-xlmr", ["target_tagger.budget={labelled=[{data='d', use='training', sentence={en=1}}]}"])


def test_the_rule_that_reads_the_test_set_has_it_as_text():
    found = stage_budgets.of(system.load("capitals-rule"), SENTENCES)
    assert found.text == (TargetText("sample test, without its labels", "monolingual", {"de": 60, "sw": 60}),)
    assert stage_budgets.of(system.load("trivial-short-sentences"), SENTENCES) == Budget()


def test_what_train_leaves_says_it(trained):
    assert training_report.budget(trained / "suite") == Budget((LabelledSentences("sample/en train", "training", {"en": 60}),))
    assert training_report.budget(trained / "file") is None  # in which language, nobody knows
    assert training_report.budget(trained) is None


def test_dev_sentences_choose_the_epoch_of_an_encoder(tmp_path):
    report = {
        "settings": {"model": "microsoft/mdeberta-v3-base"},
        "data": {"train": {"name": "sample/en", "sentences": 60}, "dev": {"name": "sample/de", "sentences": 9}},
    }
    (tmp_path / "training.json").write_text(json.dumps(report))
    assert training_report.budget(tmp_path) == Budget(
        (LabelledSentences("sample/en train", "training", {"en": 60}), LabelledSentences("sample/de dev", "selection", {"de": 9})),
        models=(PretrainedModel("microsoft/mdeberta-v3-base"),),
    )
    report["data"]["dev"]["name"] = "my-file.txt"
    (tmp_path / "training.json").write_text(json.dumps(report))
    assert training_report.budget(tmp_path) is None


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"settings": {"model": 1}, "data": {}}'])
def test_a_report_that_cannot_be_read_says_nothing(tmp_path, content):
    (tmp_path / "training.json").write_bytes(content)
    assert training_report.budget(tmp_path) is None


@pytest.fixture
def run(trained, tmp_path):
    def go(tagger, *changes, name="sample-projection", langs=("de", "sw"), out="my-system"):
        role = "target_tagger" if name == "sample-transfer" else "source_tagger"
        stated = [
            f"{role}.model={trained / tagger}",
            "description=mine",
            "open=false",
            f"{role}.licence=CC0",
            "source_languages=['en']",
            *changes,
        ]
        folder = tmp_path / out
        words = ["run", name, "--suite", "sample", "--lang", *langs, "--out", str(folder), "--stages", str(tmp_path / "stages")]
        assert main([*words, *(word for change in stated for word in ("--set", change))]) == 0
        assert main(["validate", str(folder)]) == 0
        return json.loads((folder / "system.json").read_text()).get("budget")

    return go


def test_a_run_writes_what_it_was_given(run):
    found = run("suite")
    assert found["labelled"][0] == {"data": "sample/en train", "use": "training", "sentences": {"en": 60}}
    assert [each["use"] for each in found["labelled"]] == ["training", "weights", "thresholds"]
    assert found["human"][0] == {"kind": "translations", "source": "English side of sample", "amount": {"de": 60, "sw": 60}}
    again = run("suite", langs=("sw", "zu"))
    assert again["human"][0]["amount"] == {"de": 60, "sw": 60, "zu": 60}
    assert again["labelled"] == found["labelled"]


def test_a_run_that_cannot_say_it_says_nothing_and_which_stage(run, caplog):
    caplog.set_level(logging.WARNING)
    assert run("file", name="sample-transfer") is None
    assert "system.json states no budget, since nobody states that of target_tagger" in caplog.text
    stated = "target_tagger.budget={labelled=[{data='mine', use='training', sentences={en=1}}]}"
    caplog.clear()
    assert run("file", stated, name="sample-transfer") is None  # half of the folder's predictions are of a run that did not say it
    assert "an earlier run into this folder" in caplog.text
    assert run("file", stated, name="sample-transfer", out="another")["labelled"] == [
        {"data": "mine", "use": "training", "sentences": {"en": 1}}
    ]


def test_of_files_for_each_language_those_that_were_read(trained, tmp_path):
    text = f'''
extends = "sample-projection"
description = "mine"
open = true
training_data = []
parallel_data = []
[translator]
kind = "gloss"
path = "{tmp_path}/{{lang}}.tsv"
about = "a lexicon"
[[translator.budget.text]]
source = "pairs"
kind = "parallel"
sentences = {{ swa = 10, zul = 20, yor = 30 }}
[aligner]
method = "gloss"
[source_tagger]
model = "{trained}/suite"
'''
    (tmp_path / "mine.toml").write_text(text)
    loaded = system.load(str(tmp_path / "mine.toml"))
    found = stage_budgets.of(loaded, {("sample", "sw"): 60, ("sample", "zu"): 60})
    assert [each.sentences for each in found.text if each.source == "pairs"] == [{"swa": 10, "zul": 20}]
    shared = text.replace("{lang}", "all")
    (tmp_path / "shared.toml").write_text(shared)
    found = stage_budgets.of(system.load(str(tmp_path / "shared.toml")), {("sample", "sw"): 60})
    assert [each.sentences for each in found.text if each.source == "pairs"] == [{"swa": 10, "zul": 20, "yor": 30}]
