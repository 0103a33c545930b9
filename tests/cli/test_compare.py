"""`boundarybench compare`: the JSON contract, what is compared, and what it says when nothing can be."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boundarybench.cli.compare_table import render
from boundarybench.cli.main import main
from boundarybench.comparison import compare_all
from boundarybench.comparison_report import as_json
from boundarybench.gold.load import load
from boundarybench.protocol import TYPES
from boundarybench.report import evaluate
from boundarybench.scoring.score import sentence_counts
from boundarybench.submission.findings import Findings
from boundarybench.submission.predictions import read
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import ranked
from boundarybench.uncertainty.differences import SystemCounts, holm

MASAKHANER2 = packaged()["masakhaner2"]
XTREME = packaged()["xtreme"]

EXAMPLES = Path(__file__).resolve().parents[2] / "submissions"
PERFECT, ERRORS = EXAMPLES / "example-perfect", EXAMPLES / "example-typical-errors"


def run(out: Path, *arguments: object) -> tuple[int, Any]:
    """The exit code, and what is said of the second of two systems."""
    code, report = report_of(out, *arguments)
    return code, report and report["systems"][0]


def report_of(out: Path, *arguments: object) -> tuple[int, Any]:
    """The exit code and the whole report."""
    target = out / "compared.json"
    target.unlink(missing_ok=True)
    code = main(["compare", *map(str, arguments), "--format", "json", "-o", str(target)])
    return code, json.loads(target.read_text()) if target.exists() else None


def copy(folder: Path, source: Path, lang: str, run: str = "", to: str = "") -> Path:
    """One language of an example in a folder of one's own."""
    place = folder / "runs" / run / "sample" if run else folder / "sample"
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{to or lang}.jsonl"
    path.write_bytes((source / "sample" / f"{lang}.jsonl").read_bytes())
    return path


def test_the_json_contract(tmp_path: Path) -> None:
    code, whole = report_of(tmp_path, ERRORS, PERFECT, "--replicates", 2000, "--figure", "bp75", "typed.f1")
    assert code == 0
    assert set(whole) == {"baseline", "systems", "ranks", "skipped", "replicates", "figures"}
    assert (whole["replicates"], whole["figures"], whole["skipped"]) == (2000, ["bp75", "typed.f1"], [])
    assert whole["baseline"] == {"label": "A", "name": ERRORS.name, "path": str(ERRORS), "not_common": []}
    (report,) = whole["systems"]
    assert set(report) == {"label", "name", "path", "not_common", "results", "means"}
    assert (report["label"], report["name"], report["path"]) == ("B", PERFECT.name, str(PERFECT))
    assert [row["lang"] for row in report["results"]] == ["am", "ar", "de", "en", "ha", "hi", "sw", "tr", "yo", "zh", "zu"]
    row = report["results"][0]
    assert set(row) == {"suite", "lang", "signature", "pinned", "sentences", "units", "differing", "runs", "differences"}
    assert row["runs"] == {"a": 1, "b": 1}
    assert row["signature"].startswith("bp75+typed.f1|suite:sample|gold:")
    assert row["signature"].endswith("|langs:am|types:PER+ORG+LOC|decode:begin|mean:lang|boot:2000/0|test:randomisation|v:2")
    found = row["differences"]["bp75"]
    assert set(found) == {"a", "b", "difference", "interval", "method", "p", "p_bootstrap", "p_holm", "too_few", "verdict"}
    assert (found["b"], found["difference"], found["verdict"]) == (1.0, 1 - found["a"], "B is better")
    assert 1 / 2001 <= found["p"] < 0.002
    every = [each["differences"]["bp75"] for each in report["results"]]
    assert [each["p_holm"] for each in every] == holm([each["p"] for each in every])
    mean = report["means"]["sample"]
    assert set(mean) == {
        *("signature", "languages", "missing_languages", "apart", "complete"),
        *("differences", "verdicts", "over_languages", "claims"),
    }
    assert set(mean["differences"]["bp75"]) == {"a", "b", "difference", "interval", "method", "p", "p_bootstrap", "p_holm", "verdict"}
    assert mean["differences"]["bp75"]["verdict"] == "B is better on these 10 languages"
    assert mean["differences"]["bp75"]["p_holm"] == mean["differences"]["bp75"]["p"]  # one system: nothing to correct for
    assert mean["claims"]["bp75"] == "B is better on these 10 languages, and in languages like these"
    assert whole["ranks"]["sample"]["bp75"] == {
        "A": {"value": mean["differences"]["bp75"]["a"], "rank": 2, "range": [2, 2]},
        "B": {"value": 1.0, "rank": 1, "range": [1, 1]},
    }
    assert (mean["apart"], mean["complete"], len(mean["languages"])) == (["en"], True, 10)
    assert mean["verdicts"]["bp75"] == {"B is better": 11, "A is better": 0, "no difference shown": 0}
    assert mean["differences"]["bp75"]["a"] == pytest.approx(
        np.mean([each["differences"]["bp75"]["a"] for each in report["results"] if each["lang"] != "en"])
    )
    assert mean["signature"].split("|langs:")[1].startswith("10|")
    assert run(tmp_path, PERFECT, ERRORS, "--lang", "am")[1]["results"][0]["differences"]["bp75"]["verdict"] == "A is better"


