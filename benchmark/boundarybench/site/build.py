"""A folder of pages, replaced as a whole: a build that fails leaves the old one."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from ..errors import UsageError

#: What says that a folder is ours to replace.
MARKER = ".boundarybench-site"
#: GitHub Pages would else take the site for the source of another.
_NO_JEKYLL = ".nojekyll"


def assets() -> dict[str, bytes]:
    """Scripts, styles and the vendored libraries with their licences, by path below the site's root."""
    return dict(_walk(files(__package__).joinpath("assets"), "assets"))


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _walk(item, f"{path}/{item.name}")
        else:
            yield f"{path}/{item.name}", item.read_bytes()


def check(out: Path) -> None:
    """Raise UsageError where `out` is something that a build must not replace: a file, or a folder with anything but a site."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: not a folder")
    if out.is_dir() and not (out / MARKER).exists() and any(out.iterdir()):
        raise UsageError(f"{out}: holds files that are not a site's, and a build would replace them; name another folder")


def write(out: Path, pages: Mapping[str, bytes]) -> None:
    """Make `out` a folder of exactly these files (path to content), with the assets.

    Raises:
        UsageError: `out` holds something else, or cannot be written.
    """
    out = out.resolve()
    check(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.", suffix=".tmp"))
        try:
            new = folder / "new"
            for path, data in {**assets(), **pages, MARKER: b"", _NO_JEKYLL: b""}.items():
                (new / path).parent.mkdir(parents=True, exist_ok=True)
                (new / path).write_bytes(data)
            _swap(new, out, folder / "old")
        finally:
            shutil.rmtree(folder)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror})") from error


def _swap(new: Path, out: Path, old: Path) -> None:
    """Put `new` where `out` is, and what was there where `old` says."""
    if not out.exists():
        new.rename(out)
        return
    out.rename(old)
    try:
        new.rename(out)
    except OSError:
        old.rename(out)
        raise
