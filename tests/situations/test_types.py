"""Entity types that are not the protocol's three: counted where they are asked for, told or refused where they do not count."""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from boundarybench.anatomy.error_report import examine
from boundarybench.cli.main import main
from boundarybench.errors import BoundaryBenchError
from boundarybench.gold.load import load
from boundarybench.gold.model import Gold, build
from boundarybench.protocol import TYPES
from boundarybench.report import evaluate
from boundarybench.scoring.score import sentence_counts
from boundarybench.submission.prediction import of_tags

Tags = Sequence[Sequence[str]]

#: Two sentences with one span each of PER, LOC and MISC.
THREE: Tags = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-MISC", "I-MISC"]]


def write(folder: Path, gold: Tags, *predictions: Tags) -> list[Path]:
    """Gold `x.conll` and prediction files for it."""
    paths = [folder / "x.conll", *(folder / f"p{k}.jsonl" for k in range(len(predictions)))]
    paths[0].write_text("".join("".join(f"w{i}{k}\t{tag}\n" for k, tag in enumerate(tags)) + "\n" for i, tags in enumerate(gold)))
    for path, sentences in zip(paths[1:], predictions, strict=True):
        path.write_text("".join(json.dumps({"id": f"x-{i:05d}", "tags": tags}) + "\n" for i, tags in enumerate(sentences)))
    return paths


def renamed(tags: Tags, **names: str) -> list[list[str]]:
    return [[f"{tag[:2]}{names.get(tag[2:], tag[2:])}" if tag != "O" else tag for tag in sentence] for sentence in tags]


def run(verb: str, *arguments: object, out: Path) -> tuple[int, Any]:
    """Exit code and JSON report of a verb."""
    out.unlink(missing_ok=True)
    code = main([verb, *map(str, arguments), "--format", "json", "-o", str(out)])
    return code, json.loads(out.read_text()) if out.exists() else None


VERBS = ("score", "errors", "validate", "compare")


def arguments_of(verb: str, gold: Path, *predictions: Path) -> list[object]:
    """The call of a verb on predictions; `compare` gets a copy where there is only one of them."""
    first, last = predictions[0], predictions[-1]
    if verb == "compare" and first == last:
        last = Path(shutil.copy(first, first.with_name("copy.jsonl")))
    return [first, *([last, "--replicates", 100] if verb == "compare" else []), "--gold", gold]


