"""`boundarybench score`: the JSON contract, its options, and what it says when it cannot score."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from boundarybench.cli.main import main

TAGS = [["B-PER", "I-PER", "O"], ["O", "B-LOC"], ["B-ORG", "O", "B-DATE"]]
PREDICTED = [["B-PER", "O", "O"], ["O", "B-LOC"], ["B-ORG", "O", "B-DATE"]]

RESULT_KEYS = {
    *("suite", "lang", "signature", "pinned", "partial", "missing", "sentences", "units", "tokens", "gold", "predicted", "exact"),
    *("boundary", "bp50", "bp25", "bp75", "bp100", "typed", "start", "end", "conditional_boundary_precision", "iou", "offset"),
    *(
        "invalid_per_1k",
        "discard",
        "embedded",
        "bridged",
        "by_type",
        "by_length",
        "by_seen",
        "by_domain",
        "by_hazard",
        "errors",
        "average_precision",
        "precision_at_recall",
        "intervals",
    ),
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    gold, predicted = tmp_path / "any.v1.conll", tmp_path / "pred.jsonl"
    gold.write_text("".join("".join(f"w{i}{k} {tag}\n" for k, tag in enumerate(tags)) + "\n" for i, tags in enumerate(TAGS)))
    predicted.write_text("".join(json.dumps({"id": f"any-{i:05d}", "tags": tags}) + "\n" for i, tags in enumerate(PREDICTED)))
    return gold, predicted


def score(*arguments: object) -> tuple[int, Any]:
    out = Path(str(arguments[0])).parent / "scores.json"
    out.unlink(missing_ok=True)
    code = main(["score", *map(str, arguments), "--format", "json", "-o", str(out)])
    return code, json.loads(out.read_text()) if out.exists() else None


def test_the_json_contract(files: tuple[Path, Path]) -> None:
    gold, predicted = files
    code, report = score(predicted, "--gold", gold)
    assert code == 0
    (result,) = report["results"]
    assert set(result) == RESULT_KEYS | {"not_scored"}
    assert result["not_scored"] == {"gold": {"DATE": 1}, "predicted": {"DATE": 1}}
    assert (result["suite"], result["lang"], result["sentences"], result["tokens"]) == ("file", "any", 3, 8)
    assert (result["gold"], result["predicted"]) == (3, 3)
    assert result["boundary"]["precision"] == 2 / 3
    assert result["errors"]["right-under"] == 1
    low, high = result["intervals"]["bp75"]
    assert low < 2 / 3 < high
    assert result["signature"].startswith("bp75|suite:file|gold:")
    assert result["signature"].endswith("|langs:any|types:PER+ORG+LOC|decode:begin|mean:lang|boot:1000/0|v:2")
    assert report["means"]["file"]["bp50"] == result["bp50"]
    assert report["means"]["file"]["signature"].split("|langs:")[1].startswith("1|")


def test_types_all_counts_every_type(files: tuple[Path, Path]) -> None:
    _, report = score(files[1], "--gold", files[0], "--types", "all")
    (result,) = report["results"]
    assert (result["gold"], set(result["by_type"])) == (4, {"PER", "ORG", "LOC", "DATE"})
    assert "|types:all|" in result["signature"]


def test_lang_names_the_ids(files: tuple[Path, Path]) -> None:
    gold, predicted = files
    predicted.write_text(predicted.read_text().replace("any-", "ewe-"))
    assert score(predicted, "--gold", gold)[0] == 1
    assert score(predicted, "--gold", gold, "--lang", "ewe")[0] == 0


def test_ids_restrict_both_sides(files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold, predicted = files
    ids = tmp_path / "ids.txt"
    ids.write_text("any-00002\nany-00001\n\n")
    predicted.write_text("".join(predicted.read_text().splitlines(keepends=True)[1:]))  # any-00000 is not asked for
    code, report = score(predicted, "--gold", gold, "--ids", ids)
    (result,) = report["results"]
    assert (code, result["partial"], result["sentences"], result["gold"], result["boundary"]["f1"]) == (0, True, 2, 2, 1.0)
    assert "|ids:" in result["signature"]
    assert not report["means"]["file"]["complete"]
    ids.write_text("any-00002\nany-00009\n")
    assert score(predicted, "--gold", gold, "--ids", ids)[0] == 1
    assert "unknown-id: 'any-00009': in no scored test set" in capsys.readouterr().err
    ids.write_text("any-00001\rany-00002\r")
    assert score(predicted, "--gold", gold, "--ids", ids)[0] == 1
    assert f"{ids}:1: carriage-return" in capsys.readouterr().err
    ids.write_text("any-00000\n")
    assert score(predicted, "--gold", gold, "--ids", ids)[0] == 1  # asked for, and not predicted


def test_allow_missing_scores_o_and_says_so(files: tuple[Path, Path]) -> None:
    gold, predicted = files
    predicted.write_text(predicted.read_text().splitlines(keepends=True)[1])
    assert score(predicted, "--gold", gold)[0] == 1
    code, report = score(predicted, "--gold", gold, "--allow-missing")
    (result,) = report["results"]
    assert (code, result["missing"], result["predicted"], result["gold"]) == (0, 2, 1, 3)
    assert result["bp50"] == 1 / 1.5


def test_findings_are_all_named_and_nothing_is_written(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    gold, predicted = files
    predicted.write_text('{"id": "any-00000", "tags": ["X", "O"]}\n{"id": "any-00001"\n')
    code, report = score(predicted, "--gold", gold)
    assert (code, report) == (1, None)
    error = capsys.readouterr().err
    for line, found in ((1, "unknown-tag"), (1, "wrong-number-of-tags"), (2, "broken-json")):
        assert f"{predicted}:{line}: error: {found}: " in error
    assert error.count("missing-id") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a submission folder or a prediction file"),
        (["nowhere.jsonl", "--suite", "masakhaner2", "--lang", "ewe"], "nowhere.jsonl"),
        (["{pred}"], "name its gold with --suite and --lang, or with --gold FILE"),
        (["{pred}", "--suite", "masakhaner2"], "name its gold"),
        (["{pred}", "--suite", "nosuch", "--lang", "ewe"], "unknown suite 'nosuch'"),
        (["{pred}", "--suite", "masakhaner2", "--lang", "xx"], "unknown language 'xx'"),
        (["{pred}", "--suite", "xtreme", "--lang", "sw", "yo"], "one file and has one language"),
        (["{pred}", "--gold", "{gold}", "--suite", "xtreme"], "exclude each other"),
        (["{pred}", "--gold", "{gold}", "-o", "/no/such/folder/x"], "cannot be written"),
        (["{folder}", "--gold", "{gold}"], "not with a folder"),
    ],
)
def test_usage_errors_exit_with_2(files: tuple[Path, Path], arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    gold, predicted = files
    filled = [argument.format(gold=gold, pred=predicted, folder=gold.parent) for argument in arguments]
    assert main(["score", *filled]) == 2
    assert message in capsys.readouterr().err


def test_the_path_may_follow_lang(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    gold, predicted = files
    assert main(["score", "--gold", str(gold), "--lang", "any", str(predicted)]) == 0
    table = capsys.readouterr().out
    for heading in ("BP@50", "whole-sentence spans dropped", "left-under+right-over", "signature: bp75|suite:file|"):
        assert heading in table


def test_scoring_and_validating_import_nothing_heavy(files: tuple[Path, Path]) -> None:
    script = (
        "import sys; from boundarybench.cli.main import main\n"
        f"assert main(['score', {str(files[1])!r}, '--gold', {str(files[0])!r}]) == 0\n"
        f"assert main(['validate', {str(files[1])!r}, '--gold', {str(files[0])!r}]) == 0\n"
        "heavy = {'torch', 'transformers', 'datasets', 'evaluate', 'seqeval', 'sklearn', 'scipy', 'pandas', 'jsonschema'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=dict(os.environ), check=False)
    assert done.returncode == 0, done.stderr


def test_runs_are_validated_with_the_folder_and_scored_one_at_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = Path(__file__).resolve().parents[2] / "submissions" / "example-perfect"
    folder = tmp_path / "example-perfect"
    for place in ("sample", "runs/7/sample"):
        (folder / place).mkdir(parents=True)
        (folder / place / "sw.jsonl").write_bytes((example / "sample" / "sw.jsonl").read_bytes())
    code, report = score(folder)
    assert (code, [row["lang"] for row in report["results"]]) == (0, ["sw"])
    assert "1 run(s) under runs/" in capsys.readouterr().err
    assert score(folder / "runs" / "7")[0] == 0
    (folder / "runs" / "7" / "sample" / "sw.jsonl").write_text("{}\n")
    assert main(["validate", str(folder)]) == 1
    assert "runs/7/sample/sw.jsonl:1: error: missing-key" in capsys.readouterr().out


def test_means_of_the_protocols_suites(data: Path, tmp_path: Path) -> None:
    from boundarybench.gold.load import load
    from boundarybench.spans import encode, offsets, tag_codes

    for suite, lang in (
        ("xtreme", "en"),
        ("xtreme", "ja"),
        ("xtreme", "yo"),
        ("xtreme", "sw"),
        ("masakhaner2", "pcm"),
        ("masakhaner2", "swa"),
    ):
        gold = load(suite, lang)
        names, first = list(tag_codes(gold.spans.types)), offsets(gold.lengths).tolist()
        tags = [names[code] for code in encode(gold.spans, gold.token_count).tolist()]
        (tmp_path / suite).mkdir(exist_ok=True)
        rows = zip(gold.ids(), first[:-1], first[1:], strict=True)
        (tmp_path / suite / f"{lang}.jsonl").write_text("".join(json.dumps({"id": i, "tags": tags[a:b]}) + "\n" for i, a, b in rows))
    code, report = score(tmp_path)
    assert code == 0
    xtreme, masakhaner2 = report["means"]["xtreme"], report["means"]["masakhaner2"]
    assert (xtreme["languages"], xtreme["apart"], len(xtreme["missing_languages"])) == (["ja", "sw", "yo"], ["en"], 35)
    assert (masakhaner2["languages"], masakhaner2["apart"]) == (["swa"], ["pcm"])
    assert "|suite:xtreme|" not in xtreme["signature"]
    assert xtreme["signature"].startswith("bp75|suite:xtreme-38|gold:")
    assert set(xtreme["without"]) == {"character_tokens", "tiny"}
    assert not xtreme["complete"]
    assert "overall" not in report
    ja = next(row for row in report["results"] if row["lang"] == "ja")
    assert (ja["offset"], ja["by_length"], ja["invalid_per_1k"]) == ({"start": None, "end": None}, None, 0.0)
    # Halves that the gold keeps apart are whole names once bridged; a system that writes valid tags cannot follow there.
    assert ja["bridged"]["boundary"]["precision"] < ja["boundary"]["precision"] == 1.0
    assert xtreme["nulls"]["by_seen.seen.boundary.precision"] == 1  # ja has no training split here


def test_order_of_the_scores(tmp_path: Path) -> None:
    """Three gold spans, two found: the surer one right, the other wrong, also where only some sentences are scored."""
    gold, predicted, ids = tmp_path / "any.conll", tmp_path / "pred.jsonl", tmp_path / "ids"
    gold.write_text("".join("".join(f"w{i}{k} {tag}\n" for k, tag in enumerate(tags)) + "\n" for i, tags in enumerate(TAGS)))
    scored = [(["B-PER", "I-PER", "O"], [0.9]), (["B-LOC", "O"], [0.5]), (["B-ORG", "O", "O"], [0.2])]
    predicted.write_text("".join(json.dumps({"id": f"any-{i:05d}", "tags": t, "scores": s}) + "\n" for i, (t, s) in enumerate(scored)))
    code, report = score(predicted, "--gold", gold)
    assert code == 0
    (result,) = report["results"]
    assert result["average_precision"] == pytest.approx(1 / 3 + 1 / 3 * 2 / 3)
    assert result["precision_at_recall"] == pytest.approx({"20": 1.0, "40": 2 / 3, "60": 2 / 3})
    ids.write_text("any-00001\nany-00002\n")
    (part,) = score(predicted, "--gold", gold, "--ids", ids)[1]["results"]
    assert part["average_precision"] == pytest.approx(1 / 2 * 1 / 2)


def test_without_scores_there_is_no_order(files: tuple[Path, Path]) -> None:
    (result,) = score(files[1], "--gold", files[0])[1]["results"]
    assert result["average_precision"] is None
    assert result["precision_at_recall"] is None
