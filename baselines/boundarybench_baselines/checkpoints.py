"""Checkpoints that users name: folders and hub ids of `transformers`."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from safetensors import SafetensorError

from boundarybench.errors import UsageError


@contextmanager
def loading(model: str, kind: str) -> Iterator[None]:
    """Say in one line that `model` is no `kind` that can be loaded, whichever of its files is missing or broken.

    Raises:
        UsageError: what is inside the block failed. `transformers` has no error for this: each reader of a file raises its own.
    """
    try:
        yield
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise UsageError(f"{model}: no {kind} can be loaded: {reason}") from None


@contextmanager
def saving() -> Iterator[None]:
    """Give errors of the disk as what they are: torch hides them behind a `RuntimeError`; safetensors and tokenizers write their number
    into the text of errors of their own, and that of tokenizers is a plain `Exception`.

    Raises:
        OSError: such an error.
    """
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        if isinstance(hidden := error.__context__, OSError):
            raise OSError(hidden.errno, hidden.strerror) from error
        if number := re.search(r"\(os error (\d+)\)", str(error)):
            raise OSError(int(number[1]), os.strerror(int(number[1]))) from error
        raise
