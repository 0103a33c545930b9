"""Older copies of gold, scored by name; and files made for other gold than they are held against."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from golds import SENTENCES, columns

from boundarybench.cli.main import main
from boundarybench.errors import UsageError
from boundarybench.gold.load import check_key, load
from boundarybench.gold.model import Gold
from boundarybench.gold.pinning import compare
from boundarybench.spans import offsets
from boundarybench.submission import fits
from boundarybench.suites.manifests import packaged

LANGUAGES = [code for code in packaged()["masakhaner2"].codes if code != "luo"]
UNCHANGED = ("ewe", "ibo", "kin", "mos", "pcm")
#: As many tokens as today in every sentence, some of them others.
OTHER_WORDS = ("bbj", "nya")
RETOKENISED = [code for code in LANGUAGES if code not in UNCHANGED]
REAL = ["--suite", "masakhaner2", "--gold-version", "2022-04"]

MANIFEST = """
schema = 1
title = "Invented weather reports"
domains = ["weather"]
licence = "CC BY 4.0"
types = ["PER", "ORG", "LOC"]
splits = ["dev", "test"]
source.mirror = "weather/{lang}/{split}.txt"

[versions.old]
title = "Before somebody split the hyphens"
source.mirror = "weather-old/{lang}.{split}"
lacks = ["zul"]

[languages]
swa = { name = "Swahili" }
yor = { name = "Yoruba" }
zul = { name = "isiZulu" }
"""
#: Every set has other numbers of tokens.
SWA = SENTENCES
OLD = [(tokens[:-1], tags[:-1]) for tokens, tags in SENTENCES]
DEV, YOR, ZUL = ([*SENTENCES, *SENTENCES[:number]] for number in (1, 2, 3))


@pytest.fixture
def weather(tmp_path, monkeypatch):
    """A suite of one's own with an older copy, all of it pinned; the folder of its predictions is returned."""
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BOUNDARYBENCH_DATA", str(tmp_path / "mirror"))
    files = {
        "home/suites/weather/suite.toml": MANIFEST,
        "mirror/weather/swa/test.txt": columns(SWA),
        "mirror/weather/swa/dev.txt": columns(DEV),
        "mirror/weather/yor/test.txt": columns(YOR),
        "mirror/weather/zul/test.txt": columns(ZUL),
        "mirror/weather-old/swa.test": columns(OLD),
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert main(["gold", "pin", "--suite", "weather", "--source", "invented"]) == 0
    (tmp_path / "predictions").mkdir()
    return tmp_path / "predictions"


def write(path: Path, sentences, lang="swa") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = ({"id": f"{lang}-{index:05d}", "tags": list(tags)} for index, (_, tags) in enumerate(sentences))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def run(capsys, *arguments):
    """Exit code, standard output and the messages of a command."""
    capsys.readouterr()
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err.splitlines()


def score(capsys, path, *options, lang="swa"):
    return run(capsys, "score", path, "--suite", "weather", "--lang", lang, *options)


def test_an_older_copy_is_scored_by_name_and_never_ranks(weather, capsys):
    code, out, _ = score(capsys, write(weather / "swa.jsonl", OLD), "--gold-version", "old", "--format", "json")
    report = json.loads(out)
    (result,), mean = report["results"], report["means"]["weather"]
    assert code == 0
    assert (result["gold_version"], result["pinned"], result["boundary"]["f1"]) == ("old", False, 1.0)
    assert "|suite:weather@old|" in result["signature"]
    assert "|suite:weather@old|" in mean["signature"]
    assert (mean["complete"], mean["missing_languages"]) == (False, ["yor"])


def test_todays_gold_has_no_version(weather, capsys):
    _, out, _ = score(capsys, write(weather / "swa.jsonl", SWA), "--format", "json")
    assert "gold_version" not in json.loads(out)["results"][0]


@pytest.mark.parametrize("command", [["score"], ["errors"], ["compare"], ["compare", "--format", "md"]])
def test_tables_say_that_gold_is_older(weather, capsys, command):
    path = write(weather / "swa.jsonl", OLD)
    paths = [path, *([write(weather / "other.jsonl", OLD)] if command[0] == "compare" else [])]
    code, out, _ = run(capsys, *command, *paths, "--suite", "weather", "--lang", "swa", "--gold-version", "old")
    assert code == 0
    assert "gold as of old, an older copy: unranked" in out
    assert "not pinned" not in out
    assert "|suite:weather@old|" in out


@pytest.mark.parametrize("command", ["errors", "compare"])
def test_reports_carry_the_version(weather, capsys, command):
    path = write(weather / "swa.jsonl", OLD)
    paths = [path, *([write(weather / "other.jsonl", OLD)] if command == "compare" else [])]
    _, out, _ = run(capsys, command, *paths, "--suite", "weather", "--lang", "swa", "--gold-version", "old", "--format", "json")
    report = json.loads(out)
    assert (report["systems"][0] if command == "compare" else report)["results"][0]["gold_version"] == "old"


def test_a_file_is_validated_against_an_older_copy(weather, capsys):
    path = write(weather / "swa.jsonl", OLD)
    assert run(capsys, "validate", path, "--suite", "weather", "--lang", "swa")[0] == 1
    assert run(capsys, "validate", path, "--suite", "weather", "--lang", "swa", "--gold-version", "old")[0] == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--suite", "weather", "--lang", "zul", "--gold-version", "old"], "suite weather as of old has no zul"),
        (
            ["--suite", "weather", "--lang", "swa", "--gold-version", "older"],
            "unknown gold version 'older' of suite weather: choose from old",
        ),
        (["--suite", "sample", "--lang", "sw", "--gold-version", "old"], "unknown gold version 'old' of suite sample: it has none"),
        (["--gold", "GOLD", "--gold-version", "old"], "--gold-version goes with --suite"),
    ],
)
def test_a_version_that_there_is_not(weather, capsys, options, said):
    path = write(weather / "swa.jsonl", OLD)
    gold = weather.parent / "mirror" / "weather" / "swa" / "test.txt"
    code, _, (line,) = run(capsys, "score", path, *(str(gold) if option == "GOLD" else option for option in options))
    assert code == 2
    assert said in line


