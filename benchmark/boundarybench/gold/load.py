"""The door to gold: the sample suite, an imported suite, a local mirror, the cache of the hub, the hub; in that order."""

import hashlib
import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ..columns import read_bytes, read_sentences, without_language_prefix
from ..errors import DataError, GoldUnavailable, UsageError
from ..protocol import SAMPLE, SPLITS, SUITES
from . import cache, hub, manifest, mirror, sample
from .model import FILE, Gold, of_sentences, with_fingerprints

log = logging.getLogger("boundarybench")

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Key(NamedTuple):
    """The name of a gold set."""

    suite: str
    lang: str
    split: str


def check_key(suite: str, lang: str, split: str = "test") -> Key:
    """The key, if such a set can exist.

    Raises:
        UsageError: no such suite, language or split; the message lists what there is.
    """
    if split not in SPLITS:
        raise UsageError(f"unknown split {split!r}: choose from {', '.join(SPLITS)}")
    if suite in SUITES:
        if SUITES[suite].language(lang) is None:
            codes = " ".join(language.code for language in SUITES[suite].languages)
            raise UsageError(f"unknown language {lang!r} in suite {suite}: choose from {codes}")
    elif not NAME.fullmatch(suite) or suite not in imported():
        raise UsageError(f"unknown suite {suite!r}: choose from {', '.join([*SUITES, *imported()])}, or `boundarybench gold import`")
    elif lang not in imported()[suite]:
        raise UsageError(f"unknown language {lang!r} in suite {suite}: choose from {' '.join(imported()[suite])}")
    return Key(suite, lang, split)


def load(suite: str, lang: str, split: str = "test") -> Gold:
    """The gold of a set, verified against the manifest.

    Raises:
        UsageError: there is no such set.
        GoldUnavailable: no copy is at hand and none could be fetched.
        GoldDiffers: a copy's structure is not the pinned one.
        DataError: a copy is broken.
    """
    key = check_key(suite, lang, split)
    found = at_hand(key)
    if found is not None:
        return found
    if suite not in SUITES or suite == SAMPLE.name:
        raise GoldUnavailable(f"{'/'.join(key)}: this suite has no {split} split for {lang}")
    path = cache.cache_path(*key, "hub")
    try:
        gold = manifest.verify(hub.load(*key))
    except GoldUnavailable as error:
        raise type(error)(f"{'/'.join(key)}: no gold at hand: {error}. Or set BOUNDARYBENCH_DATA to a local copy (docs/gold.md)") from error
    _store(path, gold)
    return gold


def at_hand(key: Key) -> Gold | None:
    """The gold of a set, verified, if it can be had without the network; errors as in `load`."""
    gold = copy_at_hand(key)
    return gold if gold is None or key.suite not in SUITES else manifest.verify(gold)


def copy_at_hand(key: Key, *, fresh: bool = False) -> Gold | None:
    """A copy of a set that can be had without the network, not compared with the manifest.

    `fresh` decodes a mirror's file and takes fingerprints again instead of trusting the cache.
    """
    if key.suite == SAMPLE.name:
        return sample.load(key.lang, key.split)
    if key.suite not in SUITES:
        return _imported(key) if key.split == "test" else None
    folder = mirror.root()
    if folder is not None:
        path = mirror.path_of(folder, *key)
        if path.exists():
            return _from_mirror(path, key, fresh=fresh)
    gold = cache.read(cache.cache_path(*key, "hub"))
    return with_fingerprints(gold) if gold and fresh else gold


def _from_mirror(path: Path, key: Key, *, fresh: bool) -> Gold:
    data = read_bytes(path)
    if fresh:
        return mirror.decode(data, path, *key)
    cached = cache.cache_path(*key, hashlib.sha256(data).hexdigest()[:16])
    gold = cache.read(cached)
    if gold is None:
        gold = mirror.decode(data, path, *key)
        _store(cached, gold)
    return gold


def _store(path: Path, gold: Gold) -> None:
    try:
        cache.write(path, gold)
    except OSError as error:
        log.warning("gold is not cached: %s (%s); set BOUNDARYBENCH_HOME to a folder that can be written to", path.parent, error.strerror)


def from_file(path: Path, lang: str | None = None) -> Gold:
    """Gold of a user's own column file; the name before the first dot, or `lang`, begins its ids."""
    sentences = without_language_prefix(read_sentences(path))
    return of_sentences(FILE, lang or path.name.split(".")[0], "test", sentences, None, str(path))


def import_suite(source: Path | Key, name: str, lang: str) -> Gold:
    """Keep gold as a suite `name` of its own, unranked and under its own signature.

    Args:
        source: a user's column file, or a set of the protocol whose copy (mirror, cache or hub) is not the pinned one.

    Raises:
        UsageError: the name is taken by the protocol or is no plain name, or the folder cannot be written to.
        GoldUnavailable: there is no copy of the set.
        DataError: the file is broken.
    """
    for option, value in (("--as", name), ("--lang", lang)):
        if name in SUITES or not NAME.fullmatch(value):
            raise UsageError(f"{option} {value!r}: choose a name of a-z, 0-9, '.', '_', '-' (taken: {', '.join(SUITES)})")
    if isinstance(source, Key):
        gold = replace(copy_at_hand(source) or hub.load(*source), suite=name, split="test")
    else:
        gold = replace(from_file(source, lang), suite=name)
    try:
        cache.write(_imported_path(name, lang), gold)
    except OSError as error:
        raise UsageError(f"{cache.suites_folder()}: {error.strerror}; set BOUNDARYBENCH_HOME to a folder that can be written to") from error
    return gold


def imported() -> dict[str, list[str]]:
    """Imported suites and their languages."""
    folder = cache.suites_folder()
    suites = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return {path.name: sorted(file.stem for file in path.glob("*.gold")) for path in suites}


def _imported(key: Key) -> Gold | None:
    path = _imported_path(key.suite, key.lang)
    gold = cache.read(path)
    if gold is None and path.exists():
        raise DataError(f"{path}: damaged; import the suite again (boundarybench gold import)")
    return gold


def _imported_path(name: str, lang: str) -> Path:
    return cache.suites_folder() / name / f"{lang}.gold"
