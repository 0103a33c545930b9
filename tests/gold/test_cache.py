import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from golds import SENTENCES, columns, fields, gold_of

from boundarybench.errors import BoundaryBenchError
from boundarybench.gold import cache, pinning
from boundarybench.gold.importing import import_files
from boundarybench.gold.load import at_hand, copy_at_hand, load
from boundarybench.gold.model import build
from boundarybench.gold.sources import Key

GOLD = gold_of(SENTENCES)
OTHER = gold_of(SENTENCES[:2])
LABELS_ONLY = build("file", "x", "test", [tags for _, tags in SENTENCES], None)

#: How a writing process begins: two golds, where they go, and a wait for the word.
PREAMBLE = """
import os, signal, sys
from pathlib import Path
from boundarybench.gold import cache
from golds import SENTENCES, gold_of

path, golds = Path(sys.argv[1]), [gold_of(SENTENCES * 200), gold_of(SENTENCES * 100)]
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A cache of the test's own."""
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def mirror_file(tmp_path, monkeypatch):
    """A mirror with an unpinned set: cached like any other, and small."""
    file = tmp_path / "mirror" / "panx" / "test-th.tsv"
    file.parent.mkdir(parents=True)
    file.write_text(columns(SENTENCES), encoding="utf-8")
    monkeypatch.setenv("BOUNDARYBENCH_DATA", str(tmp_path / "mirror"))
    return file


def damage_warnings(caplog):
    return [record.getMessage() for record in caplog.records if "damaged" in record.getMessage()]


def cached_files(home):
    return sorted((home / "gold").iterdir())


@pytest.mark.parametrize("gold", [GOLD, LABELS_ONLY], ids=["tokens", "labels alone"])
def test_what_is_read_is_what_was_written(tmp_path, gold):
    cache.write(tmp_path / "new" / "x.gold", gold)
    assert fields(cache.read(tmp_path / "new" / "x.gold")) == fields(gold)


def test_no_file_is_no_gold_and_no_warning(tmp_path, caplog):
    assert cache.read(tmp_path / "x.gold") is None
    assert not caplog.records


def test_every_truncation_and_every_flipped_bit_is_noticed(tmp_path, caplog):
    path = tmp_path / "x.gold"
    cache.write(path, GOLD)
    whole = path.read_bytes()
    broken = [whole[:size] for size in range(len(whole))]
    broken += [whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :] for at in range(len(whole))]
    broken += [whole + b"\0", whole[4:], b"\0" * len(whole)]
    for data in broken:
        path.write_bytes(data)
        assert cache.read(path) is None
    assert damage_warnings(caplog) == [f"{path}: damaged; it will be made again"] * len(broken)


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:-1], lambda data: data[:9] + b"?" + data[10:]])
def test_a_damaged_entry_is_made_again(home, mirror_file, caplog, damage):
    first = load("xtreme", "th")
    (entry,) = cached_files(home)
    whole = entry.read_bytes()
    entry.write_bytes(damage(whole))
    assert fields(load("xtreme", "th")) == fields(first)
    assert (len(damage_warnings(caplog)), entry.read_bytes()) == (1, whole)


def test_a_damaged_imported_suite_has_to_be_imported_again(home, tmp_path):
    (tmp_path / "mine.txt").write_text(columns(SENTENCES), encoding="utf-8")
    import_files({"sw": tmp_path / "mine.txt"}, "mine")
    file = home / "suites" / "mine" / "sw.gold"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(BoundaryBenchError, match=r"sw\.gold.*damaged.*import"):
        load("mine", "sw")


def test_the_second_load_is_the_cached_one_and_the_same(home, mirror_file):
    first = load("xtreme", "th")
    (entry,) = cached_files(home)
    assert fields(load("xtreme", "th")) == fields(first)
    cache.write(entry, OTHER)  # only a reader of the cache can see this
    assert fields(load("xtreme", "th")) == fields(OTHER)


def test_a_changed_mirror_is_decoded_again(home, mirror_file):
    load("xtreme", "th")
    mirror_file.write_text(columns(SENTENCES[:2]), encoding="utf-8")
    assert fields(load("xtreme", "th")) == fields(OTHER)
    assert len(cached_files(home)) == 2


