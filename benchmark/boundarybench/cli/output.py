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


def emit(text: str, output: Path | None) -> None:
    """Print `text`, or write it to `output`, whole or not at all. Raises UsageError where that cannot be written."""
    text = text if text.endswith("\n") else text + "\n"
    if output is None:
        print(text, end="")
        return
    with writing(output) as file:
        file.write(text.encode())


@contextmanager
def writing(output: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `output` when the block ends well. Raises UsageError where that cannot be written."""
    device = output.exists() and not output.is_file()  # a pipe or a device is written to, never replaced
    try:
        with output.open("wb") if device else atomic.replacing(output.resolve()) as file:
            yield file
    except OSError as error:
        raise UsageError(f"{output}: cannot be written ({error.strerror})") from error


def to_json(value: Any) -> str:
    """Indented JSON, floats to their last digit."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode()


def progress(items: Sequence[T], what: str) -> Iterable[T]:
    """`items` with a progress bar on stderr, where a person looks on and there is something to wait for."""
    if len(items) < 2 or sys.stderr is None or not sys.stderr.isatty():
        return items
    from tqdm import tqdm

    return tqdm(items, desc=what, file=sys.stderr, leave=False)
