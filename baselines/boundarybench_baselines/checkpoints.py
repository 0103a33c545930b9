"""Checkpoints that users name: folders and hub ids of `transformers`."""

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
