"""A user's own suites: importing, changing and removing them, and what stays of a manifest that a user wrote."""

import json
import logging
import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from boundarybench.errors import DataError, NotWritten, UsageError
from boundarybench.gold import importing
from boundarybench.gold.load import at_hand, check_key, copy_at_hand, load, suite_of
from boundarybench.gold.own import from_file
from boundarybench.report import measure
from boundarybench.selection import Selection, selection
from boundarybench.submission.prediction import of_tags
from boundarybench.suites import manifests
from boundarybench.suites.pins import pins

TEXT = "Ada B-PER\nLovelace I-PER\nsaw O\nBath B-LOC\n\nNobody O\ncame O\n\n"


def column_file(path: Path, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def keep(tmp_path: Path, *langs: str, name: str = "mine", types: list[str] | str | None = None) -> None:
    importing.import_files({lang: column_file(tmp_path / f"{lang}.conll") for lang in langs}, name, types=types)


def broken(name: str = "mine") -> Path:
    """Spoil the manifest of a suite."""
    path = manifests.own_folder() / name / manifests.MANIFEST
    path.write_text(path.read_text() + "\nnot = [")
    return path


@pytest.mark.parametrize(
    ("path", "lang"),
    [
        ("swa.conll", "swa"),
        ("test-de.tsv", "de"),
        ("test.de.conll", "de"),
        ("de-test.iob2", "de"),
        ("de_pud-ud-test.iob2", "de"),
        ("de-europarl.test.conll02", "de"),
        ("yor/test.txt", "yor"),
        ("yor/test.conllu", "yor"),
    ],
)
def test_the_language_of_a_file_in_a_folder(tmp_path: Path, path: str, lang: str) -> None:
    column_file(tmp_path / path)
    assert importing.files_of(tmp_path, None) == {lang: tmp_path / path}
    assert importing.files_of(tmp_path, [lang]) == {lang: tmp_path / path}


@pytest.mark.parametrize("path", ["de-train.conll", "dev.de.conll", "de.dev.tsv", "de/train.txt", "de.json", "README.md", "a/b/test.txt"])
def test_other_files_of_a_folder_are_no_gold(tmp_path: Path, path: str, caplog: pytest.LogCaptureFixture) -> None:
    column_file(tmp_path / path)
    with pytest.raises(UsageError, match=r"no file is called <lang>\.conll"):
        importing.files_of(tmp_path, None)
    column_file(tmp_path / "qaa.conll")
    assert list(importing.files_of(tmp_path, None)) == ["qaa"]
    assert not caplog.records


def test_a_file_that_nobody_can_tell_the_language_of_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(7):
        column_file(tmp_path / f"german{number}.conll")
    column_file(tmp_path / "qaa.conll")
    assert list(importing.files_of(tmp_path, None)) == ["qaa"]
    assert "left out german0.conll, german1.conll" in caplog.text
    assert "german4.conll and 2 more: not called <lang>.conll" in caplog.text


def test_two_files_of_a_language_and_one_that_is_not_there(tmp_path: Path) -> None:
    column_file(tmp_path / "de.conll")
    with pytest.raises(UsageError, match=r"no file of fr; expected <lang>\.conll"):
        importing.files_of(tmp_path, ["de", "fr"])
    column_file(tmp_path / "de" / "test.txt")
    with pytest.raises(UsageError, match="two files of de; import one by its path"):
        importing.files_of(tmp_path, None)


def test_an_import_is_a_suite_like_any_other(tmp_path: Path) -> None:
    keep(tmp_path, "sw", "qaa")
    suite = suite_of("mine")
    assert (suite.packaged, suite.ranked, suite.scored, suite.codes) == (False, False, ("PER", "ORG", "LOC"), ("sw", "qaa"))
    assert [(language.name, language.script) for language in suite.languages] == [("Swahili", "Latn"), ("qaa", "")]
    gold = load("mine", "qaa")
    assert gold.entities() == {"LOC": 1, "PER": 1}
    assert not gold.pinned
    pin = pins(suite)["qaa/test"]
    assert (pin.source, pin.structure, pin.sentences) == (str((tmp_path / "qaa.conll").resolve()), gold.structure, 2)


def test_one_file_may_be_the_gold_of_two_languages(tmp_path: Path) -> None:
    path = column_file(tmp_path / "a.conll")
    assert [gold.lang for gold in importing.import_files({"qaa": path, "qab": path}, "mine")] == ["qaa", "qab"]
    assert suite_of("mine").codes == ("qaa", "qab")


def test_a_second_import_adds_languages_and_replaces_those_of_the_same_name(tmp_path: Path) -> None:
    keep(tmp_path, "qaa")
    importing.import_files({"qab": column_file(tmp_path / "b.conll", "Oslo B-city\n\n")}, "mine", types=["city", "LOC", "PER"])
    assert suite_of("mine").scored == ("PER", "LOC", "city")
    keep(tmp_path, "qac")
    assert (suite_of("mine").codes, suite_of("mine").scored) == (("qaa", "qab", "qac"), ("PER", "LOC", "city"))
    importing.import_files({"qaa": column_file(tmp_path / "b.conll", "Rom B-LOC\n\n")}, "mine")
    assert load("mine", "qaa").sentences == 1
    assert pins(suite_of("mine"))["qaa/test"].tokens == 1
    assert load("mine", "qac").sentences == 2


def test_all_types_are_those_of_every_language(tmp_path: Path) -> None:
    keep(tmp_path, "qaa")
    importing.import_files({"qab": column_file(tmp_path / "b.conll", "Oslo B-city\n\n")}, "mine", types="all")
    assert suite_of("mine").scored == ("PER", "LOC", "city")


def test_what_a_user_wrote_in_the_manifest_stays(tmp_path: Path) -> None:
    keep(tmp_path, "qaa", "qab")
    path = manifests.own_folder() / "mine" / manifests.MANIFEST
    facts = tomllib.loads(path.read_text())
    facts |= {"title": "My own, “quoted”", "licence": "CC0", "sentences": {"order": "shuffled"}, "read": {"tag_column": -1}}
    facts["languages"]["qaa"] = {"name": "A language", "headline": False}
    path.write_text(tomli_w.dumps(facts))
    before = suite_of("mine")
    keep(tmp_path, "qaa", "qac")
    importing.remove("mine", ["qac"])
    assert suite_of("mine") == before


def test_all_findings_of_all_files_and_nothing_is_kept(tmp_path: Path) -> None:
    files = {"qaa": column_file(tmp_path / "a.conll")}
    files |= {lang: column_file(tmp_path / f"{lang}.conll", "Ada B-PER\nLovelace IPER\n\n") for lang in ("qab", "qac")}
    with pytest.raises(DataError) as error:
        importing.import_files(files, "mine")
    assert [line.partition(": ")[0] for line in str(error.value).split("\n")] == [f"{files[lang]}:2" for lang in ("qab", "qac")]
    with pytest.raises(UsageError, match="unknown suite"):
        suite_of("mine")
    keep(tmp_path, "qad")
    before = sorted((path.name, path.read_bytes()) for path in (manifests.own_folder() / "mine").iterdir())
    with pytest.raises(DataError):
        importing.import_files(files, "mine")
    assert sorted((path.name, path.read_bytes()) for path in (manifests.own_folder() / "mine").iterdir()) == before


@pytest.mark.parametrize("name", ["xtreme", "sample", "file", "overall", "runs", "Mine", "..", "a/b", "", "-x", "x" * 65])
def test_names_that_no_suite_may_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="--as"):
        keep(tmp_path, "qaa", name=name)