def test_over_languages_is_another_claim(tmp_path: Path) -> None:
    """Random effects over the languages of the mean; of one or two languages there is none."""
    mean = run(tmp_path, ERRORS, PERFECT, "--replicates", 500)[1]["means"]["sample"]
    found, within = mean["over_languages"]["bp75"], mean["differences"]["bp75"]
    assert found["languages"] == len(mean["languages"]) == 10
    assert found["interval"][0] < found["estimate"] < found["interval"][1]
    assert found["interval"][1] - found["interval"][0] > within["interval"][1] - within["interval"][0]
    assert found["deviation"] > 0
    assert found["verdict"] == "B is better in languages like these"
    two = run(tmp_path, ERRORS, PERFECT, "--replicates", 500, "--lang", "de", "tr")[1]["means"]["sample"]
    assert two["over_languages"] == {"bp75": None}
    assert two["claims"]["bp75"] == "B is better on these 2 languages; too few to speak of languages like these"
    one = run(tmp_path, ERRORS, PERFECT, "--replicates", 500, "--lang", "de")[1]["means"]["sample"]
    assert one["differences"]["bp75"]["verdict"] == "B is better on this language"


def test_figures_are_those_of_score(tmp_path: Path) -> None:
    _, report = run(tmp_path, PERFECT, ERRORS, "--replicates", 100, "--figure", "boundary.precision", "--lang", "sw")
    assert main(["score", str(ERRORS), "--lang", "sw", "--format", "json", "-o", str(tmp_path / "scores.json")]) == 0
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert report["results"][0]["differences"]["boundary.precision"]["b"] == scores["results"][0]["boundary"]["precision"]


def test_counts_are_those_of_score() -> None:
    gold = load("sample", "yo")
    prediction = read((ERRORS / "sample" / "yo.jsonl").read_bytes(), "x", gold, Findings())
    assert prediction is not None
    for types in (TYPES, None, ("PER",)):
        counts = sentence_counts(gold, prediction.codes, prediction.types, types)
        assert (counts == evaluate(gold, prediction, types).score.counts).all()


