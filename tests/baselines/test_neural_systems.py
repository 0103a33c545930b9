"""Every published system end to end, on small checkpoints shaped like the ones that it names."""

import json
from collections import Counter

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("nltk")

import tiny_encoders  # noqa: E402
import tiny_translation  # noqa: E402

from boundarybench.cli.main import main  # noqa: E402
from boundarybench.suites.manifests import packaged  # noqa: E402
from boundarybench_baselines import runs, system  # noqa: E402
from boundarybench_baselines.machine import Machine  # noqa: E402
from boundarybench_baselines.translation.neural import TransformersTranslator  # noqa: E402

pytestmark = pytest.mark.slow

PUBLISHED = [name for name in system.names() if not name.startswith(("sample-", "trivial-", "capitals-"))]  # those have no neural stage
LIMIT = 12


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    """A checkpoint for each hub id. Translation is by one that has learnt little, but ends its sentences."""
    folder = tmp_path_factory.mktemp("checkpoints")
    made = {name: folder / name for name in ("xlmr", "mdeberta", "mbert", "e5", "e5-conll", "nllb", "m2m100", "marian")}
    for each in made.values():
        each.mkdir()
    return {
        "FacebookAI/xlm-roberta-large-finetuned-conll03-english": tiny_encoders.xlm_roberta(made["xlmr"], tiny_encoders.IOB1),
        "ShkalikovOleh/mdeberta-v3-base-conll2003-en": tiny_encoders.deberta(made["mdeberta"], tiny_encoders.IOB2),
        "google-bert/bert-base-multilingual-cased": tiny_encoders.bert(made["mbert"]),
        "build/e5-small": tiny_encoders.bert(made["e5"]),
        "build/e5-conll": tiny_encoders.bert(made["e5-conll"], tiny_encoders.IOB2),
        **dict.fromkeys(
            ["facebook/nllb-200-3.3B", "facebook/nllb-200-distilled-600M", "ychenNLP/nllb-200-3.3B-easyproject"],
            tiny_translation.trained(made["nllb"], steps=60),
        ),
        "m2m100": tiny_translation.m2m100(made["m2m100"]),
        "marian": tiny_translation.marian(made["marian"]),
    }


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    """Shared by all systems, as a user's would be."""
    return tmp_path_factory.mktemp("stages")


@pytest.fixture
def run(checkpoints, stages, tmp_path):
    def go(name, *changes, suites=("sample",), wanted=("de", "sw", "zh"), limit=LIMIT):
        chosen = system.load(name)
        local = [
            f"{stage}.model={checkpoints[settings.model]}"
            for stage in ("target_tagger", "source_tagger", "translator", "aligner", "back_translation", "translation_score")
            if (settings := getattr(chosen, stage)) is not None
        ]
        local += [f"{change.partition('.')[0]}.licence=not stated" for change in local]
        local += ["description=a test", "open=false", "training_data=[]", "source_languages=['en']", "source_data=[]", "parallel_data=[]"]
        if chosen.back_translation:
            local.append(f"back_translation.tokenizer={checkpoints[chosen.back_translation.tokenizer]}")
        if chosen.translator:
            local.append("translator.max_new_tokens=40")
        report = runs.run(
            system.load(name, [*local, *changes]),
            list(suites),
            tmp_path / name,
            stages,
            Machine(device="cpu"),
            wanted=list(wanted),
            limit=limit,
            command="boundarybench run",
            watch=lambda *_: lambda *_: None,
        )
        return report, tmp_path / name

    return go


def read(folder, suite, lang):
    return [json.loads(line) for line in (folder / suite / f"{lang}.jsonl").read_text().split("\n")[:-1]]


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_system(run, name, capsys):
    report, folder = run(name)
    found = Counter()
    for lang in ("de", "sw", "zh"):
        assert report.sentences[f"sample/{lang}"] == LIMIT
        lines = read(folder, "sample", lang)
        assert len(lines) == LIMIT
        failed = sum(report.failed[f"sample/{lang}"].values())
        assert sum(set(line["tags"]) == {"O"} for line in lines) >= failed
        found.update(tag for line in lines for tag in line["tags"])
    assert set(found) <= {"O", *(f"{prefix}-{type_}" for type_ in packaged()["sample"].types for prefix in "BI")}
    if "back-" not in name:  # this translation model keeps no brackets, so that every entity is lost
        assert sum(count for tag, count in found.items() if tag != "O") > 0
    assert main(["score", str(folder), "--allow-missing", "--format", "json"]) == 0
    said = json.loads((folder / "system.json").read_text())
    assert len(said["models"]) == len({(model["name"], model["revision"]) for model in said["models"]}) > 0


def test_each_language_is_translated_from_its_own_code(run, monkeypatch):
    told = []
    translate = TransformersTranslator.translate

    def watching(self, texts, source, target):
        told.append((source, target))
        return translate(self, texts, source, target)

    monkeypatch.setattr(TransformersTranslator, "translate", watching)
    run("politov2025-heuristic-awesome", "translator.max_new_tokens=7", limit=2)
    assert told == [("deu_Latn", "eng_Latn"), ("swh_Latn", "eng_Latn"), ("zho_Hans", "eng_Latn")]
    told.clear()
    run("politov2025-back-heuristic-awesome", "translator.max_new_tokens=7", limit=3)
    assert told[-3:] == [("eng_Latn", "deu_Latn"), ("eng_Latn", "swh_Latn"), ("eng_Latn", "zho_Hans")]


@pytest.mark.parametrize("model", ["m2m100", "marian"])
def test_other_translation_models(run, checkpoints, model):
    report, _ = run("projection-recommended", f"translator.model={checkpoints[model]}", "translator.max_new_tokens=12", wanted=["de"])
    assert report.sentences == {"sample/de": LIMIT}
    assert set(report.failed["sample/de"]) <= {"translation: no end within 12 sub-tokens", "translation: an empty translation"}


def test_what_fails_is_counted_by_stage(run, monkeypatch):
    generate = TransformersTranslator._generate

    def out_of_memory(self, batch, target):
        if any(len(ids) > 60 for ids in batch):
            raise torch.OutOfMemoryError("CUDA out of memory")
        return generate(self, batch, target)

    monkeypatch.setattr(TransformersTranslator, "_generate", out_of_memory)
    report, folder = run("projection-recommended", "translator.max_new_tokens=39", wanted=["de"], limit=40)
    failed = report.failed["sample/de"]
    assert failed["translation: out of memory"] > 0
    assert sum(set(line["tags"]) == {"O"} for line in read(folder, "sample", "de")) >= sum(failed.values())
    assert not report.complete


@pytest.mark.parametrize("name", ["transfer-xlmr", "transfer-mdeberta", "politov2025-tagger-simalign", "projection-recommended"])
def test_a_hundred_real_sentences_of_five_languages(run, data, name, capsys):
    for suite, langs in (("masakhaner2", ["ewe", "hau", "swa", "xho", "yor"]), ("xtreme", ["ar", "de", "ja", "sw", "yo"])):
        report, folder = run(name, suites=[suite], wanted=langs, limit=100)
        for lang in langs:
            lines = read(folder, suite, lang)
            assert report.sentences[f"{suite}/{lang}"] == len(lines) == 100
    assert main(["score", str(folder), "--allow-missing", "--format", "json"]) == 0
    results = {(result["suite"], result["lang"]): result for result in json.loads(capsys.readouterr().out)["results"]}
    assert len(results) == 10
    assert all(result["predicted"] > 0 for result in results.values())
