"""Submission folders: what a right one lists, and what is read of it."""

import os
from pathlib import Path

import pytest
from corpus import add, good_folder

from boundarybench.errors import UsageError
from boundarybench.submission.findings import Findings
from boundarybench.submission.folder import Submission, read_file, scan
from boundarybench.submission.system_json import check
from boundarybench.suites.manifests import packaged


def listed(root: Path) -> tuple[Submission, Findings]:
    findings = Findings()
    return scan(root, findings, packaged()), findings


def test_the_good_folder_has_no_finding(tmp_path: Path) -> None:
    """All of the hostile folders are this one with a fault."""
    root = good_folder(tmp_path / "good-system")
    submission, findings = listed(root)
    check(submission, findings)
    assert not findings.counts
    assert submission.system == root / "system.json"


def test_files_are_listed_by_run_suite_and_language_of_the_protocol(tmp_path: Path) -> None:
    names = ["runs/2/xtreme/sw.jsonl", "runs/1/masakhaner2/bam.jsonl", "masakhaner2/zul.jsonl", "masakhaner2/bam.jsonl"]
    names += ["xtreme/zh.jsonl", "xtreme/af.jsonl", "sample/en.jsonl", f"runs/{'a-_9' * 8}/xtreme/af.jsonl"]
    add(*names)(tmp_path)
    submission, findings = listed(tmp_path)
    assert not findings.counts
    assert submission.system is None
    assert [(file.run, file.suite, file.lang) for file in submission.files] == [
        (None, "xtreme", "af"),
        (None, "xtreme", "zh"),
        (None, "masakhaner2", "bam"),
        (None, "masakhaner2", "zul"),
        (None, "sample", "en"),
        ("1", "masakhaner2", "bam"),
        ("2", "xtreme", "sw"),
        ("a-_9" * 8, "xtreme", "af"),
    ]
    assert {file.path.relative_to(tmp_path).as_posix() for file in submission.files} == set(names)


def test_a_folder_may_be_reached_through_a_link(tmp_path: Path) -> None:
    """The user's own link, not one inside the submission."""
    good_folder(tmp_path / "good-system")
    (tmp_path / "link").symlink_to("good-system")
    submission, findings = listed(tmp_path / "link")
    check(submission, findings)
    assert not findings.counts


@pytest.mark.parametrize(
    ("name", "message"), [("file", "not a folder"), ("none", "no such"), ("pipe", "not a folder"), ("nul\0", "no such")]
)
def test_what_is_no_folder_is_a_usage_error(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match=message):
        scan(tmp_path / name, Findings(), packaged())


def test_sizes_at_the_limits_are_accepted(tmp_path: Path) -> None:
    """64 MiB a file and 512 MiB a submission; the corpus has a byte more."""
    add(*(f"runs/{run}/xtreme/sw.jsonl" for run in range(8)), size=64 << 20)(tmp_path)
    submission, findings = listed(tmp_path)
    assert not findings.counts
    assert len(submission.files) == 8
    add("xtreme/af.jsonl", size=1)(tmp_path)
    submission, findings = listed(tmp_path)
    assert [finding.code for finding in findings.shown] == ["submission-too-large"]
    assert not submission.files


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    findings = Findings()
    (tmp_path / "file").write_bytes(b"12345")
    assert read_file(tmp_path / "file", "name", findings, 5) == b"12345"
    assert not findings.counts
    assert read_file(tmp_path / "file", "name", findings, 4) is None
    assert [(finding.code, finding.file) for finding in findings.shown] == [("file-too-large", "name")]


@pytest.mark.parametrize("name", ["pipe", "folder", "none", "dangling"])
def test_only_regular_files_are_read(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(UsageError):
        read_file(tmp_path / name, name, Findings())


def test_findings_of_a_folder_come_in_the_same_order_each_time(tmp_path: Path) -> None:
    names = ["b.txt", "a.txt", "z/y", "xtreme/xx.jsonl", "xtreme/aa.jsonl"]
    add(*names)(tmp_path)
    _, findings = listed(tmp_path)
    expected = [*sorted(names, key=lambda name: name.split("/")), "."]
    assert [Path(finding.file).relative_to(tmp_path).as_posix() for finding in findings.shown] == expected


@pytest.mark.parametrize("mode", [0o000, 0o400])
def test_a_folder_that_cannot_be_entered_is_a_usage_error(mode: int, tmp_path: Path) -> None:
    """With 0400 its names can be listed, and nothing can be known of them."""
    root = good_folder(tmp_path / "good-system")
    (root / "masakhaner2").chmod(mode)
    try:
        if os.access(root / "masakhaner2", os.X_OK):
            pytest.skip("this user may enter any folder")
        with pytest.raises(UsageError, match="cannot be read"):
            scan(root, Findings(), packaged())
    finally:
        (root / "masakhaner2").chmod(0o700)