def test_only_what_both_have_is_compared(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    for folder, langs in ((a, ("de", "sw")), (b, ("sw", "zu"))):
        for lang in langs:
            copy(folder, ERRORS, lang)
    code, whole = report_of(tmp_path, a, b, "--replicates", 100)
    (report,) = whole["systems"]
    assert (code, whole["baseline"]["not_common"], report["not_common"]) == (0, ["sample/de"], ["sample/zu"])
    (row,) = report["results"]
    assert (row["lang"], row["differing"], row["differences"]["bp75"]["p"]) == ("sw", 0, 1)
    assert not report["means"]["sample"]["complete"]
    assert len(report["means"]["sample"]["missing_languages"]) == 9
    text = render(whole, "text")
    assert "only A has (not compared): sample/de" in text
    assert "only B has (not compared): sample/zu" in text
    assert "no difference shown" in text


def test_files_and_folders_mix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = copy(tmp_path / "a", ERRORS, "sw")
    options = ("--suite", "sample", "--replicates", "200")
    _, one = run(tmp_path, file, PERFECT, *options, "--lang", "sw")
    _, other = run(tmp_path, ERRORS, PERFECT, *options, "--lang", "sw")
    assert one["results"] == other["results"]
    assert main(["compare", *options, "--lang", "sw", str(file), str(PERFECT)]) == 0  # the paths may follow --lang
    assert f"A (baseline): {file}\nB: {PERFECT}\n" in capsys.readouterr().out
    assert main(["compare", str(file), *options, "--lang", "sw", str(PERFECT)]) == 0
    assert f"A (baseline): {file}\nB: {PERFECT}\n" in capsys.readouterr().out


def test_gold_of_ones_own(tmp_path: Path) -> None:
    gold, a, b = (tmp_path / name for name in ("gold.conll", "a.jsonl", "b.jsonl"))
    gold.write_text("".join(f"w{i} B-DATE\nv{i} O\n\n" for i in range(40)))
    for path, tags in ((a, ["O", "B-DATE"]), (b, ["B-DATE", "O"])):
        path.write_text("".join(json.dumps({"id": f"gold-{i:05d}", "tags": tags}) + "\n" for i in range(40)))
    code, report = run(tmp_path, a, b, "--gold", gold, "--types", "all", "--replicates", 500)
    (row,) = report["results"]
    assert (code, row["suite"], row["differences"]["bp75"]["difference"]) == (0, "file", 1.0)
    assert row["differences"]["bp75"]["method"] == "score"  # A has no right span
    assert row["differences"]["bp75"]["verdict"] == "B is better"
    assert row["not_scored"] == {"gold": {}, "a": {}, "b": {}}
    assert run(tmp_path, a, b, "--gold", gold) == (1, None)  # only DATE: there is no figure


def test_a_system_with_runs_is_the_mean_of_its_runs(tmp_path: Path) -> None:
    system = tmp_path / "system"
    copy(system, ERRORS, "sw")
    copy(system, PERFECT, "sw", run="1")
    _, report = run(tmp_path, ERRORS, system, "--replicates", 100)
    assert report["results"][0]["runs"] == {"a": 1, "b": 1}
    assert report["results"][0]["differences"]["bp75"]["difference"] == 0  # one run is none: the main predictions
    copy(system, ERRORS, "sw", run="2")
    copy(system, ERRORS, "de", run="2")
    _, whole = report_of(tmp_path, ERRORS, system, "--replicates", 1000)
    de, sw = whole["systems"][0]["results"]
    assert (de["lang"], de["runs"], sw["runs"]) == ("de", {"a": 1, "b": 1}, {"a": 1, "b": 2})
    found = sw["differences"]["bp75"]
    assert found["b"] == pytest.approx((1 + found["a"]) / 2)
    assert found["verdict"] == "no difference shown"  # two runs, one of which is the baseline
    text = render(whole, "text")
    assert "sampling error only: A has one run" in text
    assert "B is the mean of its runs (2)" in text


def test_findings_stop_the_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = copy(tmp_path / "a", ERRORS, "sw"), copy(tmp_path / "b", ERRORS, "sw")
    for path in (a, b):
        path.write_text('{"id": "sw-00000"}\n')
    assert run(tmp_path, tmp_path / "a", tmp_path / "b") == (1, None)
    error = capsys.readouterr().err
    for path in (a, b):
        assert f"{path}:1: error: missing-key: " in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name two or more submission folders or prediction files"),
        (["{perfect}"], "name two or more submission folders or prediction files"),
        (["{perfect}", "{errors}", "{perfect}"], "{perfect}: the same as {perfect}; a system is named once"),
        (["{errors}", "{perfect}/../{name}"], "{perfect}/../{name}: the same as {errors}"),
        (["{perfect}", "nowhere"], "nowhere"),
        (["{perfect}", "{sw}"], "name its gold with --suite and --lang, or with --gold FILE"),
        (["{perfect}", "{errors}", "--lang", "fr"], "no prediction file for fr"),
        (["{perfect}", "{other}"], "have no test set in common"),
        (["{perfect}", "{errors}", "--replicates", "1"], "--replicates: 1 is not between 100 and 100,000"),
        (["{perfect}", "{errors}", "--gold", "x"], "--gold goes with a single prediction file"),
    ],
)
def test_usage_errors_exit_with_2(tmp_path: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    (other / "masakhaner2").mkdir(parents=True)
    (other / "masakhaner2" / "swa.jsonl").write_text("{}\n")
    names = {"perfect": PERFECT, "errors": ERRORS, "name": ERRORS.name, "sw": PERFECT / "sample" / "sw.jsonl", "other": other}
    assert main(["compare", *(each.format(**names) for each in arguments)]) == 2
    assert message.format(**names) in capsys.readouterr().err


def test_too_few_replicates_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(ERRORS), str(PERFECT), "--replicates", "100"]) == 0
    out, err = capsys.readouterr()
    assert "with 100 replicates no difference in one of 11 languages can be shown" in err
    assert "B is better in 0" in out


