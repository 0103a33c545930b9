"""Whoever changes a model says where it comes from, or its model card does; nothing is taken over from the model before."""

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("pycrfsuite")

from boundarybench.cli.main import main
from boundarybench.errors import UsageError
from boundarybench_baselines import system

OF_TAGGER = ["description", "open", "training_data", "source_languages", "source_data"]
OF_PARALLEL = ["description", "open", "training_data", "parallel_data"]
STATED = ["description=mine", "open=false", "training_data=['mine']"]
TAGGER_STATED = [*STATED, "source_languages=['de']", "source_data=['mine']"]
MODEL = "target_tagger.model=mine"


@pytest.fixture
def own(tmp_path):
    """Writes a system file and gives its path."""

    def write(name, text):
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


def missing(name, *changes):
    """The fields that a system is refused for."""
    with pytest.raises(UsageError) as refused:
        system.load(name, changes)
    fields = re.search(r"State ([^:]*):", str(refused.value))[1].split(", ")
    for field in fields:
        assert f'--set "{field}=' in str(refused.value)
    return sorted(fields)


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("transfer-xlmr", [MODEL], [*OF_TAGGER, "target_tagger.licence"]),
        ("transfer-mdeberta", [MODEL], [*OF_TAGGER, "target_tagger.licence"]),  # which extends another itself
        ("transfer-xlmr", [MODEL, "target_tagger.licence=MIT", *STATED], ["source_data", "source_languages"]),
        (
            "transfer-xlmr",
            ["source_languages=[]", MODEL, "open=true"],
            sorted({*OF_TAGGER, "target_tagger.licence"} - {"source_languages", "open"}),
        ),
        ("projection-recommended", ["source_tagger.model=mine"], [*OF_TAGGER, "source_tagger.licence"]),
        ("projection-recommended", ["translator.model=mine"], [*OF_PARALLEL, "translator.licence"]),
        ("projection-recommended", ["aligner.model=mine"], [*OF_PARALLEL, "aligner.licence"]),
        ("shkalikov2024-nmt", ["translation_score.model=mine"], [*OF_PARALLEL[:3], "translation_score.licence"]),
        ("politov2025-back-tagger-awesome", ["back_translation.model=mine"], [*OF_PARALLEL[:3], "back_translation.licence"]),
        ("sample-projection", ["translator.kind=file", "translator.path=mine"], [*OF_PARALLEL, "translator.about"]),
        ("sample-projection", ["aligner.method=file", "aligner.path=mine"], [*OF_PARALLEL, "aligner.about"]),
        (
            "projection-recommended",
            ["translator.model=mine", "source_tagger.model=mine"],
            [*OF_TAGGER, "parallel_data", "source_tagger.licence", "translator.licence"],
        ),
    ],
)
def test_another_model_by_set(name, changes, expected):
    assert missing(name, *changes) == sorted(expected)


def test_another_model_by_extends(own):
    changed = own("changed.toml", 'extends = "transfer-xlmr"\n[target_tagger]\nmodel = "mine"\n')
    assert missing(changed) == sorted([*OF_TAGGER, "target_tagger.licence"])
    above = own("above.toml", 'extends = "changed.toml"\ndescription = "mine"\nopen = false\n[target_tagger]\nlicence = "MIT"\n')
    assert missing(above) == ["source_data", "source_languages", "training_data"]
    loaded = system.load(above, TAGGER_STATED[2:])
    assert (loaded.description, loaded.open, loaded.target_tagger.licence, loaded.source_data) == ("mine", False, "MIT", ("mine",))
    assert missing(above, *TAGGER_STATED[2:], "target_tagger.model=yet another") == ["description", "open", "target_tagger.licence"]


def test_what_is_stated_with_the_model_holds(own):
    text = (
        'extends = "transfer-xlmr"\ndescription = "mine"\nopen = false\ntraining_data = []\nsource_languages = ["de"]\nsource_data = []\n'
        '[target_tagger]\nmodel = "mine"\nlicence = "MIT"\n'
    )
    loaded = system.load(own("stated.toml", text))
    assert (loaded.description, loaded.open, loaded.training_data, loaded.source_languages) == ("mine", False, (), ("de",))
    assert loaded.target_tagger.licence == "MIT"
    assert loaded.target_tagger.types == {"MISC": "O"}  # no claim about the model
    same = system.load(own("same.toml", 'extends = "stated.toml"\n[target_tagger]\nmodel = "mine"\nscheme = "IOB2"\n'))
    assert (same.description, same.target_tagger.licence) == ("mine", "MIT")


def test_the_example_of_the_documentation(own):
    text = (Path(__file__).resolve().parents[2] / "docs" / "systems.md").read_text("utf-8")
    loaded = system.load(own("my-system.toml", re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1]))
    assert loaded.translator.model == "facebook/nllb-200-1.3B"


def test_revision_and_name_go_with_the_model_too():
    stated = ["translator.model=mine", "translator.licence=MIT", *STATED, "parallel_data=[]"]
    assert system.load("projection-recommended", ["translator.revision=v2"]).translator.revision == "v2"
    assert system.load("projection-recommended").translator.revision != "main"
    assert system.load("projection-recommended", stated).translator.revision == "main"
    assert system.load("projection-recommended", [*stated, "translator.revision=v2"]).translator.revision == "v2"


def test_a_tagger_that_the_base_has_already_is_no_other_model(own):
    """As a second role of it: what the system says of its taggers stays so."""
    xlmr = system.load("projection-recommended").source_tagger.model
    text = f'extends = "politov2025-ngrams-awesome"\nfamily = "hybrid"\n[target_tagger]\nmodel = "{xlmr}"\n'
    text += '[projection]\ncandidates = "tagger"\n'
    loaded = system.load(own("roles.toml", text))
    assert loaded.source_data == ("CoNLL-2003 (en)",)
    assert loaded.target_tagger.licence == "not stated"


