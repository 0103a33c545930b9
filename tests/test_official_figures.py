"""Figures that others published, from their own prediction files, to the last digit."""

import json
import re
from pathlib import Path
from statistics import fmean

import pytest

from boundarybench.cli.main import main

TODAY = ("ewe", "ibo", "kin", "mos", "pcm")
RETOKENISED = ("bam", "bbj", "fon", "hau", "lug", "nya", "sna", "swa", "tsn", "twi", "wol", "xho", "yor", "zul")
#: Result files that belong to other runs than the predictions beside them.
OTHER_RUNS = {"ewe", "fon", "hau", "ibo", "kin", "lug", "mos"}


def official(file: Path) -> dict[str, float]:
    """Precision, recall and F1 of a result file of the Masakhane scripts."""
    return {name: float(value) for name, value in re.findall(r"^(f1|precision|recall) = (\S+)$", file.read_text(), re.MULTILINE)}


def convert_and_score(predictions: Path, where: list[str], folder: Path, source: str = "conll") -> dict[str, float]:
    """Typed figures over all types, by the two commands that a user would type."""
    jsonl, scores = folder / "pred.jsonl", folder / "scores.json"
    assert main(["convert", "--from", source, "--to", "jsonl", *where, str(predictions), "-o", str(jsonl)]) == 0
    assert main(["score", str(jsonl), *where, "--types", "all", "--format", "json", "-o", str(scores)]) == 0
    typed: dict[str, float] = json.loads(scores.read_text())["results"][0]["typed"]
    return typed


@pytest.mark.parametrize("model", ["mdeberta", "xlmrlarge"])
@pytest.mark.parametrize("lang", TODAY)
def test_masakhaner2_against_todays_gold(data: Path, tmp_path: Path, lang: str, model: str) -> None:
    folder = data / "predictions" / "masakhaner2" / f"{lang}_{model}"
    typed = convert_and_score(folder / "test_predictions1.txt", ["--suite", "masakhaner2", "--lang", lang], tmp_path)
    assert typed == pytest.approx(official(folder / "test_result1.txt"), abs=1e-9)


@pytest.mark.parametrize("model", ["mdeberta", "xlmrlarge"])
@pytest.mark.parametrize("lang", [*TODAY, *RETOKENISED])
def test_masakhaner2_against_the_gold_of_its_time(data: Path, tmp_path: Path, lang: str, model: str) -> None:
    folder = data / "predictions" / "masakhaner2" / f"{lang}_{model}"
    gold = data / "masakhaner2-2022-04" / lang / "test.txt"
    typed = convert_and_score(folder / "test_predictions1.txt", ["--gold", str(gold), "--lang", lang], tmp_path)
    assert typed == pytest.approx(official(folder / "test_result1.txt"), abs=1e-9)
    if model == "xlmrlarge" and lang in ("ewe", "mos", "nya", "wol"):  # training collapsed: all `O`
        assert typed == {"precision": 0.0, "recall": 0.0, "f1": 0.0}


@pytest.mark.parametrize("lang", [*TODAY, *RETOKENISED])
def test_mbert_result_files_that_belong_to_other_runs(data: Path, tmp_path: Path, lang: str) -> None:
    folder = data / "predictions" / "masakhaner2" / f"{lang}_mbert"
    gold = data / "masakhaner2-2022-04" / lang / "test.txt"
    typed = convert_and_score(folder / "test_predictions1.txt", ["--gold", str(gold), "--lang", lang], tmp_path)
    assert (typed != pytest.approx(official(folder / "test_result1.txt"), abs=1e-9)) == (lang in OTHER_RUNS)


@pytest.mark.parametrize("lang", RETOKENISED)
def test_predictions_on_retokenised_text_are_refused(data: Path, tmp_path: Path, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    predictions = data / "predictions" / "masakhaner2" / f"{lang}_mdeberta" / "test_predictions1.txt"
    out = tmp_path / "out.jsonl"
    assert (
        main(["convert", "--from", "conll", "--to", "jsonl", "--suite", "masakhaner2", "--lang", lang, str(predictions), "-o", str(out)])
        == 1
    )
    message = capsys.readouterr().err
    assert f"test_predictions1.txt: error: other-gold: fits masakhaner2/{lang} as of 2022-04 exactly" in message
    assert not out.exists()


def test_masakhaner1_transfer(data: Path, tmp_path: Path) -> None:
    folders = sorted((data / "predictions" / "masakhaner1-transfer").glob("*_to_*"))
    assert len(folders) == 54
    for folder in folders:
        target = folder.name.split("_")[2]
        gold = folder.parent / "gold" / f"{target}.test.txt"
        typed = convert_and_score(folder / "test_predictions.txt", ["--gold", str(gold)], tmp_path)
        assert typed == pytest.approx(official(folder / "test_results.txt"), abs=1e-9), folder.name


def test_xtreme_mock_submission(data: Path, tmp_path: Path) -> None:
    labels = sorted((data / "xtreme-mock" / "labels" / "panx").glob("*.tsv"))
    assert len(labels) == 40
    f1 = [
        convert_and_score(data / "xtreme-mock" / "predictions" / "panx" / gold.name, ["--gold", str(gold)], tmp_path, "xtreme")["f1"]
        for gold in labels
    ]
    assert 100 * fmean(f1) == pytest.approx(57.50793650793652, abs=1e-12)
