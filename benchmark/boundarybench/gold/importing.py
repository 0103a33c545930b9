"""A user's own test sets, kept as a suite: unranked, under its own signature, and read by every command like the package's."""

import logging
import re
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli_w
from filelock import FileLock

from .. import atomic
from ..column_layout import FOUND, Columns
from ..columns import read_text
from ..errors import DataError, NotWritten, UsageError, not_written
from ..protocol import TYPES
from ..suites.manifests import MANIFEST, NAME, RESERVED, find, known, own_folder, packaged, parse
from ..suites.pins import FILE as PINS
from ..suites.pins import Pin, pins
from ..suites.pins import key as pin_key
from ..suites.suite import Language, Suite
from ..types_and_tags import type_names
from . import cache, fetching
from .load import copy_at_hand, imported_path, suite_of
from .model import Gold
from .own import from_file
from .pinning import as_bytes, pin_of
from .sources import Key

log = logging.getLogger("boundarybench")

#: How files of gold are told from others where a folder holds many.
_SUFFIXES = frozenset({".bio", ".conll", ".conll02", ".conllu", ".iob2", ".tsv", ".txt"})
_FILE = re.compile(r"(?:test[-_.])?(?P<lang>[a-z]{2,3})(?:[-_.].*)?", re.ASCII)
_OTHER_SPLITS = frozenset({"train", "dev", "valid", "validation"})
_FORMS = "<lang>.conll, <lang>-anything.conll, test-<lang>.conll or <lang>/test.conll"

#: Files that a message names.
_SHOWN = 5


def files_of(folder: Path, langs: Sequence[str] | None) -> dict[str, Path]:
    """The files of gold in a folder by language, of the names `_FORMS`; `langs` chooses some. Training and development files are no gold.

    Raises:
        UsageError: there is none, two are of one language, or one that is asked for is not there.
    """
    found: dict[str, Path] = {}
    strange: list[str] = []
    for path in sorted([*folder.glob("*"), *folder.glob("*/test.*")]):
        name = path.stem if path.parent == folder else path.parent.name
        if path.suffix not in _SUFFIXES or not path.is_file() or _OTHER_SPLITS.intersection(re.split(r"[-_.]", name)):
            continue
        if (match := _FILE.fullmatch(name)) is None:
            strange.append(str(path.relative_to(folder)))
        elif langs and match["lang"] not in langs:
            continue
        elif match["lang"] in found:
            lang = match["lang"]
            raise UsageError(f"{path} and {found[lang]}: two files of {lang}; import one by its path, with --lang {lang}")
        else:
            found[match["lang"]] = path
    if missing := [lang for lang in langs or () if lang not in found]:
        raise UsageError(f"{folder}: no file of {' '.join(missing)}; expected {_FORMS}")
    if not found:
        raise UsageError(f"{folder}: no file is called {_FORMS} (or with {' '.join(sorted(_SUFFIXES - {'.conll'}))})")
    if strange:
        more = f" and {len(strange) - _SHOWN} more" if len(strange) > _SHOWN else ""
        log.warning("%s: left out %s%s: not called %s", folder, ", ".join(strange[:_SHOWN]), more, _FORMS)
    return found


def import_files(
    files: Mapping[str, Path],
    name: str,
    scheme: str | None = None,
    columns: Columns = FOUND,
    types: Iterable[str] | None = None,
) -> list[Gold]:
    """Keep column files by language as a suite of that name, beside the languages that it has already.

    Args:
        scheme, columns: of all files, as in `own.from_file`.
        types: those that count by default, or "all" that occur; None: as before, at first the protocol's.

    Raises:
        UsageError: the name is taken by the package, or is no plain name; there is no such file.
        NotWritten: the folder cannot be written to.
        DataError: files are broken, the message has the problems of each, or the suite's manifest is; nothing is kept then.
    """
    _check_name(name, files)
    golds: list[tuple[str, Gold]] = []
    problems: list[str] = []
    for lang, path in files.items():
        try:
            golds.append((str(path.resolve()), replace(from_file(path, lang, scheme, columns), suite=name)))
        except DataError as error:
            problems.append(str(error))
    if problems:
        raise DataError("\n".join(problems))
    return _keep(golds, name, types, None)


def import_copy(key: Key, name: str) -> Gold:
    """Keep the copy at hand (or on the hub) of a suite's set, which is not the pinned one, as a suite of that name.

    Raises:
        UsageError, NotWritten, DataError: as `import_files`.
        GoldUnavailable: there is no copy.
    """
    _check_name(name, [key.lang])
    suite = suite_of(key.suite)
    gold = copy_at_hand(key) or fetching.from_hub(suite, key)
    return _keep([(f"a copy of {key}", replace(gold, suite=name, version=""))], name, None, suite)[0]


