import json
import os
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from golds import SENTENCES, columns, gold_of

import boundarybench
from boundarybench.gold import manifest
from boundarybench.gold.load import copy_at_hand
from boundarybench.gold.sources import Key
from boundarybench.suites.manifests import packaged

MASAKHANER2 = packaged()["masakhaner2"]
XTREME = packaged()["xtreme"]

PINS = {name: pin for name, pin in manifest.pins().items() if not name.startswith("sample/")}
TESTS = {name: pin for name, pin in PINS.items() if name.endswith("/test")}
TINY = [Key("xtreme", "jv", "test"), Key("xtreme", "yo", "dev"), Key("xtreme", "yo", "test")]


def test_every_test_set_but_thai_is_pinned():
    wanted = {f"{suite.name}/{language.code}/test" for suite in (XTREME, MASAKHANER2) for language in suite.languages}
    assert wanted - TESTS.keys() == {"xtreme/th/test"}
    assert TESTS.keys() <= wanted
    assert len(TESTS) == 39 + 20


def test_every_split_of_masakhaner2_is_pinned():
    wanted = {f"masakhaner2/{language.code}/{split}" for language in MASAKHANER2.languages for split in ("train", "dev", "test")}
    assert {name for name in PINS if name.startswith("masakhaner2/")} == wanted


@pytest.mark.parametrize(
    ("suite", "sentences", "invalid", "bridged"),
    [("masakhaner2", 30_538, 11, {}), ("xtreme", 262_300 - 10_000, 1_014, {"ja": 530, "zh": 483})],  # all but Thai
)
def test_the_totals_are_those_of_the_protocol(suite, sentences, invalid, bridged):
    pins = {name.split("/")[1]: pin for name, pin in TESTS.items() if name.startswith(f"{suite}/")}
    assert sum(pin.sentences for pin in pins.values()) == sentences
    assert sum(pin.invalid for pin in pins.values()) == invalid
    assert {lang: len(pin.bridged) for lang, pin in pins.items() if pin.bridged} == bridged


def test_every_set_has_digests_of_the_right_size_and_there_are_no_others():
    folder = files(boundarybench) / "gold" / "digests"
    sizes = {file.name: len(file.read_bytes()) for file in folder.iterdir() if not file.name.startswith("sample.")}
    assert sizes == {
        f"{name.replace('/', '.')}.bin": manifest.STRUCTURE_BYTES * pin.sentences + (pin.tokens if name in TESTS else 0)
        for name, pin in PINS.items()
    }


def test_fingerprints_are_sha256_and_no_two_sets_share_one():
    structures = [pin.structure for pin in PINS.values()]
    texts = [text for pin in PINS.values() for text in pin.text]
    for fingerprints in (structures, texts):
        assert all(len(bytes.fromhex(fingerprint)) == 32 for fingerprint in fingerprints)
        assert len(set(fingerprints)) == len(fingerprints) >= len(PINS)


@pytest.mark.parametrize("key", TINY, ids="/".join)
def test_pinning_the_same_data_again_gives_the_same_pin(data, tmp_path, key):
    name = manifest.key(*key)
    gold = copy_at_hand(key, fresh=True)
    manifest.write([gold], PINS[name].source, tmp_path)
    shipped = files(boundarybench) / "gold"
    digests = f"digests/{'.'.join(key)}.bin"
    assert json.loads((tmp_path / "manifest.json").read_bytes())["sets"] == {
        name: json.loads(shipped.joinpath("manifest.json").read_bytes())["sets"][name]
    }
    assert (tmp_path / digests).read_bytes() == shipped.joinpath(digests).read_bytes()


def test_pinning_a_set_keeps_the_others_and_the_texts_that_were_accepted(tmp_path):
    def pinned():
        return json.loads((tmp_path / "manifest.json").read_bytes())["sets"]

    thai, swahili = gold_of(SENTENCES), gold_of(SENTENCES, lang="sw")
    other_text = gold_of([([token.upper() for token in tokens], tags) for tokens, tags in SENTENCES])
    other_structure = gold_of(SENTENCES[:2])
    manifest.write([thai], "here", tmp_path)
    manifest.write([swahili], "there", tmp_path)
    manifest.write([other_text], "elsewhere", tmp_path)
    assert {name: (entry["source"], entry["text"]) for name, entry in pinned().items()} == {
        "xtreme/sw/test": ("there", [swahili.text]),
        "xtreme/th/test": ("here; elsewhere", [thai.text, other_text.text]),
    }
    manifest.write([other_structure], "here", tmp_path)
    assert pinned()["xtreme/th/test"]["text"] == [other_structure.text]
    assert pinned()["xtreme/th/test"]["structure"] == other_structure.structure


@pytest.fixture
def verify(tmp_path):
    """Runs `gold verify` of a copy of the package, so that the manifest can be written to, on sentences of ours as Thai's test set."""
    shutil.copytree(
        Path(boundarybench.__file__).parent, tmp_path / "boundarybench", ignore=shutil.ignore_patterns("__pycache__", "digests")
    )
    file = tmp_path / "mirror" / "panx" / "test-th.tsv"
    file.parent.mkdir(parents=True)
    environment = {**os.environ, "BOUNDARYBENCH_DATA": str(tmp_path / "mirror")}

    def run(sentences, *options):
        file.write_text(columns(sentences), encoding="utf-8")
        command = [sys.executable, "-m", "boundarybench", "gold", "verify", "--suite", "xtreme", "--format", "json", *options]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False)
        (row,) = json.loads(done.stdout)
        return done.returncode, row["state"], row["message"]

    return run


def test_a_set_is_unpinned_until_it_is_pinned_and_an_altered_copy_then_differs(verify):
    gold = gold_of(SENTENCES)
    code, state, message = verify(SENTENCES, "--source", "here", "--write-manifest", "boundarybench/gold")
    assert (code, state) == (0, "unpinned")
    assert f"structure {gold.structure}, text {gold.text}" in message
    assert verify(SENTENCES) == (0, "ok", "")
    altered = [*SENTENCES[:2], (["aba", "ne"], ["O", "B-PER"]), *SENTENCES[3:]]
    code, state, message = verify(altered)
    assert (code, state) == (1, "differs")
    for part in (gold.structure, gold_of(altered).structure, "at sentence th-00002: here it has 2 tokens and entities [1-2:PER]"):
        assert part in message
    code, state, message = verify([*SENTENCES[:3], (["Zora", "Minda", "aba", "Kumbo"], SENTENCES[3][1])])
    assert (code, state) == (0, "ok")
    assert "text differs" in message
    assert "sentence th-00003, token 1: 'Minda'" in message