def test_verification_does_not_trust_the_cache_of_a_mirror(home, mirror_file):
    first = load("xtreme", "th")
    cache.write(cached_files(home)[0], OTHER)
    assert fields(copy_at_hand(Key("xtreme", "th", "test"), fresh=True)) == fields(first)


@pytest.mark.usefixtures("home")
def test_verification_does_not_trust_the_fingerprint_in_the_cache_of_the_hub(data, monkeypatch):
    key = Key("xtreme", "yo", "test")
    gold = load(*key)
    monkeypatch.delenv("BOUNDARYBENCH_DATA")
    part = gold.select(np.arange(gold.sentences) > 0)
    cache.write(cache.cache_path(key, "hub"), part)
    assert at_hand(key).structure == gold.structure
    assert pinning.compare(copy_at_hand(key, fresh=True))[0] == "differs"


def test_a_home_that_cannot_be_written_to_is_only_a_warning(tmp_path, mirror_file, monkeypatch, caplog):
    (tmp_path / "file").touch()
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path / "file"))
    assert fields(load("xtreme", "th")) == fields(GOLD)
    (message,) = [record.getMessage() for record in caplog.records if "cached" in record.getMessage()]
    assert str(tmp_path / "file" / "gold") in message
    assert "BOUNDARYBENCH_HOME" in message


def writer(script, path):
    """A process that runs `script` on `path`, having said that it is ready."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    process = subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout.readline() == "ready\n"
    return process


def go(process):
    process.stdin.write("\n")
    process.stdin.flush()


def test_two_processes_may_write_one_entry_at_once(tmp_path, caplog):
    path = tmp_path / "x.gold"
    cache.write(path, GOLD)
    sizes = {GOLD.sentences, 800, 400}
    processes = [writer("for turn in range(20):\n    cache.write(path, golds[turn % 2])", path) for _ in range(2)]
    for process in processes:
        go(process)
    seen = []
    while any(process.poll() is None for process in processes):
        seen.append(cache.read(path).sentences)
    assert seen
    assert set(seen) <= sizes
    assert [process.returncode for process in processes] == [0, 0]
    assert fields(cache.read(path)) == fields(gold_of(SENTENCES * 100))
    assert [file.name for file in tmp_path.iterdir()] == ["x.gold"]
    assert not caplog.records


#: Where a writer kills itself, and whether the new entry is there by then.
KILLS = {
    "before the first byte": ("Path.open = die", False),
    "before the bytes are on disk": ("os.fsync = die", False),
    "before the rename": ("Path.replace = die", False),
    "after the rename": ("replace = Path.replace\nPath.replace = lambda *paths: (replace(*paths), die())", True),
}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
@pytest.mark.parametrize(("patch", "replaced"), KILLS.values(), ids=KILLS)
@pytest.mark.parametrize("old", [GOLD, None], ids=["old entry", "no entry"])
def test_a_killed_writer_leaves_the_old_entry_or_the_new_one(tmp_path, caplog, patch, replaced, old):
    path = tmp_path / "x.gold"
    if old:
        cache.write(path, old)
    process = writer(f"die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n{patch}\ncache.write(path, golds[1])", path)
    process.communicate("\n")
    assert process.returncode == -signal.SIGKILL
    found, wanted = cache.read(path), gold_of(SENTENCES * 100) if replaced else old
    assert (found and fields(found)) == (wanted and fields(wanted))
    cache.write(path, OTHER)  # what the dead writer left does not stand in the way, and goes
    assert fields(cache.read(path)) == fields(OTHER)
    assert [file.name for file in tmp_path.iterdir()] == ["x.gold"]
    assert not caplog.records


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
@pytest.mark.parametrize("writes", [0, 1, 2, 5])
def test_a_writer_killed_from_outside_leaves_a_whole_entry(tmp_path, caplog, writes):
    path = tmp_path / "x.gold"
    process = writer("while True:\n    for gold in golds:\n        cache.write(path, gold); print(flush=True)", path)
    go(process)
    for _ in range(writes):
        process.stdout.readline()
    process.kill()
    process.communicate()
    found = cache.read(path)
    assert (found.sentences if found else 0) in ({400, 800} if writes else {0, 400, 800})
    cache.write(tmp_path / "y.gold", OTHER)
    assert {file.name for file in tmp_path.iterdir()} <= {"x.gold", "y.gold"}
    assert not caplog.records
