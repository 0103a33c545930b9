"""The door to gold: what comes with its suite, a user's own, a local mirror, what was fetched before, the network; in that order."""

import hashlib
import logging
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from ..columns import read_bytes
from ..errors import DataError, GoldUnavailable, NotWritten, UsageError
from ..suites.manifests import MANIFEST, find, folder_of, known, own_folder
from ..suites.suite import SPLITS, Suite
from . import cache, fetching, pinning, sources
from .model import Gold, with_fingerprints
from .sources import Key
from .units import units_of

log = logging.getLogger("boundarybench")


def suite_of(name: str) -> Suite:
    """The suite of that name. Raises UsageError where there is none, DataError where its manifest is broken."""
    found = find(name)
    if found is None:
        close = get_close_matches(name, known(), 1)
        meant = f"did you mean {close[0]}? " if close else ""
        raise UsageError(f"unknown suite {name!r}: {meant}choose from {', '.join(known())}, or `boundarybench gold import`")
    return found


def check_key(suite: str, lang: str, split: str = "test", version: str = "") -> Key:
    """The key, if such a set can exist.

    Raises:
        UsageError: no such suite, language, split or version; the message lists what there is.
    """
    if split not in SPLITS:
        raise UsageError(f"unknown split {split!r}: choose from {', '.join(SPLITS)}")
    found = suite_of(suite)
    if found.language(lang) is None:
        raise UsageError(f"unknown language {lang!r} in suite {suite}: choose from {' '.join(found.codes)}")
    check_version(found, version)
    if version and lang in found.versions[version].lacks:
        raise UsageError(f"suite {suite} as of {version} has no {lang}: name others with --lang, or leave its file out")
    return Key(suite, lang, split, version)


def check_version(suite: Suite, version: str) -> None:
    """Raise UsageError where a suite has no older copy of that name."""
    if version and version not in suite.versions:
        listed = f"choose from {', '.join(suite.versions)}" if suite.versions else "it has none"
        raise UsageError(f"unknown gold version {version!r} of suite {suite.name}: {listed}")


def load(suite: str, lang: str, split: str = "test", version: str = "") -> Gold:
    """The gold of a set, verified against its suite's pins.

    Raises:
        UsageError: there is no such set.
        GoldUnavailable: no copy is at hand and none could be fetched.
        GoldDiffers: a copy's structure is not the pinned one.
        DataError: a copy is broken.
    """
    key = check_key(suite, lang, split, version)
    found = at_hand(key)
    if found is not None:
        return found
    spec = suite_of(suite)
    if split not in spec.splits or fetching.host(spec, key) is None:
        raise GoldUnavailable(
            f"{key}: no gold at hand: {fetching.way_out(spec, key)}"
            if spec.source_of(version).mirror
            else f"{key}: this suite has no {split} split for {lang}"
        )
    try:
        if spec.source_of(version).git:
            return _verified(_of_file(fetching.fetch_file(spec, key), spec, key, fresh=False), spec)
        gold = _verified(fetching.from_hub(spec, key), spec)
    except GoldUnavailable as error:
        raise type(error)(f"{key}: no gold at hand: {error}; or {fetching.way_out(spec, key)}") from error
    _store(cache.cache_path(key, "hub"), gold)
    return gold


def at_hand(key: Key) -> Gold | None:
    """The gold of a set, verified, if it can be had without the network; errors as in `load`."""
    gold = copy_at_hand(key)
    return None if gold is None else _verified(gold, suite_of(key.suite))


def _verified(gold: Gold, suite: Suite) -> Gold:
    """`gold` held against its pin, with the units that its suite draws. Raises GoldDiffers."""
    return pinning.verify(replace(gold, units=units_of(gold.repeats, gold.documents, suite.sentences)))


def copy_at_hand(key: Key, *, fresh: bool = False) -> Gold | None:
    """A copy of a set that can be had without the network, not compared with its pin.

    `fresh` decodes a file and takes fingerprints again instead of trusting the cache.
    """
    suite = suite_of(key.suite)
    if key.split not in suite.splits:
        return None
    if not suite.packaged and (gold := _imported(suite, key)):
        return gold
    if path := sources.embedded(suite, key):
        return sources.decode(read_bytes(path), str(path), suite, key)
    if path := sources.mirrored(suite, key):
        return _of_file(path, suite, key, fresh=fresh)
    if path := fetching.kept(suite, key):
        return _of_file(path, suite, key, fresh=fresh)
    gold = cache.read(cache.cache_path(key, "hub"))
    return with_fingerprints(gold) if gold and fresh else gold


def place(key: Key) -> str | None:
    """Where the copy at hand is: `package`, `imported`, `mirror` or `cache`; None where there is none."""
    suite = suite_of(key.suite)
    if not suite.packaged and imported_path(suite.name, key.lang).exists() and key.split == "test":
        return "imported"
    if sources.embedded(suite, key):
        return "package"
    if sources.mirrored(suite, key):
        return "mirror"
    return "cache" if fetching.kept(suite, key) or cache.cache_path(key, "hub").exists() else None


def to_pin(key: Key) -> tuple[Gold | None, str | None]:
    """The copy of a set that `gold pin` takes, decoded from its first byte, and the SHA-256 of its file where a git repository has that.

    Such a file is fetched where no mirror has it, whatever its hash. None for what there is not. Errors as in `load`.
    """
    suite = suite_of(key.suite)
    if suite.source_of(key.version).git is None or place(key) in ("package", "imported"):
        return copy_at_hand(key, fresh=True), None
    path = sources.mirrored(suite, key) or fetching.fetch_file(suite, key, to_pin=True)
    return _of_file(path, suite, key, fresh=True), fetching.sha256(path)


def _of_file(path: Path, suite: Suite, key: Key, *, fresh: bool) -> Gold:
    data = read_bytes(path)
    if fresh:
        return sources.decode(data, str(path), suite, key)
    cached = cache.cache_path(key, hashlib.sha256(data + sources.rules(suite, key)).hexdigest()[:16])
    gold = cache.read(cached)
    if gold is None:
        gold = sources.decode(data, str(path), suite, key)
        _store(cached, gold)
    return gold


def _store(path: Path, gold: Gold) -> None:
    try:
        cache.write(path, gold)
    except NotWritten as error:
        log.warning("gold is not cached: %s; BOUNDARYBENCH_HOME names the place", error)


def _imported(suite: Suite, key: Key) -> Gold | None:
    path = imported_path(suite.name, key.lang)
    if key.split != "test" or key.version or not path.exists():
        return None
    gold = cache.read(path)
    if gold is None:
        raise DataError(f"{path}: damaged; import the suite again (boundarybench gold import)")
    return gold if suite.types is None else _of_types(gold, suite.types, str(folder_of(suite) / MANIFEST))


def _of_types(gold: Gold, types: tuple[str, ...], manifest: str) -> Gold:
    """`gold` with the closed set of types that predictions have, too: both count types by their place in it."""
    if foreign := sorted(set(gold.spans.types).difference(types)):
        raise DataError(f"{gold.suite}/{gold.lang}: unknown-tag: gold has {', '.join(foreign)}, which `types` in {manifest} does not list")
    places = np.array([types.index(name) for name in gold.spans.types], np.uint8)
    return replace(gold, spans=replace(gold.spans, type=places[gold.spans.type], types=types))


def imported_path(name: str, lang: str) -> Path:
    """Where `gold import` keeps a set of a user's own suite."""
    return own_folder() / name / f"{lang}.gold"
