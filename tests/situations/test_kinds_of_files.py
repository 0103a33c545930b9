"""Files of another kind, ids of another naming, matched wrong calls, folders of one suite: one message that says what to do."""

import bz2
import gzip
import io
import json
import lzma
import pickle
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.cli.main import main
from boundarybench.gold.load import load
from boundarybench.submission import kinds

TOKENS = [["Zuri", "Okello", "alienda", "Kisoro"], ["Benki", "ya", "Mto", "ilikua"], ["Leo", "mvua"]]
GOLD = [["B-PER", "I-PER", "O", "B-LOC"], ["B-ORG", "I-ORG", "I-ORG", "O"], ["O", "O"]]


def columns(tags: list[list[str]], sign: str = " ") -> str:
    return "".join(
        "".join(f"{token}{sign}{tag}\n" for token, tag in zip(*pair, strict=True)) + "\n" for pair in zip(TOKENS, tags, strict=True)
    )


def records(name: str = "{}-{:05d}", lang: str = "test", first: int = 0) -> list[dict[str, Any]]:
    return [{"id": name.format(lang, number), "tags": tags} for number, tags in enumerate(GOLD, first)]


def json_lines(rows: list[Any]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


GOOD = json_lines(records())


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command in a folder with `test.txt`, the gold, and `pred`; gives the code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test.txt").write_text(columns(GOLD))

    def run(*arguments: str, pred: bytes = GOOD) -> tuple[int, str, str]:
        (tmp_path / "pred").write_bytes(pred)
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run


# --- Kinds ----------------------------------------------------------------------------------------------------------------


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("pred.jsonl", GOOD)
    return file.getvalue()


def saved() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(3))
    return file.getvalue()