def test_a_code_that_no_language_may_have(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--lang 'pt-BR'"):
        importing.import_files({"pt-BR": column_file(tmp_path / "a.conll")}, "mine")


def test_a_copy_has_the_types_of_its_suite_and_says_whose_it_is() -> None:
    importing.import_copy(check_key("sample", "sw"), "mine")
    suite = suite_of("mine")
    assert suite.title == "mine: a copy of " + suite_of("sample").title
    assert (suite.licence, suite.scored) == (suite_of("sample").licence, suite_of("sample").scored)
    assert pins(suite)["sw/test"].source == "a copy of sample/sw/test"
    assert load("mine", "sw").structure == load("sample", "sw").structure


def test_removing_languages_and_then_the_rest(tmp_path: Path) -> None:
    keep(tmp_path, "qaa", "qab", "qac")
    assert importing.remove("mine", ["qab"]) == ["mine/qab"]
    assert suite_of("mine").codes == ("qaa", "qac")
    assert sorted(pins(suite_of("mine"))) == ["qaa/test", "qac/test"]
    assert not (manifests.own_folder() / "mine" / "qab.gold").exists()
    with pytest.raises(UsageError, match="suite mine has no qab: choose from qaa qac"):
        importing.remove("mine", ["qaa", "qab"])
    assert importing.remove("mine", ["qaa", "qac"]) == ["mine"]
    with pytest.raises(UsageError, match="unknown suite 'mine'"):
        importing.remove("mine")


@pytest.mark.parametrize("name", ["xtreme", "..", "../suites", "", "."])
def test_what_cannot_be_removed(tmp_path: Path, name: str) -> None:
    keep(tmp_path, "qaa")
    with pytest.raises(UsageError):
        importing.remove(name)
    assert load("mine", "qaa").sentences == 2


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path) -> None:
    keep(tmp_path, "qaa")
    folder = manifests.own_folder() / "mine"
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    keep(tmp_path, "qab")
    assert folder.is_symlink()
    assert importing.remove("mine") == ["mine"]
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == ["pins.json", "qaa.gold", "qab.gold", "suite.toml"]


