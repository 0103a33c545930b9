import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from golds import SENTENCES, columns, gold_of

import boundarybench
from boundarybench.gold import pinning
from boundarybench.gold.load import copy_at_hand
from boundarybench.gold.sources import Key
from boundarybench.suites.manifests import find, folder_of, own_folder, packaged
from boundarybench.suites.pins import pins

MASAKHANER2 = packaged()["masakhaner2"]
XTREME = packaged()["xtreme"]

#: Today's gold; what is said of older copies is in test_older_copies.py.
PINS = {Key(suite.name, *name.split("/")): pin for suite in (XTREME, MASAKHANER2) for name, pin in pins(suite).items() if "@" not in name}
TESTS = {key: pin for key, pin in PINS.items() if key.split == "test"}
#: A suite of a user's own, as short as it can be.
MANIFEST = """
schema = 1
title = "Mine"
domains = ["letters"]
licence = "mine"
[languages]
th = { name = "Thai" }
sw = { name = "Swahili" }
"""
TINY = [Key("xtreme", "jv", "test"), Key("xtreme", "yo", "dev"), Key("xtreme", "yo", "test")]


def test_every_test_set_but_thai_is_pinned():
    wanted = {Key(suite.name, code, "test") for suite in (XTREME, MASAKHANER2) for code in suite.codes}
    assert wanted - TESTS.keys() == {Key("xtreme", "th", "test")}
    assert TESTS.keys() <= wanted
    assert len(TESTS) == 39 + 20


def test_every_split_of_masakhaner2_is_pinned():
    wanted = {f"{code}/{split}" for code in MASAKHANER2.codes for split in ("train", "dev", "test")}
    older = {f"{code}/test@2022-04" for code in MASAKHANER2.codes if code != "luo"}
    assert pins(MASAKHANER2).keys() == wanted | older


@pytest.mark.parametrize(
    ("suite", "sentences", "invalid", "bridged"),
    [("masakhaner2", 30_538, 11, {}), ("xtreme", 262_300 - 10_000, 1_014, {"ja": 530, "zh": 483})],  # all but Thai
)
def test_the_totals_are_those_of_the_protocol(suite, sentences, invalid, bridged):
    of_suite = {key.lang: pin for key, pin in TESTS.items() if key.suite == suite}
    assert sum(pin.sentences for pin in of_suite.values()) == sentences
    assert sum(pin.invalid for pin in of_suite.values()) == invalid
    assert {lang: len(pin.bridged) for lang, pin in of_suite.items() if pin.bridged} == bridged


@pytest.mark.parametrize("suite", packaged().values(), ids=packaged())
def test_every_set_has_digests_of_the_right_size_and_there_are_no_others(suite):
    sizes = {file.name: file.stat().st_size for file in (folder_of(suite) / "digests").iterdir()}
    assert sizes == {
        f"{name.replace('/', '.').replace('@', '.')}.bin": pinning.STRUCTURE_BYTES * pin.sentences + (pin.tokens if "/test" in name else 0)
        for name, pin in pins(suite).items()
    }


def test_fingerprints_are_sha256_and_no_two_sets_share_one():
    structures = [pin.structure for pin in PINS.values()]
    texts = [text for pin in PINS.values() for text in pin.text]
    for fingerprints in (structures, texts):
        assert all(len(bytes.fromhex(fingerprint)) == 32 for fingerprint in fingerprints)
        assert len(set(fingerprints)) == len(fingerprints) >= len(PINS)


@pytest.mark.parametrize("key", TINY, ids=str)
def test_pinning_the_same_data_again_gives_the_same_pin(data, key):
    gold = copy_at_hand(key, fresh=True)
    assert pinning.pin_of(gold, PINS[key].source) == PINS[key]
    shipped = folder_of(XTREME) / "digests" / f"{key.lang}.{key.split}.bin"
    assert pinning.digests(gold) == shipped.read_bytes()


def test_pinning_a_set_keeps_the_others_and_the_texts_that_were_accepted():
    own_folder().joinpath("mine").mkdir(parents=True)
    own_folder().joinpath("mine", "suite.toml").write_text(MANIFEST, encoding="utf-8")
    mine = find("mine")
    thai, swahili = gold_of(SENTENCES, "mine"), gold_of(SENTENCES, "mine", "sw")
    other_text = gold_of([([token.upper() for token in tokens], tags) for tokens, tags in SENTENCES], "mine")
    other_structure = gold_of(SENTENCES[:2], "mine")
    pinning.write([thai], "here")
    pinning.write([swahili], "there")
    pinning.write([other_text], "elsewhere")
    assert {name: (pin.source, pin.text) for name, pin in pins(mine).items()} == {
        "sw/test": ("there", (swahili.text,)),
        "th/test": ("here; elsewhere", (thai.text, other_text.text)),
    }
    pinning.write([other_structure], "here")
    assert pins(mine)["th/test"].text == (other_structure.text,)
    assert pins(mine)["th/test"].structure == other_structure.structure


@pytest.fixture
def gold(tmp_path):
    """Runs `gold ACTION` of a copy of the package, so that its pins can be written to, on sentences of ours as Thai's test set."""
    shutil.copytree(
        Path(boundarybench.__file__).parent, tmp_path / "boundarybench", ignore=shutil.ignore_patterns("__pycache__", "digests")
    )
    file = tmp_path / "mirror" / "panx" / "test-th.tsv"
    file.parent.mkdir(parents=True)
    environment = {**os.environ, "BOUNDARYBENCH_DATA": str(tmp_path / "mirror")}

    def run(sentences, action, *options):
        file.write_text(columns(sentences), encoding="utf-8")
        command = [sys.executable, "-m", "boundarybench", "gold", action, "--suite", "xtreme", *options]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False)

    return run


@pytest.fixture
def verify(gold):
    def run(sentences):
        done = gold(sentences, "verify", "--format", "json")
        (row,) = json.loads(done.stdout)
        return done.returncode, row["state"], row["message"]

    return run


def test_a_set_is_unpinned_until_it_is_pinned_and_an_altered_copy_then_differs(gold, verify, tmp_path):
    right = gold_of(SENTENCES)
    code, state, message = verify(SENTENCES)
    assert (code, state) == (0, "unpinned")
    assert f"structure {right.structure}, text {right.text}" in message
    done = gold(SENTENCES, "pin", "--source", "here")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "xtreme/th/test: 4 sentences, 14 tokens, PER 2 ORG 2 LOC 2",
        f"1 sets pinned in {tmp_path / 'boundarybench' / 'suites' / 'xtreme'}",
    ]
    assert verify(SENTENCES) == (0, "ok", "")
    altered = [*SENTENCES[:2], (["aba", "ne"], ["O", "B-PER"]), *SENTENCES[3:]]
    code, state, message = verify(altered)
    assert (code, state) == (1, "differs")
    for part in (right.structure, gold_of(altered).structure, "at sentence th-00002: here it has 2 tokens and entities [1-2:PER]"):
        assert part in message
    code, state, message = verify([*SENTENCES[:3], (["Zora", "Minda", "aba", "Kumbo"], SENTENCES[3][1])])
    assert (code, state) == (0, "ok")
    assert "text differs" in message
    assert "sentence th-00003, token 1: 'Minda'" in message