def test_of_a_submission_the_suites_that_have_the_version_are_scored(weather, capsys):
    write(weather / "weather" / "swa.jsonl", OLD)
    write(weather / "sample" / "sw.jsonl", SWA, "sw")
    code, out, _ = run(capsys, "score", str(weather), "--gold-version", "old", "--format", "json")
    assert code == 0
    assert [(row["suite"], row["gold_version"]) for row in json.loads(out)["results"]] == [("weather", "old")]
    write(weather / "weather" / "zul.jsonl", ZUL, "zul")
    code, _, (line,) = run(capsys, "score", str(weather), "--gold-version", "old")
    assert (code, "suite weather as of old has no zul" in line) == (2, True)


def test_a_folder_without_a_suite_that_has_the_version(weather, capsys):
    write(weather / "sample" / "sw.jsonl", SWA, "sw")
    code, _, (line,) = run(capsys, "score", str(weather), "--gold-version", "old")
    assert (code, line) == (2, f"boundarybench: {weather}: no prediction file for --gold-version old")


def test_only_a_chosen_older_copy_is_fetched_or_verified_alone(weather, capsys):
    assert "weather/swa/test@old: 4 sentences" in run(capsys, "gold", "fetch", "--suite", "weather", "--gold-version", "old")[1]
    assert "@old" not in run(capsys, "gold", "fetch", "--suite", "weather", "--lang", "swa")[1]
    assert run(capsys, "gold", "verify", "--suite", "weather", "--gold-version", "old")[1] == "1 of 1 sets at hand are the pinned ones\n"
    assert run(capsys, "gold", "list", "--suite", "weather", "--gold-version", "young")[0] == 2


@pytest.mark.parametrize(
    ("made_for", "lang", "said"),
    [
        (OLD, "swa", "fits weather/swa as of old exactly, in all 4 sentences; fix: --gold-version old (unranked)"),
        (DEV, "swa", "fits weather/swa (dev split) exactly, in all 5 sentences; fix: predict the test split"),
        (YOR, "swa", "fits weather/yor exactly, in all 6 sentences; fix: --lang yor"),
        (OLD, "yor", "fits weather/swa as of old exactly, in all 4 sentences; fix: --lang swa --gold-version old"),
    ],
)
def test_a_file_made_for_other_gold_is_told_once(weather, capsys, made_for, lang, said):
    code, _, (line,) = score(capsys, write(weather / "pred.jsonl", made_for, lang), lang=lang)
    assert code == 1
    assert f": error: other-gold: {said}" in line


def test_a_file_made_for_todays_gold_is_told_so(weather, capsys):
    code, _, (line,) = score(capsys, write(weather / "swa.jsonl", SWA), "--gold-version", "old")
    assert code == 1
    assert line.endswith("fits weather/swa exactly, in all 4 sentences; fix: leave --gold-version out")


def test_the_order_of_lines_does_not_matter(weather, capsys):
    path = Path(write(weather / "swa.jsonl", OLD))
    path.write_text("".join(reversed(path.read_text().splitlines(keepends=True))))
    assert "other-gold" in score(capsys, str(path))[2][0]


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:-1],
        lambda lines: [*lines[:-1], lines[-1].replace("]", ', "O"]')],
        lambda lines: [*lines[:-1], lines[0]],
        lambda lines: [*lines[:-1], "{\n"],
        lambda lines: [lines[0].replace("swa-00000", "swa-00009"), *lines[1:]],
    ],
    ids=["a line less", "a tag more", "a line twice", "a broken line", "another id"],
)
def test_a_file_that_fits_nothing_exactly_gets_its_own_findings(weather, capsys, change):
    path = Path(write(weather / "swa.jsonl", OLD))
    path.write_text("".join(change(path.read_text().splitlines(keepends=True))))
    code, _, lines = score(capsys, str(path))
    assert code == 1
    assert not any("other-gold" in line for line in lines)
    assert any("wrong-number-of-tags" in line for line in lines)


