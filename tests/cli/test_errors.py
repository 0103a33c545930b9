"""`boundarybench errors`: counts that are the scorer's, examples that are real, formats that nothing breaks out of."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from boundarybench.anatomy.error_examples import ERRORS, SHOWN
from boundarybench.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
TYPICAL = ROOT / "submissions" / "example-typical-errors"
FEW = ("--lang", "ar", "zh")

#: Sentence by sentence: the class that it shows, its tokens, gold and predicted tags.
HAND_MADE = {
    "exact": ("Anna sang", "B-PER O", "B-PER O"),
    "type": ("in Rom today", "O B-LOC O", "O B-ORG O"),
    "merge": ("Bo and Cy ran", "B-PER O B-PER O", "B-PER I-PER I-PER O"),
    "split": ("Bank of Peru fell", "B-ORG I-ORG I-ORG O", "B-ORG O B-LOC O"),
    "spurious": ("the Road ends", "O O O", "O B-LOC O"),
    "crossing": ("big Lake Big Chad dried", "O B-LOC I-LOC I-LOC O", "B-LOC I-LOC B-LOC I-LOC I-LOC"),
    "right-over": ("Dan Eto runs fast", "B-PER I-PER O O", "B-PER I-PER I-PER O"),
    "right-under": ("Fay Gill Hay sat", "B-PER I-PER I-PER O", "B-PER I-PER O O"),
    "left-over": ("Mrs Ida Jo sat", "O B-PER I-PER O", "B-PER I-PER I-PER O"),
    "left-over+right-over": ("old Kim sat down", "O B-PER O O", "B-PER I-PER I-PER O"),
    "left-over+right-under": ("at Lima Zoo again", "O B-LOC I-LOC O", "B-LOC I-LOC O O"),
    "left-under": ("Mo Nye sat", "B-PER I-PER O", "O B-PER O"),
    "left-under+right-over": ("Oslo Port was hit", "B-LOC I-LOC O O", "O B-LOC I-LOC O"),
    "left-under+right-under": ("Pa Qi Re sat", "B-PER I-PER I-PER O", "O B-PER O O"),
    "missed": ("then Sy left", "O B-PER O", "O O O"),
}


def write(folder: Path, rows: dict[str, tuple[str, str, str]] | list[tuple[str, str, str]]) -> tuple[Path, Path]:
    gold, predicted = folder / "hand.conll", folder / "pred.jsonl"
    sentences = list(rows.values() if isinstance(rows, dict) else rows)
    gold.write_text(
        "".join("".join(f"{t}\t{tag}\n" for t, tag in zip(s.split(" "), g.split(" "), strict=True)) + "\n" for s, g, _ in sentences)
    )
    lines = [json.dumps({"id": f"hand-{k:05d}", "tags": p.split(" ")}) for k, (_, _, p) in enumerate(sentences)]
    predicted.write_text("\n".join(lines) + "\n")
    return gold, predicted


@pytest.fixture
def hand(tmp_path: Path) -> tuple[Path, Path]:
    return write(tmp_path, HAND_MADE)


def report(tmp_path: Path, verb: str, *arguments: object) -> Any:
    out = tmp_path / f"{verb}.json"
    assert main([verb, *map(str, arguments), "--format", "json", "-o", str(out)]) == 0
    return json.loads(out.read_text())


def same_counts(tmp_path: Path, *arguments: object) -> None:
    """What `errors` counts is what `score` counts."""
    errors, score = (report(tmp_path, verb, *arguments) for verb in ("errors", "score"))
    for ours, theirs in zip(errors["results"], score["results"], strict=True):
        for name in ("suite", "lang", "signature", "pinned", "partial", "missing", "gold", "predicted", "errors"):
            assert ours[name] == theirs[name]
        assert (ours["offsets"] or {"mean": {"start": None, "end": None}})["mean"] == theirs["offset"]
        for group in ("by_type", "by_length", "by_seen"):
            if theirs[group] is None:
                assert ours[group] is None
                continue
            for name, bucket in theirs[group].items():
                found = ours[group][name]
                assert (found["gold"], found["predicted"]) == (bucket["gold"], bucket["predicted"])
                if bucket["predicted"]:
                    assert (found["errors"]["exact"] + found["errors"]["type"]) / found["predicted"] == bucket["boundary"]["precision"]
    for suite, total in errors["totals"].items():
        mean = score["means"][suite]
        assert {name: total[name] for name in ("languages", "missing_languages", "apart", "complete", "signature")} == {
            name: mean[name] for name in ("languages", "missing_languages", "apart", "complete", "signature")
        }
        if mean["micro"]:
            assert total["errors"] == mean["micro"]["errors"]


def test_counts_are_the_scorers_on_the_examples(tmp_path: Path) -> None:
    same_counts(tmp_path, TYPICAL)
    same_counts(tmp_path, ROOT / "submissions" / "example-perfect")
    same_counts(tmp_path, TYPICAL, "--lang", "en")  # in no mean


def test_counts_are_the_scorers_on_a_real_submission(data: Path, tmp_path: Path) -> None:
    same_counts(tmp_path, ROOT / "submissions" / "scratch-projection-human", "--lang", "bam", "bbj", "tsn")


@pytest.mark.parametrize("name", ["hau_to_luo_seed0", "ibo_to_hau_seed1"])
def test_counts_are_the_scorers_on_real_transfer(data: Path, tmp_path: Path, name: str) -> None:
    folder = data / "predictions" / "masakhaner1-transfer"
    gold, predicted = folder / "gold" / f"{name.split('_')[2]}.test.txt", tmp_path / "pred.jsonl"
    source = str(folder / name / "test_predictions.txt")
    assert main(["convert", "--from", "conll", "--to", "jsonl", "--gold", str(gold), source, "-o", str(predicted)]) == 0
    same_counts(tmp_path, predicted, "--gold", gold)
    same_counts(tmp_path, predicted, "--gold", gold, "--types", "all")


def test_every_class_shows_the_sentence_that_was_made_for_it(hand: tuple[Path, Path], tmp_path: Path) -> None:
    found = report(tmp_path, "errors", hand[1], "--gold", hand[0], "--limit", 9, "--class", *SHOWN)
    assert {example["class"] for example in found["examples"]} == set(HAND_MADE) == set(SHOWN)
    for k, (name, (text, _, _)) in enumerate(HAND_MADE.items()):
        examples = [example for example in found["examples"] if example["class"] == name]
        (example, *_) = [example for example in examples if example["id"] == f"hand-{k:05d}"]
        assert example["tokens"] == text.split(" ")
        if name not in ("exact", "missed", "spurious", "left-under+right-over", "left-under"):
            assert len({example["id"] for example in examples}) == 1  # only that one

    def about(name: str, k: int) -> tuple[list[str], list[str]]:
        (example, *_) = [e for e in found["examples"] if e["class"] == name and e["id"] == f"hand-{k:05d}"]
        sides = [[example[side][i] for i in example["about"][side]] for side in ("gold", "predicted")]
        gold, predicted = ([" ".join(example["tokens"][span["start"] : span["end"]]) for span in spans] for spans in sides)
        return gold, predicted

    assert about("merge", 2) == (["Bo", "Cy"], ["Bo and Cy"])
    assert about("split", 3) == (["Bank of Peru"], ["Bank"])
    assert about("spurious", 4) == ([], ["Road"])
    assert about("crossing", 5) == (["Lake Big Chad"], ["big Lake"])
    assert about("left-over", 8) == (["Ida Jo"], ["Mrs Ida Jo"])
    assert about("missed", 14) == (["Sy"], [])
    assert about("missed", 2) == (["Cy"], ["Bo and Cy"])


def test_the_terminal_shows_gold_above_prediction(hand: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["errors", str(hand[1]), "--gold", str(hand[0]), "--class", "left-over", "merge"]) == 0
    shown = capsys.readouterr().out
    for expected in (
        "left-over: starts too early\n\n  hand-00008 (file)  PER Mrs Ida Jo  start −1\n    gold           Mrs {PER Ida Jo} sat\n",
        "    gold           Mrs {PER Ida Jo} sat\n    predicted {PER Mrs      Ida Jo} sat\n",
        "    gold      {PER Bo} and {PER Cy} ran\n    predicted {PER Bo  and      Cy} ran\n",
        "signature: bp75|suite:file|gold:",
        "langs:hand|types:PER+ORG+LOC",
    ):
        assert expected in shown
    assert "right-over: " not in shown


def test_limit_and_class(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(tmp_path, "errors", TYPICAL, *FEW, "--limit", 0)["examples"] == []
    two = report(tmp_path, "errors", TYPICAL, *FEW, "--limit", 2)["examples"]
    assert [example["class"] for example in two] == [name for name in ERRORS for _ in range(2)]
    assert [example["lang"] for example in two[:2]] == ["ar", "zh"]
    five = report(tmp_path, "errors", TYPICAL, *FEW, "--limit", 5, "--class", "missed", "type")["examples"]
    for name in ("type", "missed"):
        assert [e for e in two if e["class"] == name] == [e for e in five if e["class"] == name][:2]
    assert main(["errors", "--class", "left-over", "--lang", "de", "--limit", "1", str(TYPICAL)]) == 0
    first = capsys.readouterr().out
    assert main(["errors", "--lang", "de", "--limit", "1", "--class", "left-over", str(TYPICAL)]) == 0  # the option takes the path along
    assert capsys.readouterr().out == first
    assert first.count("    predicted ") == 1


def test_csv_has_every_error(tmp_path: Path) -> None:
    out = tmp_path / "errors.csv"
    assert main(["errors", str(TYPICAL), "--format", "csv", "-o", str(out)]) == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    counts: dict[str, int] = dict.fromkeys(ERRORS, 0)
    for row in report(tmp_path, "errors", TYPICAL, "--limit", 0)["results"]:
        for name in ERRORS:
            counts[name] += row["errors"][name]
    assert {name: sum(row["class"] == name for row in rows) for name in ERRORS} == counts
    (row,) = [row for row in rows if row["id"] == "de-00005" and row["class"] == "left-under+right-over"]
    assert (row["start_offset"], row["end_offset"], row["gold_start"], row["predicted_end"]) == ("1", "1", "1", "5")
    assert (row["gold_text"], row["predicted_text"]) == ("Zentralbank von Kenia", "von Kenia wurde")
    assert row["predicted_sentence"].startswith("Die Zentralbank [ORG von Kenia wurde] 1966")


HOSTILE = [
    ("=cmd|' /C calc'!A0 +1 -2 @sum x", "B-PER I-PER O O O O O", "O B-PER O B-LOC B-LOC B-ORG O"),
    ("\x1b[31mred \x9b2J \u202eevil </td><script> | ```", "B-PER O O O O O", "B-PER I-PER I-PER I-PER I-PER I-PER"),
    ("-1 ＝A1 @all", "B-ORG O O", "O B-LOC B-PER"),
]


@pytest.mark.parametrize("form", ["text", "json", "md", "csv"])
def test_hostile_tokens_do_nothing_in_any_format(tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    gold, predicted = write(tmp_path, HOSTILE)
    assert main(["errors", str(predicted), "--gold", str(gold), "--format", form]) == 0
    shown = capsys.readouterr().out
    assert all(character.isprintable() or character in "\n\u2066\u2067\u2068\u2069\u200e" for character in shown)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    if form == "json":
        tokens = {token for example in json.loads(shown)["examples"] for token in example["tokens"]}
        assert {"\x1b[31mred", "\x9b2J", "\u202eevil"} <= tokens  # escaped, not changed
    if form == "csv":
        cells = [cell for row in csv.DictReader(shown.splitlines()) for name, cell in row.items() if not name.endswith("_offset")]
        assert cells
        assert not [cell for cell in cells if cell.lstrip(" ").startswith(("=", "+", "-", "@", "＝"))]
        assert "'-1" in cells
    if form == "md":
        outside = "".join(part for k, part in enumerate(shown.split("```text\n")) for part in [part.split("\n```\n")[-1] if k else part])
        assert "<script>" not in outside
        assert "@all" not in outside
        assert not [line for line in shown.split("\n") if line.startswith("```") and line not in ("```text", "```")]


def test_markdown_has_tables_and_fenced_examples(hand: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["errors", str(hand[1]), "--gold", str(hand[0]), "--format", "md"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("# Anatomy of errors\n\n## file\n")
    assert "### left-over: starts too early\n" in shown
    assert "```text\ngold           Mrs {PER Ida Jo} sat\npredicted {PER Mrs      Ida Jo} sat\n```" in shown
    assert "| right-over " in shown


@pytest.mark.parametrize("form", ["text", "json", "md", "csv"])
def test_no_predictions_are_all_missed(tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    gold, predicted = write(tmp_path, [("Anna sang", "B-PER O", "O O"), ("in Rom", "O B-LOC", "O O")])
    assert main(["errors", str(predicted), "--gold", str(gold), "--format", form]) == 0
    shown = capsys.readouterr().out
    assert shown.count("hand-0000") == 2
    if form == "json":
        (result,) = json.loads(shown)["results"]
        assert (result["shares"]["exact"], result["shares"]["missed"]) == (None, 1.0)


def test_gold_without_tokens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold, predicted = write(tmp_path, HAND_MADE)
    labels = tmp_path / "labels.txt"
    labels.write_text("".join(line.split("\t")[-1] if line.strip() else line for line in gold.read_text().splitlines(keepends=True)))
    for form in ("text", "md", "csv", "json"):
        assert main(["errors", str(predicted), "--gold", str(labels), "--lang", "hand", "--format", form]) == 0
        shown = capsys.readouterr().out
        if form == "text":
            assert "gold           0 {PER 1 2} 3\n    predicted {PER 0      1 2} 3" in shown.replace(
                "  hand-00008 (file)  PER tokens 0–2", ""
            )
            assert "capitals" not in shown
        if form == "json":
            assert json.loads(shown)["results"][0]["by_capitals"] is None


def test_missing_languages_and_those_apart_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["errors", str(TYPICAL), "--lang", "de", "en", "sw", "--limit", "0"]) == 0
    shown = capsys.readouterr().out
    assert "incomplete: no predictions for am ar ha hi tr yo zh zu; sums are over the others" in shown
    assert "not in the sums: en" in shown
    assert "sum of 2" in shown


def test_wrong_files_give_the_findings_of_score(hand: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    gold, predicted = hand
    predicted.write_text('{"id": "hand-00000", "tags": ["X", "O"]}\n{"id": "hand-00001"\n{"id": "hand-00002", "tags": []}\n')
    messages = []
    for verb in ("score", "errors"):
        assert main([verb, str(predicted), "--gold", str(gold)]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        messages.append(captured.err)
    assert messages[0] == messages[1]
    assert "unknown-tag" in messages[0]


def test_missing_sentences_and_chosen_ones(hand: tuple[Path, Path], tmp_path: Path) -> None:
    gold, predicted = hand
    predicted.write_text("".join(predicted.read_text().splitlines(keepends=True)[8:]))
    assert main(["errors", str(predicted), "--gold", str(gold)]) == 1
    same_counts(tmp_path, predicted, "--gold", gold, "--allow-missing")
    ids = tmp_path / "ids.txt"
    ids.write_text("hand-00008\nhand-00014\n")
    same_counts(tmp_path, predicted, "--gold", gold, "--ids", ids)
    found = report(tmp_path, "errors", predicted, "--gold", gold, "--ids", ids)
    assert {example["id"] for example in found["examples"]} == {"hand-00008", "hand-00014"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a submission folder or a prediction file"),
        (["{pred}"], "name its gold with --suite and --lang, or with --gold FILE"),
        (["{pred}", "--gold", "{gold}", "--class", "left"], "unknown class 'left': choose from exact, type, "),
        (["{pred}", "--gold", "{gold}", "--limit", "-1"], "--limit -1"),
        (["{pred}", "--gold", "{gold}", "-o", "/no/such/folder/x"], "cannot be written"),
        (["nowhere"], "no such file or folder"),
    ],
)
def test_usage_errors_exit_with_2(hand: tuple[Path, Path], arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["errors", *(argument.format(gold=hand[0], pred=hand[1]) for argument in arguments)]) == 2
    assert message in capsys.readouterr().err