# --- Gold without a scored type -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "names",
    [
        {"PER": "person", "LOC": "geo-loc", "MISC": "geo-loc"},
        {"PER": "PERSON", "LOC": "GPE", "MISC": "NORP"},
        {"PER": "per", "LOC": "loc", "MISC": "misc"},
        {"PER": "人名", "LOC": "地名", "MISC": "その他"},
    ],
)
def test_gold_without_a_scored_type_has_no_figure(
    tmp_path: Path, verb: str, names: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    tags = renamed(THREE, **names)
    gold, predicted = write(tmp_path, tags, tags)
    code, report = run(verb, *arguments_of(verb, gold, predicted), out=tmp_path / "out.json")
    assert code == 1
    said = capsys.readouterr().err if report is None else json.dumps(report, ensure_ascii=False)
    assert (report is None) == (verb != "validate")  # nothing is written where there is nothing to show
    assert "no-scored-type" in said
    for name, count in Counter(names.values()).items():
        assert f"{name} {count}" in said
    assert "--types" in said
    assert "convert --map" in said
    # The advice can be followed.
    assert run(verb, *arguments_of(verb, gold, predicted), "--types", "all", out=tmp_path / "out.json")[0] == 0
    code, report = run(verb, *arguments_of(verb, gold, predicted), "--types", *set(names.values()), out=tmp_path / "out.json")
    assert code == 0
    if verb == "score":
        assert (report["results"][0]["gold"], report["results"][0]["typed"]["f1"]) == (3, 1.0)


def test_renaming_both_sides_is_the_other_advice(tmp_path: Path) -> None:
    tags = renamed(THREE, PER="person", LOC="place", MISC="thing")
    gold, predicted = write(tmp_path, tags, tags)
    (tmp_path / "new").mkdir()
    maps = ["--map", "person=PER", "--map", "place=LOC", "--map", "thing=O"]
    for kind, source, name in (("conll", gold, "x.conll"), ("jsonl", predicted, "p.jsonl")):
        call = ["convert", "--from", kind, "--to", kind, "--gold", str(gold), str(source), *maps, "-o", str(tmp_path / "new" / name)]
        assert main(call) == 0
    code, report = run("score", tmp_path / "new" / "p.jsonl", "--gold", tmp_path / "new" / "x.conll", out=tmp_path / "out.json")
    assert (code, report["results"][0]["gold"], report["results"][0]["typed"]["f1"]) == (0, 2, 1.0)


@pytest.mark.parametrize("verb", VERBS)
def test_imported_suites_alike(tmp_path: Path, verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path / "home"))
    tags = renamed(THREE, PER="person", LOC="place", MISC="thing")
    gold, predicted = write(tmp_path, tags, tags)
    assert main(["gold", "import", str(gold), "--as", "mine", "--lang", "x"]) == 0
    which = [*arguments_of(verb, gold, predicted)[:-2], "--suite", "mine", "--lang", "x"]
    assert run(verb, *which, out=tmp_path / "out.json")[0] == 1
    capsys.readouterr()
    code, report = run(verb, *which, "--types", "place", "person", out=tmp_path / "out.json")
    assert code == 0
    left = "thing 1"
    assert left in (json.dumps(report["findings"]) if verb == "validate" else capsys.readouterr().err)


