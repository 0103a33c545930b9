"""What verbs share: writing the result, and progress."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

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
    try:
        if output.exists() and not output.is_file():  # a pipe or a device is written to, never replaced
            output.write_bytes(text.encode())
        else:
            atomic.write_bytes(output.resolve(), text.encode())
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