def test_names_are_shown_and_do_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a|b\x1b[2J<i>\udcff"  # a byte that is no UTF-8
    copy(folder, ERRORS, "sw")
    assert run(tmp_path, folder, PERFECT, "--replicates", 100)[0] == 0
    assert report_of(tmp_path, folder, PERFECT, "--replicates", 100)[1]["baseline"]["path"].endswith("a|b\\x1b[2J<i>\\udcff")
    for style in ("text", "md"):
        assert main(["compare", str(folder), str(PERFECT), "--replicates", "100", "--format", style]) == 0
        out = capsys.readouterr().out
        assert "\x1b" not in out
        assert style == "text" or not {"<i>", "a|b"} & set(out.split("\n")[0].split("/"))
        assert "differ on fewer than 10" not in out
    assert "| sw " in out
    assert "|---" in out


def test_text_marks_what_cannot_be_trusted() -> None:
    gold = load("sample", "sw")
    counts = np.zeros((1, gold.sentences, 4), np.int64)
    counts[0, :, 1] = 1
    counts[0, :30] = 1
    other = counts.copy()
    other[0, 40, 0] = 1
    rows = [
        compare_all(gold, {"a": SystemCounts(("",), counts), "b": SystemCounts(("",), each)}, ["bp75"], 200)
        for each in (other, np.minimum(counts, [1, 1, 0, 0]))
    ]
    named = [{"label": label, "path": label, "not_common": []} for label in "AB"]
    report = {"baseline": named[0], "skipped": [], **as_json(rows, ["a", "b"], ["bp75"], TYPES, 200)}
    report["systems"] = [named[1] | report["systems"][0]]
    few, absent = (line for line in render(report, "text").split("\n") if line.startswith("sw "))
    assert " † " in few
    assert " ~ " in absent
    assert "the interval is too narrow" in render(report, "md")


def test_overall_where_both_are_complete_in_both_suites() -> None:
    gold = load("sample", "sw")
    rows = []
    for suite, right in ((XTREME, 25), (MASAKHANER2, 35)):
        for lang in ranked(suite):
            a, b = (np.ones((1, gold.sentences, 4), np.int64) for _ in range(2))
            a[0, :20, 2:] = 0
            b[0, right:, 2:] = 0
            systems = {"a": SystemCounts(("",), a), "b": SystemCounts(("",), b)}
            rows.append(compare_all(replace(gold, suite=suite.name, lang=lang), systems, ["bp75"], 100))
    whole = as_json(rows, ["a", "b"], ["bp75"], TYPES, 100)
    (report,) = whole["systems"]
    assert whole["ranks"]["overall"]["bp75"]["A"] == {"value": report["overall"]["bp75"]["a"], "rank": 1, "range": (1, 1)}
    means = [report["means"][suite.name]["differences"]["bp75"]["difference"] for suite in (XTREME, MASAKHANER2)]
    assert means == pytest.approx([-15 / 60, -5 / 60])
    assert report["overall"]["bp75"]["difference"] == pytest.approx(-10 / 60)
    assert report["overall"]["bp75"]["verdict"] == f"A is better on these {len(rows)} test sets"
    assert "overall" not in as_json(rows[1:], ["a", "b"], ["bp75"], TYPES, 100)["systems"][0]


def test_comparing_imports_nothing_heavy() -> None:
    script = (
        "import sys; from boundarybench.cli.main import main\n"
        f"assert main(['compare', {str(ERRORS)!r}, {str(PERFECT)!r}, '--replicates', '100']) == 0\n"
        "heavy = {'torch', 'transformers', 'datasets', 'evaluate', 'seqeval', 'sklearn', 'scipy.stats', 'pandas', 'jsonschema'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=dict(os.environ), check=False)
    assert done.returncode == 0, done.stderr


def test_real_systems(data: Path, tmp_path: Path) -> None:
    names = ("scratch-projection-human-heuristic", "scratch-projection-human")
    code, report = run(tmp_path, *(EXAMPLES / name for name in names), "--lang", "mos", "luo", "--replicates", 1000)
    verdicts = {row["lang"]: row["differences"]["bp75"]["verdict"] for row in report["results"]}
    assert (code, verdicts) == (0, {"luo": "B is better", "mos": "B is better"})