def test_a_wrong_tag_in_a_file_that_fits_its_gold_is_its_only_finding(weather, capsys):
    path = Path(write(weather / "swa.jsonl", SWA))
    path.write_text(path.read_text().replace("B-LOC", "B-MISC", 1))
    _, _, (line,) = score(capsys, str(path))
    assert ": error: unknown-tag: " in line


@pytest.mark.parametrize("other", ["tokens", "none"])
def test_as_many_tokens_and_other_ones_are_told_by_the_tokens(weather, capsys, other):
    respelt = [([f"{token}." for token in tokens], tags) for tokens, tags in SWA]
    (weather.parent / "mirror" / "weather-old" / "swa.test").write_text(columns(respelt), encoding="utf-8")
    assert main(["gold", "pin", "--suite", "weather", "--source", "invented"]) == 0
    path = Path(write(weather / "swa.jsonl", SWA))
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    written = [row | ({"tokens": tokens} if other == "tokens" else {}) for row, (tokens, _) in zip(rows, respelt, strict=True)]
    path.write_text("".join(json.dumps(row) + "\n" for row in written))
    code, _, lines = score(capsys, str(path))
    assert (code, len(lines)) == ((1, 1) if other == "tokens" else (0, 0))
    assert all("other-gold: fits weather/swa as of old exactly" in line for line in lines)


def test_convert_tells_of_an_older_copy(weather, capsys):
    path = weather / "swa.conll"
    path.write_text(columns(OLD), encoding="utf-8")
    command = ["convert", "--from", "conll", "--to", "jsonl", "--suite", "weather", "--lang", "swa", str(path)]
    code, out, (line,) = run(capsys, *command)
    assert (code, out) == (1, "")
    assert ": error: other-gold: fits weather/swa as of old exactly, in all " in line
    assert run(capsys, *command, "--gold-version", "old")[0] == 0


# The real copy of April 2022, and the predictions that were made for it.


def test_what_the_copy_of_april_2022_lacks():
    with pytest.raises(UsageError, match="suite masakhaner2 as of 2022-04 has no luo"):
        check_key("masakhaner2", "luo", version="2022-04")


def sentences(gold: Gold) -> list[list[str]]:
    words, first = gold.token_list() or [], offsets(gold.lengths).tolist()
    return [words[a:b] for a, b in pairwise(first)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_copy_of_april_2022_is_pinned_and_told_from_todays_where_tokens_differ(data, lang):
    old, today = load("masakhaner2", lang, version="2022-04"), load("masakhaner2", lang)
    assert compare(old) == ("ok", "")
    assert not old.pinned
    found = fits.of_sentences(old.lengths.tolist(), sentences(old), today)
    assert (found is None) == (old.tokens == today.tokens) == (lang in UNCHANGED)
    if found:
        assert f"masakhaner2/{lang} as of 2022-04 exactly, in all " in found.message


@pytest.mark.parametrize("model", ["mdeberta", "xlmrlarge"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_official_figures_come_out_by_the_name_of_the_copy(data, tmp_path, lang, model):
    folder = data / "predictions" / "masakhaner2" / f"{lang}_{model}"
    jsonl, scores = str(tmp_path / "pred.jsonl"), tmp_path / "scores.json"
    where = [*REAL, "--lang", lang]
    assert main(["convert", "--from", "conll", "--to", "jsonl", *where, str(folder / "test_predictions1.txt"), "-o", jsonl]) == 0
    assert main(["score", jsonl, *where, "--types", "all", "--format", "json", "-o", str(scores)]) == 0
    figures = re.findall(r"^(f1|precision|recall) = (\S+)$", (folder / "test_result1.txt").read_text(), re.MULTILINE)
    assert len(figures) == 3
    typed = json.loads(scores.read_text())["results"][0]["typed"]
    assert typed == pytest.approx({name: float(value) for name, value in figures}, abs=1e-9)


@pytest.mark.parametrize("lang", RETOKENISED)
def test_predictions_for_the_copy_of_april_2022_are_told_by_one_finding(data, tmp_path, capsys, lang):
    source = data / "predictions" / "masakhaner2" / f"{lang}_mdeberta" / "test_predictions1.txt"
    jsonl = str(tmp_path / "pred.jsonl")
    convert = ["convert", "--from", "conll", "--to", "jsonl", "--suite", "masakhaner2", "--lang", lang, str(source), "-o", jsonl]
    said = f"error: other-gold: fits masakhaner2/{lang} as of 2022-04 exactly, in all "
    code, _, (line,) = run(capsys, *convert)
    assert (code, said in line) == (1, True)
    assert main([*convert, "--gold-version", "2022-04"]) == 0
    if lang not in OTHER_WORDS:  # without tokens they fit today's gold
        code, _, (line,) = run(capsys, "score", jsonl, "--suite", "masakhaner2", "--lang", lang)
        assert (code, said in line) == (1, True)