def test_a_broken_manifest_stops_only_its_own_suite(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keep(tmp_path, "qaa")
    keep(tmp_path, "qaa", name="other")
    path = broken()
    for call in (
        lambda: load("mine", "qaa"),
        lambda: keep(tmp_path, "qab"),
        lambda: importing.remove("mine", ["qaa"]),
    ):
        with pytest.raises(DataError, match=r"not-toml: .*remove the suite \(`boundarybench gold remove mine`\) or mend the file"):
            call()
    assert list(manifests.own()) == ["other"]
    assert f"{path}: not-toml" in caplog.text
    assert load("other", "qaa").sentences == 2
    assert importing.remove("mine") == ["mine"]


def test_a_folder_without_a_manifest_as_earlier_versions_left_it(tmp_path: Path) -> None:
    column_file(manifests.own_folder() / "mine" / "qaa.gold", "old")
    for call in (lambda: load("mine", "qaa"), lambda: keep(tmp_path, "qab")):
        with pytest.raises(UsageError, match=r"no manifest of a suite .*gold remove mine.* and import its gold again"):
            call()
    assert importing.remove("mine") == ["mine"]
    keep(tmp_path, "qab")


def test_a_change_that_would_break_the_manifest_is_refused(tmp_path: Path) -> None:
    keep(tmp_path, "qaa", "qab")
    path = manifests.own_folder() / "mine" / manifests.MANIFEST
    path.write_text('parallel = "qab"\n' + path.read_text())
    with pytest.raises(DataError, match="parallel: no language 'qab'"):
        importing.remove("mine", ["qab"])
    assert suite_of("mine").codes == ("qaa", "qab")
    assert load("mine", "qab").sentences == 2


def test_a_closed_set_of_types_that_the_gold_does_not_keep_to(tmp_path: Path) -> None:
    keep(tmp_path, "qaa")
    path = manifests.own_folder() / "mine" / manifests.MANIFEST
    facts = tomllib.loads(path.read_text())
    path.write_text(tomli_w.dumps(facts | {"types": ["PER", "ORG", "LOC"]}))
    gold = load("mine", "qaa")
    prediction = of_tags([["B-PER", "I-PER", "O", "B-LOC"], ["O", "O"]], gold)
    assert prediction.types == ("PER", "ORG", "LOC")  # the gold's are in another order
    assert measure(gold, prediction, Selection()).as_json()["typed"]["precision"] == 1
    path.write_text(tomli_w.dumps(facts | {"types": ["PER"], "scored": ["PER"]}))
    with pytest.raises(DataError, match=r"mine/qaa: unknown-tag: gold has LOC, which `types` in .*suite.toml does not list"):
        load("mine", "qaa")


def test_damaged_gold_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keep(tmp_path, "qaa")
    (manifests.own_folder() / "mine" / "qaa.gold").write_bytes(b"half")
    with pytest.raises(DataError, match=r"qaa.gold: damaged; import the suite again"):
        load("mine", "qaa")


def test_a_home_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(column_file(tmp_path / "a-file")))
    with pytest.raises(NotWritten, match="BOUNDARYBENCH_HOME names the place"):
        keep(tmp_path, "qaa")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_is_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(home))
    with pytest.raises(NotWritten, match="BOUNDARYBENCH_HOME names the place"):
        keep(tmp_path, "qaa")


def test_an_interruption_leaves_the_suite_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tmp_path, "qaa")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(importing.cache, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            keep(tmp_path, "qab", "qac")
    assert suite_of("mine").codes == ("qaa",)
    assert sorted(path.name for path in (manifests.own_folder() / "mine").iterdir()) == ["pins.json", "qaa.gold", "suite.toml"]
    assert [path.name for path in manifests.own_folder().iterdir() if path.is_dir()] == ["mine"]


def test_imports_at_once_all_count(tmp_path: Path) -> None:
    langs = [f"qa{letter}" for letter in "abcdefgh"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda lang: keep(tmp_path, lang), langs))
    assert sorted(suite_of("mine").codes) == langs
    assert all(load("mine", lang).sentences == 2 for lang in langs)


