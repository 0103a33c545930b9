"""Every command on a suite of a user's own, in a process of its own: what it takes, and what it says where it takes none."""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

GOLD = {
    "swa": "Ada B-PER\nLovelace I-PER\naliona O\nBath B-LOC\n\nHakuna O\nmtu O\n\nBBC B-ORG\nilisema O\njana B-DATE\n\n",
    "qaa": "# sent_id = n01\nOslo B-LOC\nsover O\n\n# sent_id = n02\nAda B-PER\nogså O\n\n",
}


class Done(NamedTuple):
    """What a command left: its exit code, and what it printed and said."""

    code: int
    out: str
    err: str


def call(*arguments: object) -> Done:
    command = [sys.executable, "-m", "boundarybench", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def predictions(path: Path, lang: str, *, wrong: bool = False) -> Path:
    """Predictions of `lang` that are right, or have no entity but the first token."""
    rows = [[line.split()[1] for line in block.split("\n") if line[:1] != "#"] for block in GOLD[lang].strip().split("\n\n")]
    if wrong:
        rows = [["B-PER", *["O"] * (len(row) - 1)] for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({"id": f"{lang}-{k:05d}", "tags": row}) + "\n" for k, row in enumerate(rows)))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The gold of two languages, kept as `mk-old`."""
    gold = tmp_path / "gold"
    for lang, text in GOLD.items():
        (gold / lang).mkdir(parents=True)
        (gold / lang / "test.txt").write_text(text, encoding="utf-8")
    done = call("gold", "import", gold, "--as", "mk-old")
    assert done.code == 0, done.err
    assert "mk-old/swa: 3 sentences, 9 tokens, entities DATE 1, LOC 1, ORG 1, PER 1\n" in done.out
    assert "types that count: PER ORG LOC\n" in done.out
    return gold


def test_listing_verifying_and_removing(folder: Path) -> None:
    rows = json.loads(call("gold", "list", "--format", "json").out)
    assert {row["set"]: (row["at_hand"], row["source"]) for row in rows if row["set"].startswith("mk-old")} == {
        f"mk-old/{lang}/test": ("imported", str(folder / lang / "test.txt")) for lang in GOLD
    }
    languages = json.loads(call("languages", "--suite", "mk-old", "--format", "json").out)
    assert [(row["lang"], row["pinned"], row["test_sentences"]) for row in languages] == [("qaa", False, 2), ("swa", False, 3)]
    assert "2 of 2 sets" in call("gold", "verify", "--suite", "mk-old").out
    assert "did you mean mk-old?" in call("languages", "--suite", "mk-odl").err
    assert call("gold", "remove", "mk-old", "--lang", "qaa") == (0, "mk-old/qaa: removed\n", "")
    assert call("gold", "remove", "mk-old") == (0, "mk-old: removed\n", "")
    again = call("gold", "remove", "mk-old")
    assert (again.code, again.err.startswith("boundarybench: unknown suite 'mk-old'")) == (2, True)


def test_one_file_a_folder_and_a_folder_as_of_a_submission(folder: Path, tmp_path: Path) -> None:
    system = tmp_path / "system"
    for lang in GOLD:
        predictions(system / "mk-old" / f"{lang}.jsonl", lang)
    one = call("score", system / "mk-old" / "swa.jsonl", "--suite", "mk-old", "--lang", "swa", "--format", "json")
    whole = call("score", system / "mk-old", "--suite", "mk-old", "--format", "json")
    both = call("score", system, "--format", "json")
    assert [done.code for done in (one, whole, both)] == [0, 0, 0], whole.err
    assert json.loads(both.out) == json.loads(whole.out)
    report = json.loads(whole.out)
    assert json.loads(one.out)["results"] == [report["results"][1]]
    assert "overall" not in report
    mean = report["means"]["mk-old"]
    assert (mean["languages"], mean["complete"], mean["missing_languages"]) == (["qaa", "swa"], False, [])
    assert not any(result["pinned"] for result in report["results"])
    assert all("|suite:mk-old|gold:" in signature for signature in [mean["signature"], *(row["signature"] for row in report["results"])])
    assert [row["boundary"]["precision"] for row in report["results"]] == [1, 1]


def test_beside_a_suite_of_the_package(folder: Path, tmp_path: Path) -> None:
    system = tmp_path / "example-perfect"
    example = Path(__file__).resolve().parents[2] / "submissions" / "example-perfect"
    (system / "sample").mkdir(parents=True)
    (system / "system.json").write_bytes((example / "system.json").read_bytes())
    (system / "sample" / "sw.jsonl").write_bytes((example / "sample" / "sw.jsonl").read_bytes())
    predictions(system / "mk-old" / "swa.jsonl", "swa")
    validated = call("validate", system, "--format", "json")
    assert validated.code == 0, validated.out
    assert [(found["code"], found["message"]) for found in json.loads(validated.out)["findings"]] == [
        ("own-suite", "mk-old is a suite of your own"),
        ("type-not-scored", "spans that do not count: gold DATE 1; predicted DATE 1; scored: PER, ORG, LOC"),
    ]
    report = json.loads(call("score", system, "--format", "json").out)
    assert list(report["means"]) == ["sample", "mk-old"]
    where = ("--submissions", tmp_path, "--results", tmp_path.parent / f"{tmp_path.name}-results")
    board = call("leaderboard", "--output", tmp_path / "board.md", *where)
    assert board.code == 1
    assert "'mk-old/swa.jsonl' is no part of a submission: 'mk-old' is none of its suites, " in board.err


def test_families_and_site_show_what_the_board_refuses(folder: Path, tmp_path: Path) -> None:
    """Two systems of two families on a suite of one's own: a pair with its differences, and a page without ranks."""
    example = Path(__file__).resolve().parents[2] / "submissions" / "example-perfect"
    place = tmp_path / "systems"
    for name, family in (("one", "model-transfer"), ("two", "annotation-projection")):
        said = json.loads((example / "system.json").read_text(encoding="utf-8"))
        projected = {"translation_model": "t", "aligner": "a", "projection_on": "test"} if family != "model-transfer" else {}
        said |= {"name": name, "family": family, "gold": {}, "facets": said["facets"] | projected}
        (place / name).mkdir(parents=True)
        (place / name / "system.json").write_text(json.dumps(said))
        for lang in GOLD:
            predictions(place / name / "mk-old" / f"{lang}.jsonl", lang)
    where = ("--submissions", place, "--results", tmp_path / "none")
    families = call("families", *where)
    assert families.code == 0, families.err
    assert "Envelope, mk-old" in families.out
    site = call("site", "--out", tmp_path / "site", *where)
    assert site.code == 0, site.err
    page = (tmp_path / "site" / "mk-old.html").read_text(encoding="utf-8")
    assert "this suite has no ranks" in page