CSV = "id,tags\n" + "".join(f'test-{number:05d},"{tags}"\n' for number, tags in enumerate(GOLD))
KINDS: dict[str, tuple[bytes, str]] = {
    "columns": (columns(GOLD).encode(), "columns, not JSON Lines: boundarybench convert --from conll --to jsonl"),
    "columns with tabs": (columns(GOLD, "\t").encode(), "boundarybench convert --from conll"),
    "gold and predicted columns": (columns(GOLD).replace(" ", " O ").encode(), "boundarybench convert --from conll"),
    "BIOES columns after -DOCSTART-": (b"-DOCSTART- O\n\nZuri B-PER\nOkello E-PER\nKisoro S-LOC\n", "boundarybench convert --from conll"),
    "columns with a comment": (b"# sent_id = 1\n1\tZuri\tB-PER\n2\talienda\tO\n", "boundarybench convert --from conll"),
    "a comma in columns": (b"label O\n, O\n; O\nZuri B-PER\n", "columns"),
    "labels": (b"B-PER\nI-PER\nO\nB-LOC\n\nO\nO\n", "boundarybench convert --from xtreme"),
    "tags a line": (
        "\n".join(map(" ".join, GOLD)).encode(),
        "one sentence of tags a line, not JSON Lines: boundarybench convert --from lines",
    ),
    "JSON array": (json.dumps(records()).encode(), "JSON array, not JSON Lines"),
    "JSON array, indented": (json.dumps(records(), indent=1).encode(), "JSON array, not JSON Lines"),
    "JSON array, a record a line": (("[\n" + ",\n".join(map(json.dumps, records())) + "\n]\n").encode(), "JSON array"),
    "JSON array of tags": (json.dumps(GOLD).encode(), "JSON array"),
    "JSON array, long": (json.dumps(records() * 1000).encode(), "JSON array"),
    "arrays of tags": (json_lines(GOLD), "one JSON array a line"),
    "one indented object": (json.dumps({"predictions": records()}, indent=4).encode(), "JSON over several lines"),
    "indented objects": ("\n".join(json.dumps(row, indent=2) for row in records()).encode(), "JSON over several lines"),
    "an object by id": (json.dumps({row["id"]: row["tags"] for row in records()}).encode(), "one JSON object for all"),
    "an object by id, long": (json.dumps({f"test-{n:05d}": GOLD[0] for n in range(2000)}).encode(), "one JSON object for all"),
    "an object of lists": (json.dumps({"id": ["a", "b"], "tags": GOLD}).encode(), "one JSON object for all"),
    "CSV": (CSV.encode(), "CSV, not JSON Lines"),
    "CSV with semicolons": (CSV.replace(",", ";", 1).encode(), "CSV"),
    "CSV of tokens": (columns(GOLD, ",").encode(), "CSV"),
    "TSV": (b"id\ttags\ntest-00000\tB-PER I-PER O B-LOC\n", "TSV"),
    "span JSON": (json_lines([{"id": "test-00000", "entities": [{"start": 0, "end": 2, "type": "PER"}]}]), "convert --from spans"),
    "class ids": (b"Zuri 1\nOkello 2\nalienda 0\n\n" * 5, "other text, not JSON Lines"),
    "prose": (b"Nothing of the kind.\n" * 10, "other text, not JSON Lines"),
    "gzip": (gzip.compress(GOOD), "gzip, not JSON Lines: unpack it first; gunzip"),
    "bzip2": (bz2.compress(GOOD), "bunzip2"),
    "xz": (lzma.compress(GOOD), "unxz"),
    "zip": (zipped(), "unzip"),
    "Parquet": (b"PAR1\x15\x04\x15\x10" + bytes(40) + b"PAR1", "Parquet"),
    "pickle": (pickle.dumps(records()), "pickle"),
    "NumPy": (saved(), "NumPy"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": (GOOD.decode().encode("utf-16-le"), "UTF-16"),
    "UTF-16, big-endian": (GOOD.decode().encode("utf-16-be"), "UTF-16"),
    "carriage returns": (GOOD.replace(b"\n", b"\r"), "carriage returns"),
}


@pytest.mark.parametrize(("content", "said"), KINDS.values(), ids=list(KINDS))
def test_a_file_of_another_kind_is_one_finding(call: Any, content: bytes, said: str) -> None:
    code, out, err = call("score", "pred", "--gold", "test.txt", pred=content)
    assert (code, out) == (1, "")
    assert err.startswith("boundarybench: pred: error: not-json-lines: ")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("verb", ["validate", "errors", "compare"])
@pytest.mark.parametrize("kind", ["columns", "JSON array, indented", "gzip"])
def test_every_verb_that_reads_predictions_says_so(call: Any, verb: str, kind: str) -> None:
    Path("other").write_bytes(KINDS[kind][0])
    code, out, err = call(verb, "pred", *(["other"] if verb == "compare" else []), "--gold", "test.txt", pred=KINDS[kind][0])
    assert code == 1
    assert "not-json-lines" in out + err
    assert "broken-json" not in out + err


BROKEN = [
    GOOD[:-9],
    GOOD.replace(b'"', b"'"),
    GOOD.replace(b"}", b"},"),
    GOOD.replace(b"{", b"", 1),
    b"\n" + GOOD,
    GOOD.replace(b"]}\n", b"]\n", 1),
    b'["test-00000"]\n' + GOOD.split(b"\n", 1)[1],
    b'["test-00000",\n' + GOOD.split(b"\n", 1)[1],
    b"Zuri O\n" + GOOD,
    GOOD.replace(b"\n", b"\n\n"),
    b"nothing of the kind\n",
]


@pytest.mark.parametrize("content", BROKEN)
def test_broken_json_lines_keep_their_findings(call: Any, content: bytes) -> None:
    code, _, err = call("score", "pred", "--gold", "test.txt", pred=content)
    assert code == 1
    assert "not-json-lines" not in err
    assert "broken-json" in err or "wrong-type" in err


_RECORD = st.fixed_dictionaries(
    {"id": st.text(), "tags": st.lists(st.text(max_size=5), max_size=6)},
    optional={"tokens": st.lists(st.text(max_size=5), max_size=6), "scores": st.lists(st.floats(0, 1), max_size=3)},
)


@given(rows=st.lists(_RECORD, min_size=1, max_size=6), indent=st.booleans())
def test_json_lines_are_of_no_other_kind(rows: list[Any], indent: bool) -> None:
    content = "".join(" " * indent + json.dumps(row, ensure_ascii=not indent) + "\n" for row in rows).encode(errors="replace")
    assert (kinds.packed(content), kinds.text(content), kinds.spans(content)) == (None, None, None)


def test_only_the_beginning_is_looked_at() -> None:
    """However large a file is: what stands behind its first bytes changes nothing."""
    content = json_lines(records() * 1000)
    assert len(content) > kinds.HEAD
    assert kinds.text(content) is kinds.text(content + b"[" * 1000) is None


# --- Ids ------------------------------------------------------------------------------------------------------------------

IDS = {
    "another name": (records(lang="swa"), "add --lang swa"),
    "a long name": (records(lang="my-system.v2"), "add --lang my-system.v2"),
    "upper case": (records(lang="TEST"), "add --lang TEST"),
    "from 1": (records(first=1), "count from 0, not from 1"),
    "from 1, another name": (records(lang="swa", first=1), "count from 0, not from 1"),
    "no zeros": (records("{}-{}"), "write test-00000 for the first sentence"),
    "six digits": (records("{}-{:06d}"), "write test-00000 for the first sentence"),
    "an underscore": (records("{}_{:05d}"), "write test-00000 for the first sentence"),
    "numbers alone": (records("{1}"), "write test-00000 for the first sentence"),
    "integers": ([row | {"id": number} for number, row in enumerate(records())], "write test-00000 for the first sentence"),
    "far too large": (records(first=700), "none of 3 ids"),
    "of a system's own": (records("{0}/{1}/doc"), "none of 3 ids"),
}


@pytest.mark.parametrize(("rows", "said"), IDS.values(), ids=list(IDS))
def test_ids_of_another_naming_are_one_finding(call: Any, rows: list[Any], said: str) -> None:
    code, out, err = call("score", "pred", "--gold", "test.txt", pred=json_lines(rows))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "pred: error: unknown-id: ids as '" in err
    assert said in err


def test_the_advice_of_another_name_can_be_followed(call: Any) -> None:
    code, out, _ = call("score", "pred", "--gold", "test.txt", "--lang", "swa", "--format", "json", pred=json_lines(records(lang="swa")))
    assert (code, json.loads(out)["results"][0]["lang"]) == (0, "swa")


def test_what_else_is_wrong_is_found_in_the_same_pass(call: Any) -> None:
    rows = records(lang="swa")
    rows[1]["tags"] = ["O"]
    _, _, err = call("score", "pred", "--gold", "test.txt", pred=json_lines(rows[:2]))
    assert "pred:2: error: wrong-number-of-tags: test-00001: expected 4 tags, got 1" in err
    assert "missing-id: no line for test-00002" in err


@pytest.mark.parametrize("name", ["swa-00001", "test-1", "TEST-00001", "1"])
def test_single_wrong_ids_are_named_by_line(call: Any, name: str) -> None:
    rows = records()
    rows[1]["id"] = name
    _, _, err = call("score", "pred", "--gold", "test.txt", pred=json_lines(rows))
    assert f"pred:2: error: unknown-id: id '{name}'" in err
    assert "missing-id: no line for test-00001" in err


def test_predictions_of_another_language_of_the_suite(call: Any) -> None:
    rows = [{"id": f"tr-{number:05d}", "tags": ["O"]} for number in range(60)]
    _, _, err = call("score", "pred", "--suite", "sample", "--lang", "de", pred=json_lines(rows))
    assert "predictions for tr; name that language (--lang tr)" in err
    assert err.count("\n") == 1


# --- Calls ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["score", "errors", "validate"])
@pytest.mark.parametrize("order", [("test.txt", "pred"), ("pred", "test.txt")])
def test_two_files(call: Any, verb: str, order: tuple[str, str]) -> None:
    for arguments in ((verb, *order), (verb, "--lang", "swa", *order), (verb, order[0], "--lang", "swa", order[1])):
        code, out, err = call(*arguments)
        assert (code, out) == (2, "")
        assert err == "boundarybench: two files: write pred --gold test.txt\n"


def test_two_files_of_one_kind(call: Any) -> None:
    code, _, err = call("score", "pred", "pred")
    assert (code, err) == (2, "boundarybench: two files: name the gold with an option: PREDICTIONS --gold GOLD\n")


def test_gold_and_predictions_the_wrong_way_round(call: Any) -> None:
    code, _, err = call("score", "test.txt", "--gold", "pred")
    assert code == 2
    assert "--gold pred: JSON, as predictions are; --gold names the gold: write pred --gold test.txt" in err
    code, _, err = call("score", "pred", "--gold", "pred")
    assert code == 2
    assert "--gold names the gold, a column file" in err


@pytest.mark.parametrize("arguments", [("score", "pred", "none"), ("score", "pred", "--gld", "test.txt"), ("languages", "pred")])
def test_other_arguments_are_unrecognised_as_before(call: Any, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        call(*arguments)
    assert caught.value.code == 2


# --- A folder of one suite ------------------------------------------------------------------------------------------------


def predict(path: Path, lang: str) -> None:
    """Predictions for a language of the sample suite: no entity."""
    gold = load("sample", lang)
    lengths = gold.lengths.tolist()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json_lines([{"id": name, "tags": ["O"] * length} for name, length in zip(gold.ids(), lengths, strict=True)]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for lang in ("de", "sw"):
        predict(tmp_path / "outputs" / f"{lang}.jsonl", lang)
    return tmp_path / "outputs"


@pytest.mark.parametrize("verb", ["score", "errors"])
def test_a_folder_of_languages_is_read_with_its_suite(call: Any, folder: Path, verb: str) -> None:
    code, out, _ = call(verb, "outputs", "--suite", "sample", "--format", "json")
    assert code == 0
    assert [result["lang"] for result in json.loads(out)["results"]] == ["de", "sw"]
    code, out, _ = call(verb, "outputs", "--suite", "sample", "--lang", "sw", "--format", "json")
    assert [result["lang"] for result in json.loads(out)["results"]] == ["sw"]


def test_it_gives_what_the_same_files_give_one_by_one(call: Any, folder: Path) -> None:
    _, together, _ = call("score", "outputs", "--suite", "sample", "--format", "json")
    _, alone, _ = call("score", "outputs/sw.jsonl", "--suite", "sample", "--lang", "sw", "--format", "json")
    assert json.loads(together)["results"][1] == json.loads(alone)["results"][0]


def test_it_is_validated_without_a_system_json_and_compared(call: Any, folder: Path) -> None:
    code, out, _ = call("validate", "outputs", "--suite", "sample")
    assert (code, out) == (0, "outputs: valid; 2 file(s), 0 finding(s)\n")
    for seed in ("1", "2"):
        predict(folder / "runs" / seed / "sw.jsonl", "sw")
    shutil.copytree("outputs", "copy")
    code, out, _ = call("compare", "outputs", "copy", "--suite", "sample", "--replicates", "100")
    assert code == 0
    assert "mean of its runs (2)" in out
    _, _, err = call("score", "outputs", "--suite", "sample")
    assert "2 run(s) under runs/ are left out" in err


def test_an_imported_suite_has_such_folders_too(call: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path / "home"))
    assert call("gold", "import", "test.txt", "--as", "mine", "--lang", "swa")[0] == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "swa.jsonl").write_bytes(json_lines(records(lang="swa")))
    code, out, _ = call("score", "mine", "--suite", "mine", "--format", "json")
    assert (code, json.loads(out)["results"][0]["suite"]) == (0, "mine")
    (tmp_path / "mine" / "xho.jsonl").write_bytes(b"")
    assert "suite mine has no language 'xho': choose from swa" in call("score", "mine", "--suite", "mine")[2]


def test_without_a_suite_its_name_is_asked_for(call: Any, folder: Path) -> None:
    for verb in ("score", "validate", "errors"):
        code, _, err = call(verb, "outputs")
        assert (code, "name the suite of the files with --suite" in err) == (2, True)
    code, _, err = call("score", "outputs", "--suite", "smaple")
    assert (code, "unknown suite 'smaple'" in err) == (2, True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("DE.jsonl", "unknown-language: suite sample has no language 'DE'"),
        ("deu.jsonl", "unknown-language: suite sample has no language 'deu': choose from am ar de"),
        ("test-de.jsonl", "unknown-language: suite sample has no language 'test-de'"),
        (
            "de.json",
            "unexpected-file: 'de.json' is no <lang>.jsonl; fix: move it elsewhere (allowed: <lang>.jsonl, runs/<seed>/<lang>.jsonl)\n",
        ),
        ("more/de.jsonl", "unexpected-file: 'more/de.jsonl' is no <lang>.jsonl"),
    ],
)
def test_a_name_that_is_no_language_is_a_finding(call: Any, folder: Path, name: str, said: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"")
    code, out, err = call("score", "outputs", "--suite", "sample")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert said in err


@pytest.mark.parametrize("add", ["system.json", "sample/de.jsonl"])
def test_a_submission_stays_a_submission(call: Any, folder: Path, add: str) -> None:
    (folder / add).parent.mkdir(exist_ok=True)
    (folder / add).write_bytes(b"{}")
    code, _, err = call("score", "outputs", "--suite", "sample")
    assert code == 1
    assert "'de.jsonl' is no part of a submission" in err