# --- Predicted types that the gold does not have --------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("gold_names", "names", "foreign"),
    [
        ({}, {"PER": "per"}, {"per": 1}),
        ({}, {"PER": "PERSON", "LOC": "GPE"}, {"PERSON": 1, "GPE": 1}),
        ({"MISC": "ORG"}, {}, {"MISC": 1}),  # what is wrong is called MISC: leaving it out would raise precision
        ({}, {"PER": "PER.", "LOC": "LOC."}, {"PER.": 1, "LOC.": 1}),
        ({}, {"PER": "\u202eREP"}, {"\\u202eREP": 1}),
    ],
)
def test_predictions_are_never_reduced_in_silence(
    tmp_path: Path,
    verb: str,
    gold_names: dict[str, str],
    names: dict[str, str],
    foreign: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    gold, right, predicted = write(tmp_path, renamed(THREE, **gold_names), renamed(THREE, **gold_names), renamed(THREE, **names))
    files = (right, predicted) if verb == "compare" else (predicted,)
    code, report = run(verb, *arguments_of(verb, gold, *files), out=tmp_path / "out.json")
    assert code == 1
    error = capsys.readouterr().err if verb != "validate" else "\n".join(finding["message"] for finding in report["findings"])
    assert "neither in gold nor scored" in error
    for name, count in foreign.items():
        assert f"{name} {count}" in error
    assert error.replace("\n", "").isprintable()
    # Whoever names the types that count knows what is left out, and is told.
    assert run(verb, *arguments_of(verb, gold, *files), "--types", *TYPES, out=tmp_path / "out.json")[0] == 0
    assert "type-not-scored" in capsys.readouterr().err or verb == "validate"


def test_all_faults_of_a_selection_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold, a, b = write(tmp_path, THREE, renamed(THREE, PER="PERSON"), renamed(THREE, LOC="GPE"))
    assert run("compare", *arguments_of("compare", gold, a, b), out=tmp_path / "out.json") == (1, None)
    error = capsys.readouterr().err
    assert f"{a}: error: type-not-in-gold: predicted and neither in gold nor scored: PERSON 1;" in error
    assert f"{b}: error: type-not-in-gold: predicted and neither in gold nor scored: GPE 1;" in error
    assert error.count("type-not-scored: spans that do not count: gold MISC 1; predicted MISC 1;") == 2


# --- Types that count, and the others -------------------------------------------------------------------------------------


def test_types_in_gold_that_do_not_count_are_told_with_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold, predicted = write(tmp_path, THREE, [["B-PER", "I-PER", "O", "B-MISC"], ["B-MISC", "B-MISC", "I-MISC"]])
    code, report = run("score", predicted, "--gold", gold, out=tmp_path / "out.json")
    assert (code, report["results"][0]["not_scored"]) == (0, {"gold": {"MISC": 1}, "predicted": {"MISC": 3}})
    assert (
        "warning: type-not-scored: spans that do not count: gold MISC 1; predicted MISC 3; scored: PER, ORG, LOC" in capsys.readouterr().err
    )
    for verb in ("score", "errors"):
        assert main([verb, str(predicted), "--gold", str(gold)]) == 0
        assert "types not scored (x): gold MISC 1; predicted MISC 3" in capsys.readouterr().out
    for style in ("text", "md"):
        assert main(["compare", *map(str, arguments_of("compare", gold, predicted)), "--format", style]) == 0
        assert "types not scored" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("types", "gold_spans", "signature"),
    [
        (["MISC"], 1, "MISC"),
        (["MISC", "PER"], 2, "PER+MISC"),
        (["PER", "MISC", "PER"], 2, "PER+MISC"),
        (["LOC", "ORG", "PER"], 2, "PER+ORG+LOC"),
        (["all"], 3, "all"),
        (["PER", "NAME"], 1, "PER+NAME"),
    ],
)
def test_the_types_that_are_named_count(tmp_path: Path, types: list[str], gold_spans: int, signature: str) -> None:
    gold, predicted = write(tmp_path, THREE, THREE)
    code, report = run("score", predicted, "--gold", gold, "--types", *types, out=tmp_path / "out.json")
    (row,) = report["results"]
    assert (code, row["gold"], row["typed"]["f1"]) == (0, gold_spans, 1.0)
    assert f"|types:{signature}|" in row["signature"]
    assert gold_spans + sum(row["not_scored"]["gold"].values()) == 3


def test_a_type_that_is_on_neither_side_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold, predicted = write(tmp_path, THREE, THREE)
    assert run("score", predicted, "--gold", gold, "--types", "PER", "MISCC", out=tmp_path / "out.json")[0] == 0
    assert "type-absent: asked for, and neither in gold nor predicted: MISCC" in capsys.readouterr().err
    assert run("score", predicted, "--gold", gold, "--types", "MISCC", out=tmp_path / "out.json")[0] == 1
    assert run("score", predicted, "--gold", gold, "--types", "PER,MISC", out=tmp_path / "out.json")[0] == 1
    assert "separated by blanks" in capsys.readouterr().err


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("types", [["all", "PER"], [""], ["PER MISC"]])
def test_a_selection_that_is_none_is_a_wrong_call(tmp_path: Path, verb: str, types: list[str]) -> None:
    gold, predicted = write(tmp_path, THREE, THREE)
    assert run(verb, *arguments_of(verb, gold, predicted), "--types", *types, out=tmp_path / "out.json") == (2, None)


def test_the_path_may_follow_the_types(tmp_path: Path) -> None:
    gold, predicted, *others = write(tmp_path, THREE, THREE, THREE, THREE)
    for verb in ("score", "errors", "validate"):
        assert main([verb, "--gold", str(gold), "--types", "PER", "MISC", str(predicted)]) == 0
    for count in (1, 2):  # of several systems, too
        files = map(str, (predicted, *others[:count]))
        assert main(["compare", "--gold", str(gold), "--replicates", "100", "--types", "all", *files]) == 0


