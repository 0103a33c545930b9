"""Packed prediction files: the same predictions as unpacked, and no more unpacked of a stranger's than may be."""

import gzip
import zlib
from pathlib import Path
from typing import Any

import pytest
from corpus import CLOSED, GOOD, add, good_folder, lines
from hypothesis import given
from hypothesis import strategies as st

from boundarybench import gzipped
from boundarybench.protocol import MAX_FILE_BYTES
from boundarybench.submission.findings import Findings
from boundarybench.submission.folder import language_of, prediction_file, read_file, scan
from boundarybench.submission.predictions import read
from boundarybench.suites.manifests import packaged

FILE = lines(*GOOD)
PACKED = gzipped.pack(FILE)
MIB = 1 << 20


@pytest.fixture
def unpacked_bytes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes each call of zlib gave."""
    sizes: list[int] = []
    make = zlib.decompressobj

    class Counting:
        def __init__(self, bits: int) -> None:
            self.inner = make(bits)

        def decompress(self, data: bytes, limit: int) -> bytes:
            assert limit > 0  # zlib takes 0 for no limit
            found = self.inner.decompress(data, limit)
            sizes.append(len(found))
            return found

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

    monkeypatch.setattr(zlib, "decompressobj", Counting)
    return sizes


def bomb(size: int, stated: int | None = None) -> bytes:
    """So many blanks, packed; the end may lie about them."""
    packed = gzip.compress(b" " * size, 9, mtime=0)
    return packed if stated is None else packed[:-4] + stated.to_bytes(4, "little")


@given(st.binary(max_size=2000))
def test_what_is_packed_comes_back(data: bytes) -> None:
    packed = gzipped.pack(data)
    assert gzipped.unpack(packed, len(data)) == data == gzip.decompress(packed)


def test_packed_files_have_no_name_no_time_and_no_system() -> None:
    """RFC 1952: deflate, no flags, time 0, best compression, system unknown."""
    assert PACKED[:10] == bytes.fromhex("1f8b0800000000000" + "2ff".rjust(3, "0"))
    assert gzipped.pack(FILE) == PACKED


@pytest.mark.parametrize("packed", [gzip.compress(FILE), gzip.compress(FILE, 1, mtime=0), PACKED], ids=["now", "fast", "ours"])
def test_gzip_of_any_make_is_read(packed: bytes) -> None:
    assert gzipped.unpack(packed, MAX_FILE_BYTES) == FILE


DAMAGED = {
    "nothing": (b"", "not gzip"),
    "not packed": (FILE, "not gzip"),
    "the header alone": (PACKED[:10], "cut short"),
    "cut in the middle": (PACKED[: len(PACKED) // 2], "cut short"),
    "a byte missing": (PACKED[:-1], "cut short|damaged"),
    "a byte changed": (PACKED[:20] + bytes([PACKED[20] ^ 1]) + PACKED[21:], "damaged|more than"),
    "a wrong checksum": (PACKED[:-5] + bytes([PACKED[-5] ^ 1]) + PACKED[-4:], "damaged"),
    "two members": (PACKED + PACKED, "a second gzip member"),
    "two members, the second empty": (PACKED + gzip.compress(b""), "more than the 0 bytes"),
    "a longer member behind": (gzip.compress(b"a") + PACKED, "a second gzip member"),
    "states less": (bomb(MIB, 1000), "more than the 1000 bytes"),
    "states nothing": (bomb(MIB, 0), "more than the 0 bytes"),
    "states more": (bomb(1000, 1001), "damaged"),
    "states what it cannot hold": (bomb(1000, 0xFFFFFFFF), "cut short"),
    "zeros behind": (PACKED + bytes(16), "more than the 0 bytes"),
    "text behind": (PACKED + b"abc\0\0\0", "other bytes|more than"),
}


@pytest.mark.parametrize(("data", "said"), DAMAGED.values(), ids=list(DAMAGED))
def test_what_is_not_one_whole_member_is_a_finding(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "swa.jsonl.gz"
    path.write_bytes(data)
    findings = Findings()
    assert read_file(path, "swa.jsonl.gz", findings) is None
    (finding,) = findings.shown
    assert (finding.code, finding.line) == ("bad-gzip", None)
    assert "gzip -n -9" in finding.fix
    with pytest.raises(gzipped.Damaged, match=said):
        gzipped.unpack(data, MAX_FILE_BYTES)


@given(st.integers(0, len(PACKED) - 1), st.integers(1, 255))
def test_no_changed_byte_gives_other_predictions(place: int, change: int) -> None:
    """Flags, time and system in the header may change; the bytes inside may not."""
    data = PACKED[:place] + bytes([PACKED[place] ^ change]) + PACKED[place + 1 :]
    try:
        assert gzipped.unpack(data, MAX_FILE_BYTES) == FILE
    except (gzipped.Damaged, gzipped.TooLarge):
        assert place not in range(4, 10)


class TestBombs:
    def test_one_that_says_so_is_not_unpacked(self, unpacked_bytes: list[int], tmp_path: Path) -> None:
        root = good_folder(tmp_path / "good-system")
        (root / "xtreme").mkdir()
        (root / "xtreme" / "sw.jsonl.gz").write_bytes(bomb(MAX_FILE_BYTES + 1))
        findings = Findings()
        submission = scan(root, findings, packaged())
        assert [finding.code for finding in findings.shown] == ["file-too-large"]
        assert all(file.suite != "xtreme" for file in submission.files)
        assert read_file(root / "xtreme" / "sw.jsonl.gz", "name", findings) is None
        assert [finding.code for finding in findings.shown] == ["file-too-large"] * 2
        assert unpacked_bytes == []

    @pytest.mark.parametrize("stated", [0, 10, 1 << 16])
    def test_one_that_lies_is_unpacked_as_far_as_it_says(self, stated: int, unpacked_bytes: list[int]) -> None:
        with pytest.raises(gzipped.Damaged):
            gzipped.unpack(bomb(100 * MIB, stated), MAX_FILE_BYTES)
        assert unpacked_bytes == [stated + 1]

    def test_many_are_too_large_together(self, unpacked_bytes: list[int], tmp_path: Path) -> None:
        packed = bomb(MAX_FILE_BYTES)
        for run in range(9):
            path = tmp_path / "runs" / str(run) / "xtreme" / "sw.jsonl.gz"
            path.parent.mkdir(parents=True)
            path.write_bytes(packed)
        findings = Findings()
        assert scan(tmp_path, findings, packaged()).files == ()
        assert [finding.code for finding in findings.shown] == ["submission-too-large"]
        assert unpacked_bytes == []


def test_a_packed_file_stands_where_an_unpacked_one_may(tmp_path: Path) -> None:
    names = ["masakhaner2/swa.jsonl.gz", "masakhaner2/hau.jsonl", "runs/1/xtreme/sw.jsonl.gz"]
    add(*names)(tmp_path)
    (tmp_path / names[0]).write_bytes(PACKED)
    findings = Findings()
    files = scan(tmp_path, findings, packaged()).files
    assert not findings.counts
    assert {file.path.relative_to(tmp_path).as_posix(): (file.suite, file.lang, file.run) for file in files} == {
        names[0]: ("masakhaner2", "swa", None),
        names[1]: ("masakhaner2", "hau", None),
        names[2]: ("xtreme", "sw", "1"),
    }
    data = read_file(tmp_path / names[0], "swa", findings)
    assert data == FILE
    assert read(data, "swa", CLOSED, findings) is not None
    assert prediction_file(tmp_path / "masakhaner2", "swa") == tmp_path / names[0]
    assert prediction_file(tmp_path / "masakhaner2", "hau") == tmp_path / names[1]


def test_both_forms_of_a_language_are_a_finding(tmp_path: Path) -> None:
    add("masakhaner2/swa.jsonl", "masakhaner2/swa.jsonl.gz", "runs/1/masakhaner2/swa.jsonl.gz")(tmp_path)
    findings = Findings()
    files = scan(tmp_path, findings, packaged()).files
    assert [(finding.code, Path(finding.file).name) for finding in findings.shown] == [("two-forms", "swa.jsonl.gz")]
    assert [(file.path.name, file.run) for file in files] == [("swa.jsonl", None), ("swa.jsonl.gz", "1")]


@pytest.mark.parametrize(
    ("name", "lang"),
    [("swa.jsonl", "swa"), ("swa.jsonl.gz", "swa"), ("swa.gz", None), ("swa", None), ("swa.jsonl.gz.gz", None), (".jsonl.gz", "")],
)
def test_the_language_of_a_name(name: str, lang: str | None) -> None:
    assert language_of(name) == lang
