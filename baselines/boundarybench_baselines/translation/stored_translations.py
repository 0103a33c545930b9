"""Stored translations of MasakhaNER 2.0 sentences: JSON lines with an id, the language of the translation, and its text."""

from pathlib import Path

import msgspec

from boundarybench.columns import read_bytes
from boundarybench.errors import DataError


class Translation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The translation of the sentence `id` into `source_lang`."""

    id: str
    source_lang: str
    translation: str


def read(path: Path) -> list[Translation]:
    """All translations in a file.

    Raises:
        UsageError: there is no such file.
        DataError: a line is not a translation, or an id stands twice.
    """
    found: dict[str, Translation] = {}
    for number, line in enumerate(read_bytes(path).removesuffix(b"\n").split(b"\n"), 1):
        try:
            translation = msgspec.json.decode(line, type=Translation)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DataError(f"{path}:{number}: not a translation: {error}") from None
        if translation.id in found:
            raise DataError(f"{path}:{number}: the id {translation.id!r} stands twice")
        found[translation.id] = translation
    return list(found.values())
