"""What verbs share: writing the result, and progress."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

from .. import atomic
from ..errors import UsageError

T = TypeVar("T")


def check_outputs(written: Iterable[Path | None], read: Iterable[Path | None]) -> None:
    """Nothing that is written may be a file that is read, or another one that is written. Raises UsageError."""
    taken = {path.resolve() for path in read if path is not None}
    for path in written:
        if path is None or (path.exists() and not path.is_file()):  # a pipe or a device is never replaced
            continue
        if path.resolve() in taken:
            raise UsageError(f"{path}: is written to and used for something else too; choose another name")
        taken.add(path.resolve())


def emit(text: str, output: Path | None) -> None:
    """Print `text`, or write it to `output`, whole or not at all. Raises NotWritten where that cannot be written."""
    text = text if text.endswith("\n") else text + "\n"
    if output is None:
        print(text, end="")
        return
    with writing(output) as file:
        file.write(text.encode())


@contextmanager
def writing(output: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `output` when the block ends well. Raises NotWritten where that cannot be written."""
    with atomic.telling(output):
        device = output.exists() and not output.is_file()  # a pipe or a device is written to, never replaced
        with output.open("wb") if device else atomic.replacing(output) as file:
            yield file


def to_json(value: Any) -> str:
    """Indented JSON, floats to their last digit."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode()


def progress(items: Sequence[T], what: str) -> Iterable[T]:
    """`items` with a progress bar on stderr, where a person looks on and there is something to wait for."""
    if len(items) < 2 or sys.stderr is None or not sys.stderr.isatty():
        return items
    from tqdm import tqdm

    return tqdm(items, desc=what, file=sys.stderr, leave=False)
