"""What a model is: read once, and again when a file changed."""

import hashlib
import os
import sys

import pytest

from boundarybench.errors import UsageError
from boundarybench_baselines import machine
from boundarybench_baselines.machine import commit


@pytest.fixture
def reads(monkeypatch):
    """The files that were hashed."""
    found = []
    real = hashlib.file_digest
    monkeypatch.setattr(machine.hashlib, "file_digest", lambda file, name: found.append(file.name) or real(file, name))
    return found


def test_a_folder_is_read_once(tmp_path, reads):
    (tmp_path / "a").write_text("one")
    first = commit(str(tmp_path), "main")
    assert commit(str(tmp_path), "main") == first
    assert len(reads) == 1


def test_a_change_is_noticed(tmp_path, reads):
    file = tmp_path / "a"
    file.write_text("one")
    seen = [commit(str(tmp_path), "main")]
    before = file.stat()
    file.write_text("two")  # as long, and said to be as old
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    seen.append(commit(str(tmp_path), "main"))
    (tmp_path / "b").write_text("")
    seen.append(commit(str(tmp_path), "main"))
    file.rename(tmp_path / "c")
    seen.append(commit(str(tmp_path), "main"))
    assert len(set(seen)) == 4


def test_the_same_content_is_the_same_model(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text("weights")
    assert commit(str(tmp_path / "one"), "main") == commit(str(tmp_path / "other"), "main")


def test_without_the_extra_a_missing_folder_is_what_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(UsageError, match=r"no-such: no folder here; a model of the hub needs the extra"):
        commit(str(tmp_path / "no-such"), "main")