def test_a_separator_in_a_type_is_no_separator_in_the_signature(tmp_path: Path) -> None:
    gold, predicted = write(tmp_path, renamed(THREE, PER="A+B", LOC="A|B"), renamed(THREE, PER="A+B", LOC="A|B"))
    _, report = run("score", predicted, "--gold", gold, "--types", "A+B", "A|B", out=tmp_path / "out.json")
    assert "|types:A%2BB+A%7CB|" in report["results"][0]["signature"]


def test_suites_of_the_protocol_keep_their_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(__file__).resolve().parents[2] / "submissions" / "example-typical-errors"
    code, report = run("score", folder, "--lang", "sw", out=tmp_path / "out.json")
    assert (code, "not_scored" in report["results"][0], capsys.readouterr().err) == (0, False, "")
    code, chosen = run("score", folder, "--lang", "sw", "--types", "PER", out=tmp_path / "out.json")
    row, of_three = chosen["results"][0], report["results"][0]
    assert (code, row["gold"], row["predicted"]) == (0, *(of_three["by_type"]["PER"][side] for side in ("gold", "predicted")))
    assert row["gold"] + sum(row["not_scored"]["gold"].values()) == of_three["gold"]
    for verb in ("score", "errors", "validate"):
        assert run(verb, folder, "--lang", "sw", "--types", "PER", "MISC", out=tmp_path / "out.json") == (2, None)
        assert "suite sample has no MISC: choose from PER, ORG, LOC" in capsys.readouterr().err


def test_sentences_that_are_chosen_are_what_is_counted(tmp_path: Path) -> None:
    gold, predicted = write(tmp_path, THREE, THREE)
    (tmp_path / "ids").write_text("x-00001\n")
    code, _ = run("score", predicted, "--gold", gold, "--ids", tmp_path / "ids", out=tmp_path / "out.json")
    assert code == 1  # MISC alone
    (tmp_path / "ids").write_text("x-00000\n")
    code, report = run("score", predicted, "--gold", gold, "--ids", tmp_path / "ids", out=tmp_path / "out.json")
    assert (code, report["results"][0]["gold"], report["results"][0]["not_scored"]) == (0, 2, {"gold": {}, "predicted": {}})


# --- In Python ------------------------------------------------------------------------------------------------------------


def mine(tags: Tags = THREE) -> Gold:
    return build("file", "x", "test", tags, None)


READ: list[tuple[Any, int]] = [
    (None, 3),
    ("all", 3),
    (["MISC"], 1),
    (("PER",), 1),
    (["PER", "MISC"], 2),
    ({"PER", "LOC"}, 2),
    (frozenset({"MISC"}), 1),
    ({"PER": 1, "MISC": 2}.keys(), 2),
]
REFUSED: list[Any] = [
    *("PER", "MISC", "ALL", "", "PER MISC", b"PER"),
    *(True, False, 3, 0.5),
    *([], (), set(), {}, {"PER": 1}),
    *([1], [None], [True], [b"PER"], [""], ["PER MISC"], [["PER"]], ["all"], ["PER", "all"]),
    *(("FOO",), ["per"], ["B-PER"]),
]


@pytest.mark.parametrize(("types", "expected"), READ)
def test_every_collection_of_names_is_read(types: Any, expected: int) -> None:
    gold, prediction = mine(), of_tags(THREE, mine())
    assert evaluate(gold, prediction, types).score.figures.gold == expected
    assert examine(gold, prediction, types).counts.gold == expected
    assert sentence_counts(gold, prediction.codes, prediction.types, types)[:, 1].sum() == expected
    if types is not None:
        assert len(gold.spans.of_types(types)) == expected


