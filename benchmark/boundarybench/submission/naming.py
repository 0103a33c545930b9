"""Ids that name the gold's sentences in another way: another language, numbers from 1, other zeros before them, numbers alone."""

import re
from typing import NamedTuple

from ..gold.model import FILE, Gold
from ..protocol import sentence_id
from ..suites.manifests import find
from .findings import show

_ID = re.compile(rb'"id"\s*:\s*(?:"([^"\\]{1,200})"|([0-9]{1,9})\b)')
_PARTS = re.compile(r"(?:(.*)[-_:./ ])?([0-9]{1,9})", re.ASCII | re.DOTALL)


class Naming(NamedTuple):
    """Another way in which a file names all of its sentences.

    `message`: what to do about it. `places`: the index of each id; None where the sentences are not the gold's either.
    `lang`: the other language of the suite that the ids name.
    """

    message: str
    places: dict[str, int] | None
    lang: str | None = None


def other(data: bytes, gold: Gold) -> Naming | None:
    """How a file names its sentences where that is not the gold's way throughout; None where single ids are wrong, or none.

    Ids from 1 share all but one with the gold's: they are told by the last, which the gold has not, and the first, which the file has
    not.
    """
    names = dict.fromkeys((match[1] or match[2]).decode(errors="replace") for match in _ID.finditer(data))
    parts = [found for name in names if (found := _PARTS.fullmatch(name))]
    numbers = [int(part[2]) for part in parts]
    uniform = len(parts) == len(names) == len(set(numbers)) > 0 and len({part[1] for part in parts}) == 1
    known = not names.keys().isdisjoint(gold.ids())
    from_1 = uniform and min(numbers) == 1 and max(numbers) == gold.sentences and (not known or len(names) == gold.sentences > 1)
    if not names or (known and not from_1):
        return None
    first, lang = next(iter(names)), (parts[0][1] or "") if uniform else ""
    said = f"ids as {show(first)}; the gold has {sentence_id(gold.lang, 0)} to {sentence_id(gold.lang, gold.sentences - 1)}"
    if lang != gold.lang and (suite := find(gold.suite)) and suite.language(lang):
        return Naming(f"{said}: predictions for {lang}; name that language (--lang {lang})", None, lang)
    if not uniform or max(numbers) >= gold.sentences + from_1:
        return Naming(f"{said}: none of {len(names)} ids is a sentence's; write the gold's ids, or name the gold of these", None)
    places = {name: number - from_1 for name, number in zip(names, numbers, strict=True)}
    if from_1:
        return Naming(f"{said}: count from 0, not from 1", places)
    if gold.suite == FILE and lang != gold.lang and first == sentence_id(lang, numbers[0]):
        return Naming(f"{said}: add --lang {lang}, which then begins the gold's ids", places)
    return Naming(f"{said}: write {sentence_id(gold.lang, 0)} for the first sentence, and so on", places)