def remove(name: str, langs: Sequence[str] = ()) -> list[str]:
    """Remove a user's own suite, whatever state it is in, or only some of its languages; what is gone: `name`, or `name/lang` for each.

    Raises:
        UsageError: there is no such suite or language, or it is the package's.
        NotWritten: the folder cannot be written to.
        DataError: languages are to go, and the suite's manifest is broken, or would be without them.
    """
    if name in packaged():
        raise UsageError(f"{name} comes with the package; only a suite of your own can be removed")
    with _alone():
        folder = own_folder() / name
        if not NAME.fullmatch(name) or not folder.is_dir():
            suite_of(name)  # says what there is
        suite = suite_of(name) if langs else None
        if suite and set(langs) != set(suite.codes):
            _remove_languages(suite, langs)
            return [f"{name}/{lang}" for lang in dict.fromkeys(langs)]
        if folder.is_symlink():  # what it leads to is not ours
            folder.unlink()
        else:
            shutil.rmtree(folder)
        return [name]


def _remove_languages(suite: Suite, langs: Sequence[str]) -> None:
    if missing := [lang for lang in langs if suite.language(lang) is None]:
        raise UsageError(f"suite {suite.name} has no {' '.join(missing)}: choose from {' '.join(suite.codes)}")
    facts = _facts(own_folder() / suite.name)
    facts["languages"] = {code: entry for code, entry in facts["languages"].items() if code not in langs}
    left = {key: pin for key, pin in pins(suite).items() if key.partition("/")[0] not in langs}
    with _changed(suite.name, facts, left) as new:
        for lang in langs:
            (new / imported_path(suite.name, lang).name).unlink(missing_ok=True)


def _check_name(name: str, langs: Iterable[str]) -> None:
    if name in packaged() or name in RESERVED or not NAME.fullmatch(name):
        taken = ", ".join([*packaged(), *sorted(RESERVED)])
        raise UsageError(f"--as {name!r}: choose a name of a-z, 0-9, '.', '_', '-' (taken: {taken})")
    for lang in langs:
        if not NAME.fullmatch(lang):
            raise UsageError(f"--lang {lang!r}: choose a code of a-z, 0-9, '.', '_', '-'")


def _keep(golds: Sequence[tuple[str, Gold]], name: str, types: Iterable[str] | None, of: Suite | None) -> list[Gold]:
    """Keep gold, each with what it was taken from."""
    with _alone():
        before = find(name)
        facts = _facts(own_folder() / name) if before else _new(name, of)
        entries = pins(before) if before else {}
        for source, gold in golds:
            facts["languages"].setdefault(gold.lang, _language(gold.lang, of))
            entries = {**entries, pin_key(gold.lang, "test"): pin_of(gold, source)}
        if types is not None:
            # One order, so that one selection has one signature.
            chosen = set(type_names(types) or {kind for pin in entries.values() for kind in pin.entities})
            facts["scored"] = [*(kind for kind in TYPES if kind in chosen), *sorted(chosen.difference(TYPES))]
        with _changed(name, facts, entries) as new:
            for _, gold in golds:
                cache.write(new / imported_path(name, gold.lang).name, gold)
    return [gold for _, gold in golds]


@contextmanager
def _alone() -> Iterator[None]:
    """No other process changes a user's suites until the block ends. Raises NotWritten: their folder cannot be written to."""
    folder = own_folder()
    try:
        with atomic.making(folder), FileLock(folder / ".lock"):
            yield
    except (OSError, NotWritten) as error:
        said = not_written(folder, error) if isinstance(error, OSError) else error
        raise NotWritten(f"{said}; BOUNDARYBENCH_HOME names the place") from error


@contextmanager
def _changed(name: str, facts: Mapping[str, Any], entries: Mapping[str, Pin]) -> Iterator[Path]:
    """A copy of a suite's folder with another manifest and other pins, to change; it takes the folder's place when the block ends.

    Raises:
        NotWritten: the folder cannot be written to.
        DataError: with these facts there is no suite; the message says why.
    """
    folder, text = own_folder() / name, tomli_w.dumps(facts)
    parse(text, name, str(folder / MANIFEST), packaged=False)
    with atomic.replacing_folder(folder) as new:
        if folder.is_dir():
            shutil.copytree(folder, new, symlinks=True, dirs_exist_ok=True)
        (new / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
        (new / PINS).write_bytes(as_bytes(dict(entries)))
        yield new


def _facts(folder: Path) -> dict[str, Any]:
    """What the manifest in a folder says, as it stands there: what a user wrote stays, but for comments."""
    return tomllib.loads(read_text(folder / MANIFEST))


def _new(name: str, of: Suite | None) -> dict[str, Any]:
    return {
        "schema": 1,
        "title": f"{name}: a copy of {of.title}" if of else name,
        "domains": list(of.domains) if of else ["not stated"],
        "licence": of.licence if of else "not stated",
        "ranked": False,
        "scored": list(of.scored if of else TYPES),
        "languages": {},
    }


def _language(code: str, of: Suite | None) -> dict[str, Any]:
    """What a manifest says of a language: what the suite does that it is copied from, or any other suite."""
    suites = [*([of] if of else []), *known().values()]
    found = next((language for suite in suites if (language := suite.language(code))), Language(code=code, name=code))
    entry: dict[str, Any] = {"name": found.name}
    if found.script:
        entry["script"] = found.script
    if found.character_tokens:
        entry["character_tokens"] = True
    return entry
