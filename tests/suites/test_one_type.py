"""E3C: a suite without PER, ORG and LOC, with one type of its own."""

import json
from pathlib import Path

import numpy as np
import pytest

from boundarybench.cli.main import main
from boundarybench.gold.load import load
from boundarybench.report import evaluate
from boundarybench.spans import encode
from boundarybench.submission.prediction import Prediction
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import pins

E3C = packaged()["e3c"]


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("lang", E3C.codes)
def test_typed_figures_equal_boundary_figures(lang: str) -> None:
    gold = load("e3c", lang)
    spans = gold.spans.keep(np.arange(len(gold.spans)) % 3 > 0)
    shortened = np.maximum(spans.end - (np.arange(len(spans)) % 2), spans.start + 1).astype(spans.end.dtype)
    codes = encode(type(spans)(spans.start, shortened, spans.type, spans.types), gold.token_count)
    row = evaluate(gold, Prediction(codes, gold.spans.types, np.ones(gold.sentences, bool)), None).as_json()
    assert row["gold"] == sum(pins(E3C)[f"{lang}/test"].entities.values())
    assert 0 < row["boundary"]["f1"] < 1
    assert row["typed"] == row["boundary"]
    assert list(row["by_type"]) == ["ety"]
    assert "not_scored" not in row or not any(row["not_scored"].values())


@pytest.fixture
def folder(tmp_path: Path, data: Path) -> Path:
    """Predictions for two languages: gold's own spans, every fourth left out."""
    for lang in ("es", "eu"):
        gold = load("e3c", lang)
        codes = encode(gold.spans.keep(np.arange(len(gold.spans)) % 4 > 0), gold.token_count)
        tags = np.array(["O", "B-ety", "I-ety"])[codes].tolist()
        first = [0, *gold.lengths.cumsum().tolist()]
        lines = [json.dumps({"id": name, "tags": tags[a:b]}) for name, a, b in zip(gold.ids(), first, first[1:], strict=False)]
        (tmp_path / f"{lang}.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_every_command_takes_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*command: str) -> str:
        assert main([*command, str(folder), "--suite", "e3c"]) == 0
        return capsys.readouterr().out

    report = json.loads(told("score", "--format", "json"))
    mean = report["means"]["e3c"]
    assert "|langs:2|types:ety|" in mean["signature"]
    assert mean["boundary"]["precision"] == 1.0
    assert mean["missing_languages"] == ["fr", "it"]
    assert "overall" not in report
    assert "types:ety" in told("score")
    assert "valid" in told("validate")
    assert "Classes, % of predicted spans" in told("errors")


def test_a_type_that_it_does_not_have_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(folder), "--suite", "e3c", "--types", "PER"]) == 2
    assert "suite e3c has no PER: choose from ety" in capsys.readouterr().err


def test_a_prediction_of_another_type_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (folder / "es.jsonl").read_text().replace("-ety", "-PER", 2)
    (folder / "es.jsonl").write_text(text)
    assert main(["score", str(folder), "--suite", "e3c"]) == 1
    assert "unknown-tag" in capsys.readouterr().err


@pytest.mark.usefixtures("data")
def test_mentions_that_it_has_no_type_for_are_dropped_with_a_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, stages = tmp_path / "out", tmp_path / "stages"
    assert main(["run", "trivial-short-sentences", "--suite", "e3c", "--lang", "eu", "--out", str(out), "--stages", str(stages)]) == 0
    assert "mentions of type LOC dropped: the suite does not have it" in capsys.readouterr().err
    assert json.loads((out / "system.json").read_text())["mentions_outside_types"] == "dropped-after-matching"
    assert main(["validate", str(out / "e3c" / "eu.jsonl"), "--suite", "e3c", "--lang", "eu"]) == 0


@pytest.mark.usefixtures("data")
def test_the_capitals_rule_gives_its_type(tmp_path: Path) -> None:
    out, stages = tmp_path / "out", tmp_path / "stages"
    assert main(["run", "capitals-rule", "--suite", "e3c", "--lang", "eu", "--out", str(out), "--stages", str(stages)]) == 0
    tags = {tag for line in (out / "e3c" / "eu.jsonl").read_text().splitlines() for tag in json.loads(line)["tags"]}
    assert tags == {"O", "B-ety", "I-ety"}
