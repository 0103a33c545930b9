"""The folder: whole or not at all, and never somebody else's; the vendored files as they came."""

import hashlib
from pathlib import Path

import pytest

from boundarybench.errors import UsageError
from boundarybench.site import build

VENDOR = Path(build.__file__).parent / "assets" / "vendor"


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestTheFolder:
    def test_it_holds_exactly_what_was_given(self, tmp_path: Path) -> None:
        out = tmp_path / "deep" / "site"
        build.write(out, {"index.html": b"one", "system/a.html": b"a"})
        build.write(out, {"index.html": b"two"})
        assert content(out) == {"index.html": b"two", build.MARKER: b"", ".nojekyll": b"", **build.assets()}
        assert [path.name for path in out.parent.iterdir()] == ["site"]

    def test_a_build_that_fails_leaves_the_old_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        out = tmp_path / "site"
        build.write(out, {"index.html": b"one"})
        before = content(out)

        def full(path: Path, data: bytes) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_bytes", full)
        with pytest.raises(UsageError, match="No space left"):
            build.write(out, {"index.html": b"two"})
        assert content(out) == before
        assert [path.name for path in tmp_path.iterdir()] == ["site"]

    def test_a_swap_that_fails_half_way_puts_the_old_one_back(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        out = tmp_path / "site"
        build.write(out, {"index.html": b"one"})
        before, rename = content(out), Path.rename

        def refuse(path: Path, target: Path) -> Path:
            if path.name == "new":
                raise OSError(13, "Permission denied")
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", refuse)
        with pytest.raises(UsageError, match="Permission denied"):
            build.write(out, {"index.html": b"two"})
        assert content(out) == before

    def test_a_folder_with_other_files_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.tex").write_text("years of work")
        with pytest.raises(UsageError, match="not a site's"):
            build.write(tmp_path, {"index.html": b""})
        assert content(tmp_path) == {"thesis.tex": b"years of work"}

    def test_an_empty_folder_and_a_link_to_one(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        build.write(tmp_path / "link", {"index.html": b"one"})
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real" / "index.html").read_bytes() == b"one"

    def test_a_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(UsageError, match="not a folder"):
            build.check(tmp_path / "file")


class TestAssets:
    def test_vendored_files_are_as_they_came(self) -> None:
        lines = [line.split() for line in (VENDOR / "SHA256SUMS").read_text().splitlines()]
        assert {path for _, path in lines} == {path.relative_to(VENDOR).as_posix() for path in VENDOR.glob("*/*")}
        assert all(hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() == digest for digest, path in lines)

    def test_every_library_has_its_licence(self) -> None:
        for folder in (path for path in VENDOR.iterdir() if path.is_dir()):
            assert any("MIT" in path.read_text() for path in folder.glob("LICENSE*"))

    def test_our_scripts_put_no_markup_together(self) -> None:
        ours = {path: data.decode() for path, data in build.assets().items() if path.endswith(".js") and "vendor" not in path}
        assert len(ours) == 4
        for name in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "Function(",
            "fetch(",
            "XMLHttpRequest",
            "http",
        ):
            assert not any(name in text for text in ours.values()), name

    def test_they_stay_small(self) -> None:
        assert sum(map(len, build.assets().values())) < 350_000