@pytest.fixture
def checkpoint(tmp_path):
    """Makes the folder of a checkpoint with a card of the given metadata."""

    def make(metadata, name="checkpoint"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "README.md").write_text(f"---\n{metadata}\n---\n# A model\n")
        return tmp_path / name

    return make


FULL = "license: mit\nlanguage:\n- de\n- nl\ndatasets: [conll2003, 'germeval_14']\nbase_model: xlm-roberta-base"


def test_a_card_says_it(checkpoint):
    changes = [f"target_tagger.model={checkpoint(FULL)}"]
    assert missing("transfer-xlmr", *changes) == ["description", "open"]
    loaded = system.load("transfer-xlmr", [*changes, "description=mine", "open=true"])
    assert loaded.target_tagger.licence == "mit"
    assert loaded.source_languages == ("de", "nl")
    assert loaded.source_data == ("conll2003", "germeval_14")
    assert loaded.training_data == ("conll2003", "germeval_14", "xlm-roberta-base's own training data")


def test_what_is_stated_goes_before_the_card(checkpoint):
    changes = [f"target_tagger.model={checkpoint(FULL)}", "target_tagger.licence=Apache-2.0", *STATED]
    loaded = system.load("transfer-xlmr", changes)
    assert (loaded.target_tagger.licence, loaded.training_data) == ("Apache-2.0", ("mine",))


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ("license: mit", ["source_data", "source_languages", "training_data"]),
        ("license: other\nlanguage: en\ndatasets: x", ["target_tagger.licence"]),
        ("license: [mit, gpl]\nlanguage: en\ndatasets: x", ["target_tagger.licence"]),
        ("license: |\n  mit\nlanguage: multilingual\ndatasets: x", ["source_languages", "target_tagger.licence"]),
        ("datasets:\n  - {name: x}\nlicense: mit\nlanguage: en", ["source_data", "training_data"]),
        ("datasets:\n  - name: x\nlicense: mit # or so\nlanguage: en", ["source_data", "target_tagger.licence", "training_data"]),
        ("model: x", ["source_data", "source_languages", "target_tagger.licence", "training_data"]),
        ("", ["source_data", "source_languages", "target_tagger.licence", "training_data"]),
    ],
)
def test_a_card_that_says_a_part(checkpoint, metadata, expected):
    assert missing("transfer-xlmr", f"target_tagger.model={checkpoint(metadata)}", "description=mine", "open=true") == expected


@pytest.mark.parametrize("content", [b"\xff", b"# no metadata", b"---\nlicense: mit\n"])
def test_a_card_without_metadata(tmp_path, content):
    (tmp_path / "README.md").write_bytes(content)
    assert missing("transfer-xlmr", f"target_tagger.model={tmp_path}", *TAGGER_STATED) == ["target_tagger.licence"]


def test_training_data_is_of_all_models(checkpoint):
    """One card of three says nothing of the other two, whose data the system's list mixes with that of the model before."""
    source = f"source_tagger.model={checkpoint(FULL, 'tagger')}"
    assert missing("projection-recommended", source) == ["description", "open", "training_data"]
    others = [f"translator.model={checkpoint('license: x1', 'one')}", f"aligner.model={checkpoint('license: x2', 'two')}"]
    assert missing("projection-recommended", source, *others) == ["description", "open", "parallel_data", "training_data"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    assert main(["train", "--model", "crf", "--train", "sample/en", "-o", str(folder / "suite")]) == 0
    (folder / "mine.txt").write_text("Asha B-PER\nlives O\nin O\nKisumu B-LOC\n")
    assert main(["train", "--model", "crf", "--train", str(folder / "mine.txt"), "-o", str(folder / "file")]) == 0
    return folder


def test_the_card_that_train_writes(trained, tmp_path, capsys):
    """A submission of the trained tagger names its data and nothing of the system that it was put into."""
    out = tmp_path / "my-tagger"
    words = ["run", "transfer-xlmr", "--suite", "sample", "--lang", "de", "--out", str(out), "--stages", str(tmp_path / "stages")]
    words += ["--set", f"target_tagger.model={trained / 'suite'}"]
    assert main([*words, "--limit", "3"]) == 2  # a look needs it too
    assert "State description, open:" in capsys.readouterr().err
    assert not out.exists()
    assert main([*words, "--set", "description=A CRF on 60 sentences.", "--set", "open=false"]) == 0
    said = json.loads((out / "system.json").read_text())
    assert said["description"] == "A CRF on 60 sentences."
    assert (said["facets"]["open"], said["facets"]["encoder"], said["facets"]["source_languages"]) == (False, "suite", ["en"])
    assert said["training_data"] == said["facets"]["source_data"] == ["sample/en"]
    assert [model["licence"] for model in said["models"]] == ["CC0 1.0"]
    assert "CoNLL" not in json.dumps(said)
    assert "XLM" not in json.dumps(said)
    assert main(["validate", str(out)]) == 0


def test_a_tagger_of_a_file_states_what_the_file_does_not(trained):
    model = f"target_tagger.model={trained / 'file'}"
    assert missing("transfer-xlmr", model) == ["description", "open", "source_languages", "target_tagger.licence"]
    changes = [model, "description=mine", "open=false", "source_languages=['en']", "target_tagger.licence=MIT"]
    assert system.load("transfer-xlmr", changes).training_data == ("mine.txt",)  # not where it lies
