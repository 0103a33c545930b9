"""`docs/suites.md` explains every field, and its own suite works as it says."""

import re
from pathlib import Path

import msgspec
import pytest

from boundarybench.cli.main import main
from boundarybench.suites import suite
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import Pin

PAGE = (Path(__file__).parents[2] / "docs" / "suites.md").read_text(encoding="utf-8")
#: What the folder says, not the manifest.
OF_THE_FOLDER = {"name", "packaged", "code"}


def documented(section: str) -> set[str]:
    """The words in code in the first column of a section's table."""
    (text,) = re.findall(rf"^## {section}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return {word for line in text.splitlines() if line.startswith("|") for word in re.findall(r"`([^`]+)`", line.split("|")[1])}


@pytest.mark.parametrize(
    "struct", [suite.Suite, suite.Language, suite.Source, suite.Git, suite.Hub, suite.GoldFormat, suite.Sentences, suite.Version]
)
def test_every_field_of_a_manifest_is_explained(struct: type[msgspec.Struct]) -> None:
    tables = {"git": "[source.git]", "hub": "[source.hub]", "source": "[source]", "read": "[read]", "sentences": "[sentences]"}
    tables |= {"languages": "[languages]", "versions": "[versions.NAME]"}
    fields = {tables.get(field, field) for field in struct.__struct_fields__} - (OF_THE_FOLDER if struct is suite.Suite else {"code"})
    if struct is suite.Version:
        fields = set(struct.__struct_fields__)
    assert fields <= documented("The manifest")


def test_every_field_of_a_pin_is_explained() -> None:
    assert set(Pin.__struct_fields__) == documented("The pins")


def test_every_suite_of_the_package_is_described() -> None:
    assert set(packaged()) <= documented("The suites of the package")


def test_the_walk_goes_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path))
    (manifest,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    gold = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)[1]
    (session,) = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    folder = tmp_path / "suites" / "harbour"
    (folder / "test").mkdir(parents=True)
    (folder / "suite.toml").write_text(manifest)
    (folder / "test" / "nl.conll").write_text(gold)
    predictions = tmp_path / "nl.jsonl"
    predictions.write_text("".join(line + "\n" for line in session.splitlines() if line.startswith("{")))
    assert main(["gold", "pin", "--suite", "harbour", "--source", "written for docs/suites.md"]) == 0
    assert capsys.readouterr().out.splitlines()[0] in session
    assert main(["score", str(predictions), "--suite", "harbour", "--lang", "nl"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] in session
    (folder / "test" / "nl.conll").write_text(gold.replace("B-LOC", "O"))
    assert main(["score", str(predictions), "--suite", "harbour", "--lang", "nl"]) == 1
    assert "first difference at sentence nl-00000" in capsys.readouterr().err