def test_numpy_and_generators_are_read() -> None:
    import numpy as np

    gold, prediction = mine(), of_tags(THREE, mine())
    assert evaluate(gold, prediction, np.array(["PER", "MISC"])).types == ("PER", "MISC")
    assert evaluate(gold, prediction, (name for name in ("MISC", "PER"))).score.figures.gold == 2
    assert type(evaluate(gold, prediction, np.array(["MISC"])).types[0]) is str  # type: ignore[index]
    for wrong in (np.array([]), np.array([1, 2]), np.array("PER"), np.array([["PER"]])):
        with pytest.raises(BoundaryBenchError):
            evaluate(gold, prediction, wrong)


@pytest.mark.parametrize("types", REFUSED)
def test_everything_else_is_refused(types: Any) -> None:
    gold, prediction = mine(), of_tags(THREE, mine())
    calls = (evaluate, examine, lambda g, p, t: sentence_counts(g, p.codes, p.types, t))
    for call in calls:
        with pytest.raises(BoundaryBenchError):
            call(gold, prediction, types)  # type: ignore[operator]


def test_suites_of_the_protocol_refuse_types_that_they_do_not_have() -> None:
    gold = load("sample", "sw")
    prediction = of_tags([["O"] * length for length in gold.lengths], gold)
    with pytest.raises(BoundaryBenchError, match="suite sample has no DATE"):
        evaluate(gold, prediction, ["PER", "DATE"])


def test_the_protocols_types_reduce_no_predictions_in_python_either() -> None:
    gold = mine()
    with pytest.raises(BoundaryBenchError, match="PERSON 1"):
        evaluate(gold, of_tags(renamed(THREE, PER="PERSON"), gold), TYPES)
    result = evaluate(gold, of_tags(THREE, gold), TYPES).as_json()
    assert result["not_scored"] == {"gold": {"MISC": 1}, "predicted": {"MISC": 1}}
    assert "not_scored" in examine(gold, of_tags(THREE, gold), TYPES).as_json()


WRONG_TAGS: list[tuple[Any, str]] = [
    ([[1, 2, 0, 3], [0, 5, 6]], "not class ids"),
    ([["B-PER", "I-PER", "O", 3], ["O", "B-MISC", "I-MISC"]], "3 at token 3 of sentence 0"),
    ([["O"] * 4, [None, "O", "O"]], "None at token 0 of sentence 1"),
    ([["O"] * 4, [True, "O", "O"]], "True"),
    ([["O"] * 4, [1.0, "O", "O"]], "1.0"),
    (["OOOO", "OOO"], "list of tags per sentence"),
    (["O", "B-PER"], "list of tags per sentence"),
    ("O", "list of tags per sentence"),
    (7, "list of tags per sentence"),
    ([1, 2], "list of tags per sentence"),
    ([["O"] * 4, {"O", "B-PER", "I-PER"}], "list of tags per sentence"),
    ({0: ["O"] * 4, 1: ["O"] * 3}, "list of tags per sentence"),
]


@pytest.mark.parametrize(("tags", "message"), WRONG_TAGS)
def test_tags_that_are_no_tags_are_refused(tags: Any, message: str) -> None:
    with pytest.raises(BoundaryBenchError, match=message):
        of_tags(tags, mine())
    with pytest.raises(BoundaryBenchError, match=message):
        build("file", "x", "test", tags, None)


def test_tags_of_numpy_are_read_and_its_class_ids_are_not() -> None:
    import numpy as np

    square = [["B-PER", "O"], ["O", "B-LOC"]]
    gold = build("file", "x", "test", np.array(square), None)
    assert gold.entities() == {"LOC": 1, "PER": 1}
    for tags in (np.array(square), (np.array(sentence) for sentence in square), map(tuple, square)):
        assert evaluate(gold, of_tags(tags, gold), "all").score.figures["typed.f1"] == 1.0
    for ids in (np.array([[1, 0], [0, 2]]), [np.array([1, 0]), np.array([0, 2])]):
        with pytest.raises(BoundaryBenchError, match="not class ids"):
            of_tags(ids, gold)  # type: ignore[arg-type]