def test_comparing_and_errors(folder: Path, tmp_path: Path) -> None:
    for lang in GOLD:
        predictions(tmp_path / "a" / f"{lang}.jsonl", lang, wrong=True)
        predictions(tmp_path / "b" / f"{lang}.jsonl", lang)
    compared = call("compare", tmp_path / "a", tmp_path / "b", "--suite", "mk-old", "--format", "json")
    assert compared.code == 0, compared.err
    assert "suite:mk-old" in compared.out
    shown = call("errors", tmp_path / "a", "--suite", "mk-old")
    assert shown.code == 0, shown.err
    assert "swa-00000" in shown.out


def test_running_converting_and_what_own_suites_are_not_for(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "trivial-short-sentences"
    ran = call("run", "trivial-short-sentences", "--suite", "mk-old", "--out", out, "--stages", tmp_path / "stages")
    assert ran.code == 0, ran.err
    assert sorted(path.name for path in (out / "mk-old").iterdir()) == ["qaa.jsonl", "swa.jsonl"]
    validated = call("validate", out)
    assert validated.code == 0, validated.out
    assert "own-suite: mk-old is a suite of your own" in validated.out
    converted = call("convert", "--from", "jsonl", "--to", "conll", "--suite", "mk-old", "--lang", "swa", out / "mk-old" / "swa.jsonl")
    assert (converted.code, converted.out.split()[0]) == (0, "Ada")
    started = call("init-submission", "mine", "--suite", "mk-old", "--folder", tmp_path / "submissions")
    assert (started.code, started.err) == (2, "boundarybench: mk-old is a suite of your own: it is scored, and never submitted\n")
    trained = call("train", "--model", "crf", "--train", "mk-old/swa", "-o", tmp_path / "model")
    assert (trained.code, "mk-old/swa/train: this suite has no train split" in trained.err) == (2, True)


@pytest.mark.parametrize("names", [["n02"], ["qaa-00001"]])
def test_sentences_by_the_names_of_their_source(folder: Path, tmp_path: Path, names: list[str]) -> None:
    path, ids = predictions(tmp_path / "qaa.jsonl", "qaa"), tmp_path / "ids.txt"
    ids.write_text("\n".join(names))
    done = call("score", path, "--suite", "mk-old", "--lang", "qaa", "--ids", ids, "--format", "json")
    assert done.code == 0, done.err
    (result,) = json.loads(done.out)["results"]
    assert (result["partial"], result["sentences"], result["gold"]) == (True, 1, 1)
    ids.write_text("n02\nn03\n")
    refused = call("score", path, "--suite", "mk-old", "--lang", "qaa", "--ids", ids)
    assert (refused.code, "unknown-id: 'n03': in no scored test set" in refused.err) == (1, True)


def test_types_of_another_corpus(tmp_path: Path) -> None:
    gold, path = tmp_path / "gold.conll", predictions(tmp_path / "qab.jsonl", "qaa")
    gold.write_text("Oslo B-ety\nsover O\n\nAda B-PERSON\nogså O\n\n", encoding="utf-8")
    path.write_text(path.read_text().replace("qaa-", "qab-").replace("B-LOC", "B-ety").replace("B-PER", "B-PERSON"))
    imported = call("gold", "import", gold, "--as", "other", "--lang", "qab")
    assert (imported.code, "no entity of qab is of a type that counts: choose others with --types" in imported.err) == (0, True)
    refused = call("score", path, "--suite", "other", "--lang", "qab")
    assert (refused.code, "no-scored-type" in refused.err) == (1, True)
    imported = call("gold", "import", gold, "--as", "other", "--lang", "qab", "--types", "ety", "PERSON")
    assert (imported.code, imported.err) == (0, "")
    done = call("score", path, "--suite", "other", "--lang", "qab", "--format", "json")
    assert done.code == 0, done.err
    (result,) = json.loads(done.out)["results"]
    assert (result["gold"], "|types:PERSON+ety|" in result["signature"]) == (2, True)
