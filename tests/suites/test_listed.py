"""What lists suites and languages lists the new ones, with what each of them scores."""

import json
from pathlib import Path

import pytest

from boundarybench.cli.main import main
from boundarybench.languages import traits
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import key, pins, unpinned
from boundarybench_baselines.translation import codes

NEW = ("masakhaner1", "uner-pud", "europarl", "e3c")


@pytest.mark.parametrize("suite", NEW)
def test_languages_counts_what_a_suite_scores(suite: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["languages", "--suite", suite, "--format", "json"]) == 0
    rows = {row["lang"]: row for row in json.loads(capsys.readouterr().out)}
    spec = packaged()[suite]
    assert tuple(rows) == spec.codes
    assert tuple(lang for lang, row in rows.items() if row["in_mean"]) == spec.headline
    assert main(["languages", "--suite", suite]) == 0
    header, _, *lines = capsys.readouterr().out.splitlines()
    assert header.endswith("scored entities")
    for line in lines:
        lang = line.split()[1]
        assert int(line.split()[-1]) == sum(rows[lang]["test_entities"][name] for name in spec.scored)


@pytest.mark.parametrize("suite", NEW)
def test_every_set_is_pinned_and_listed(suite: str, capsys: pytest.CaptureFixture[str]) -> None:
    spec = packaged()[suite]
    assert unpinned(spec) == ()
    assert set(pins(spec)) == {key(lang, split) for lang in spec.codes for split in spec.splits}
    assert main(["gold", "list", "--suite", suite, "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["set"] for row in rows] == [f"{suite}/{lang}/test" for lang in spec.codes]
    assert all(row["structure"] and row["source"] for row in rows)


@pytest.mark.parametrize("suite", NEW)
def test_a_submission_is_begun(suite: str, tmp_path: Path) -> None:
    assert main(["init-submission", "my-system", "--folder", str(tmp_path), "--suite", suite]) == 0
    gold = json.loads((tmp_path / "my-system" / "system.json").read_text())["gold"]
    assert gold == {f"{suite}/{lang}": pins(packaged()[suite])[f"{lang}/test"].structure for lang in packaged()[suite].codes}


def test_what_nobody_serves_is_no_failure_unless_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gold", "fetch", "--lang", "luo", "--split", "dev", "--suite", "masakhaner1"]) == 2
    assert "masakhaner1/luo/dev: no gold at hand" in capsys.readouterr().err
    assert main(["gold", "fetch", "--lang", "fr", "--split", "train", "--suite", "e3c"]) == 2
    capsys.readouterr()
    assert main(["gold", "fetch", "--lang", "sv"]) == 0
    assert "only read from a local copy that BOUNDARYBENCH_DATA names: uner-pud" in capsys.readouterr().err


def test_every_language_of_every_suite_is_known() -> None:
    for suite in packaged().values():
        for language in suite.languages:
            assert traits(language.code).family != "not known", (suite.name, language.code)
    swedish = traits("sv")
    assert (swedish.genus, swedish.resources, swedish.models) == ("Germanic", 4, ("xlm-r", "mbert", "nllb-200", "m2m100"))


def test_translation_models_are_told_of_swedish_and_of_traditional_chinese() -> None:
    known = {"swe_Latn", "zho_Hans", "zho_Hant", "eng_Latn"}
    assert codes.of_model(known, "uner-pud", "sv") == ("swe_Latn", "eng_Latn")
    assert codes.of_model(known, "uner-pud", "zh") == ("zho_Hant", "eng_Latn")
    assert codes.of_model(known, "xtreme", "zh") == ("zho_Hans", "eng_Latn")
    assert codes.of_model({"sv", "zh", "en"}, "uner-pud", "zh") == ("zh", "en")
