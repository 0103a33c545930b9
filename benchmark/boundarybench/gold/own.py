"""Gold of a user's own: a column file in any scheme, read as IOB2."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..column_layout import FOUND, Columns
from ..columns import Sentence, read_sentences
from ..errors import DataError
from ..schemes import SCHEMES, Scheme, decode, encode
from ..spans import OUTSIDE
from ..spellings import is_bare_type
from .model import FILE, Gold, check_spelling, of_sentences

log = logging.getLogger("boundarybench")

#: What may begin a tag in any scheme.
_PREFIXES = frozenset().union(*(scheme.prefixes for scheme in SCHEMES.values()))


def from_file(path: Path, lang: str | None = None, scheme: str | None = None, columns: Columns = FOUND) -> Gold:
    """Gold of a user's own column file; the name before the first dot, or `lang`, begins its ids.

    Args:
        scheme: a key of `SCHEMES`; None finds it where the tags leave no doubt, and says which.
        columns: where tokens and tags stand.

    Raises:
        UsageError: there is no such file, or no such column.
        DataError: the file is broken, or its tags are of no scheme, or of more than one.
    """
    sentences = in_iob2(read_sentences(path, columns), scheme, str(path))
    return of_sentences(FILE, lang or path.name.split(".")[0], "test", sentences, None, str(path))


def in_iob2(sentences: Sequence[Sentence], scheme: str | None, name: str) -> Sequence[Sentence]:
    """The sentences of a column file in IOB2, from a scheme or from the one that is found. Raises DataError as `from_file`."""
    if scheme == "IO":
        sentences = _with_prefixes(sentences)
    prefixes = SCHEMES[scheme].prefixes if scheme else _PREFIXES
    check_spelling(sentences, name, scheme or "IOB2", "".join(sorted(prefixes)), "--gold-scheme")
    found = scheme or _found(sentences, name)
    if found == "IOB2":
        return sentences
    if scheme is None:
        log.info("%s: tags read as %s (--gold-scheme names another)", name, found)
    return _rewritten(sentences, found, name)


def tokens_of(path: Path, columns: Columns) -> Gold:
    """The sentences of a column file as gold whose tags are all O: what its predictions are lined up with. Errors as `from_file`."""
    bare = [replace(sentence, tags=(OUTSIDE,) * len(sentence.tags)) for sentence in read_sentences(path, columns)]
    return of_sentences(FILE, path.name.split(".")[0], "test", bare, None, str(path), may_be_empty=True)


def _with_prefixes(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences with I- before bare types, as IO files have them."""
    tags = {tag: f"I-{tag}" if is_bare_type(tag) else tag for sentence in sentences for tag in sentence.tags}
    return [replace(sentence, tags=tuple(tags[tag] for tag in sentence.tags)) for sentence in sentences]


def _found(sentences: Sequence[Sentence], name: str) -> str:
    """The scheme that the prefixes in use belong to; of several, the first that all sentences are valid in."""
    letters = {tag[0] for sentence in sentences for tag in sentence.tags if tag != OUTSIDE}
    if letters <= SCHEMES["IOB2"].prefixes:  # IOB1 and IO are read as the same spans
        return "IOB2"
    # BIOES and BMES without an inner token are the same; the first name does for both.
    fits: dict[Scheme, str] = {}
    for scheme, written in SCHEMES.items():
        if letters <= written.prefixes:
            fits.setdefault(written._replace(inner=""), scheme)
    names = list(fits.values())
    if len(names) == 1:
        return names[0]
    for scheme in names:
        if all(_written(sentence, scheme) == list(sentence.tags) for sentence in sentences):
            return scheme
    listed = f"could be {', '.join(names)}" if names else "are of more than one scheme"
    raise DataError(f"{name}: unknown-scheme: tags with {' '.join(sorted(letters))} {listed}; name it with --gold-scheme, or mend the tags")


def _rewritten(sentences: Sequence[Sentence], scheme: str, name: str) -> list[Sentence]:
    """The sentences in IOB2, with a warning where tags are not valid in `scheme`."""
    known: dict[str, str] = {}
    invalid: list[int] = []
    found: list[Sentence] = []
    for sentence in sentences:
        if any(tag != OUTSIDE for tag in sentence.tags):
            invalid += [
                sentence.line_of(position)
                for position, (tag, valid) in enumerate(zip(sentence.tags, _written(sentence, scheme), strict=True))
                if tag != valid
            ]
            found.append(replace(sentence, tags=tuple(known.setdefault(tag, tag) for tag in _written(sentence, "IOB2"))))
        else:
            found.append(sentence)
    if invalid:
        log.warning(
            "%s:%d: %d tags are not valid %s; what continues nothing is read as a beginning", name, invalid[0], len(invalid), scheme
        )
    return found


def _written(sentence: Sentence, scheme: str) -> list[str]:
    """The tags of a sentence's spans in `scheme`."""
    return encode(decode(sentence.tags), len(sentence.tags), SCHEMES[scheme])