def test_an_unknown_suite_is_guessed(tmp_path: Path) -> None:
    keep(tmp_path, "qaa", name="my-corpus")
    with pytest.raises(UsageError, match=r"unknown suite 'my-corpsu': did you mean my-corpus\? choose from .*my-corpus"):
        suite_of("my-corpsu")
    with pytest.raises(UsageError, match="unknown suite 'zzz': choose from"):
        suite_of("zzz")


def test_only_test_sets_are_kept(tmp_path: Path) -> None:
    keep(tmp_path, "qaa")
    assert copy_at_hand(check_key("mine", "qaa", "train")) is None


TAGS = st.lists(st.lists(st.sampled_from(["O", "B-PER", "I-PER", "B-geo", "I-geo"]), min_size=1, max_size=5), min_size=1, max_size=6)


@settings(max_examples=40)
@given(data=st.data(), tags=TAGS.filter(lambda tags: any("PER" in tag for row in tags for tag in row)), chosen=st.booleans())
def test_figures_are_those_of_the_file_under_the_same_types(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, tags: list[list[str]], chosen: bool
) -> None:
    path = tmp_path_factory.mktemp("gold") / "qaa.conll"
    column_file(path, "".join("".join(f"w{k} {tag}\n" for k, tag in enumerate(row)) + "\n" for row in tags))
    types = ["geo", "PER"] if chosen else None
    predicted = [data.draw(st.lists(st.sampled_from(["O", "B-PER", "I-geo"]), min_size=len(row), max_size=len(row))) for row in tags]
    try:
        importing.import_files({"qaa": path}, "mine", types=types)
        gold, same = at_hand(check_key("mine", "qaa")), from_file(path)
        assert gold is not None
        found = measure(gold, of_tags(predicted, gold), Selection()).as_json()
        expected = measure(same, of_tags(predicted, same), selection(types) if types else Selection()).as_json()
    finally:
        importing.remove("mine")
    assert expected.pop("suite") == "file"
    assert found.pop("suite") == "mine"
    assert found.pop("signature") == expected.pop("signature").replace("suite:file", "suite:mine")
    assert json.dumps(found) == json.dumps(expected)


NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
LANGUAGE = st.fixed_dictionaries(
    {"name": WORDS}, optional={"script": st.sampled_from(["Latn", ""]), "character_tokens": st.booleans(), "tiny": st.booleans()}
)


def among(found: Any, wanted: Any) -> Any:
    """What `found` says of all that `wanted` has."""
    if isinstance(wanted, dict):
        return {key: among(found[key] if isinstance(found, dict) else getattr(found, key), value) for key, value in wanted.items()}
    return list(found) if isinstance(wanted, list) else found


@given(
    facts=st.fixed_dictionaries(
        {
            "schema": st.just(1),
            "title": WORDS,
            "domains": st.lists(WORDS, min_size=1, max_size=3),
            "licence": WORDS,
            "languages": st.dictionaries(NAMES, LANGUAGE, min_size=1, max_size=4),
        },
        optional={
            "note": WORDS,
            "scored": st.lists(st.sampled_from(["PER", "geo", "événement", '"']), min_size=1, unique=True),
            "parts": st.dictionaries(NAMES, WORDS, max_size=2),
            "sentences": st.fixed_dictionaries({}, optional={"order": st.just("shuffled"), "block": st.integers(1, 1000)}),
            "source": st.fixed_dictionaries({}, optional={"mirror": st.just("a/{lang}"), "hub": st.fixed_dictionaries({"path": WORDS})}),
        },
    )
)
def test_any_manifest_is_read_back_as_it_was_written(facts: dict[str, Any]) -> None:
    text = tomli_w.dumps(facts)
    suite = manifests.parse(text, "mine", "mine", packaged=False)
    assert suite == manifests.parse(tomli_w.dumps(tomllib.loads(text)), "mine", "mine", packaged=False)
    said = {name: getattr(suite, name) for name in facts} | {"languages": {language.code: language for language in suite.languages}}
    assert among(said, facts) == facts


def test_warnings_are_ours(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Importing and loading good gold says nothing."""
    with caplog.at_level(logging.INFO):
        keep(tmp_path, "qaa")
        load("mine", "qaa")
    assert not caplog.records
