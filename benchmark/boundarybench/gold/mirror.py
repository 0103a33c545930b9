"""Gold from a local mirror: `$BOUNDARYBENCH_DATA/masakhaner2/<lang>/<split>.txt` and `.../panx/<split>-<lang>.tsv`."""

import os
from pathlib import Path

from ..columns import decode_text, parse, without_language_prefix
from ..errors import DataError, UsageError
from ..protocol import SUITES
from .model import Gold, of_sentences


def root() -> Path | None:
    """The mirror's folder, or None where `BOUNDARYBENCH_DATA` is not set.

    Raises:
        UsageError: it is set to something that is not a folder.
    """
    value = os.environ.get("BOUNDARYBENCH_DATA")
    if not value:
        return None
    if not Path(value).is_dir():
        raise UsageError(f"BOUNDARYBENCH_DATA={value}: no such folder; unset it, or let it name the local copy of the data")
    return Path(value)


def path_of(folder: Path, suite: str, lang: str, split: str) -> Path:
    """Where a mirror keeps a set."""
    return folder / "panx" / f"{split}-{lang}.tsv" if suite == "xtreme" else folder / suite / lang / f"{split}.txt"


def decode(data: bytes, path: Path, suite: str, lang: str, split: str) -> Gold:
    """The gold in the bytes of a mirror's file. Raises DataError."""
    sentences = without_language_prefix(parse(decode_text(data, str(path)), str(path)))
    if sentences[0].tokens is None:
        raise DataError(f"{path}: bad-columns: one column where gold has a token and a tag")
    return of_sentences(suite, lang, split, sentences, SUITES[suite].types, str(path))
