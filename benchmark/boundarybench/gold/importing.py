"""A user's own test sets, kept as a suite: unranked, under its own signature, and read by every command like the package's."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from .. import atomic
from ..column_layout import FOUND, Columns
from ..errors import NotWritten, UsageError
from ..suites.manifests import MANIFEST, NAME, RESERVED, find, known, own_folder, packaged
from ..suites.model import Language, Suite
from . import cache, fetching
from .load import copy_at_hand, imported_path, suite_of
from .model import Gold
from .own import from_file
from .sources import Key

#: What a file of gold may be called where a folder holds many: <lang>.conll, test-<lang>.tsv, <lang>/test.txt.
_SUFFIXES = frozenset({".bio", ".conll", ".conll02", ".conllu", ".iob2", ".tsv", ".txt"})
_FILE = re.compile(r"(?:test[-_.])?(?P<lang>[a-z]{2,3}(?:[-_][A-Za-z]{2,8})?)(?:[-_.]test)?", re.ASCII)


def files_of(folder: Path, langs: Sequence[str] | None) -> dict[str, Path]:
    """The files of gold in a folder by language; `langs` chooses some.

    Raises:
        UsageError: there is none, two are of one language, or one that is asked for is not there.
    """
    found: dict[str, Path] = {}
    for path in sorted([*folder.glob("*"), *folder.glob("*/test.*")]):
        name = path.parent.name if path.parent != folder else path.name.split(".")[0] if path.name.count(".") == 1 else path.stem
        match = _FILE.fullmatch(name)
        if path.is_dir() or path.suffix not in _SUFFIXES or match is None:
            continue
        if match["lang"] in found:
            raise UsageError(f"{path} and {found[match['lang']]}: two files of {match['lang']}; import them one at a time with --lang")
        found[match["lang"]] = path
    if missing := [lang for lang in langs or () if lang not in found]:
        raise UsageError(f"{folder}: no file of {' '.join(missing)}; there are {' '.join(found) or 'none'}")
    if not found:
        raise UsageError(f"{folder}: no <lang>.conll, test-<lang>.tsv or <lang>/test.txt ({' '.join(sorted(_SUFFIXES))})")
    return {lang: path for lang, path in found.items() if not langs or lang in langs}


def import_files(
    files: Mapping[str, Path], name: str, scheme: str | None = None, columns: Columns = FOUND, types: tuple[str, ...] | None = None
) -> list[Gold]:
    """Keep column files by language as a suite of that name, beside the languages that it has already.

    Args:
        scheme, columns: of all files, as in `own.from_file`.
        types: those that count by default; None: the protocol's.

    Raises:
        UsageError: the name is taken by the package, or is no plain name.
        NotWritten: the folder cannot be written to.
        DataError: a file is broken; nothing is kept then.
    """
    _check_name(name, files)
    return _keep([replace(from_file(path, lang, scheme, columns), suite=name) for lang, path in files.items()], name, types, None)


def import_copy(key: Key, name: str) -> Gold:
    """Keep the copy at hand (or on the hub) of a suite's set, which is not the pinned one, as a suite of that name.

    Raises:
        UsageError, NotWritten, DataError: as `import_files`.
        GoldUnavailable: there is no copy.
    """
    _check_name(name, [key.lang])
    suite = suite_of(key.suite)
    gold = copy_at_hand(key) or fetching.from_hub(suite, key)
    return _keep([replace(gold, suite=name, split="test", version="")], name, suite.scored, suite)[0]


def remove(name: str, langs: Sequence[str] | None = None) -> list[str]:
    """Remove a user's own suite, or languages of it; the codes of what is gone.

    Raises:
        UsageError: there is no such suite or language, or it is the package's.
        NotWritten: the folder cannot be written to.
    """
    if name in packaged():
        raise UsageError(f"{name} comes with the package; only a suite of your own can be removed")
    suite = suite_of(name)
    if missing := [lang for lang in langs or () if suite.language(lang) is None]:
        raise UsageError(f"suite {name} has no {' '.join(missing)}: choose from {' '.join(suite.codes)}")
    left = [language for language in suite.languages if langs and language.code not in langs]
    folder = own_folder() / name
    with atomic.making(folder):
        if left:
            _write_manifest(folder, _manifest(suite, left))
            for lang in langs or ():
                imported_path(name, lang).unlink(missing_ok=True)
        else:
            shutil.rmtree(folder)
    return list(langs or suite.codes)


def _check_name(name: str, langs: Sequence[str] | Mapping[str, Any]) -> None:
    for option, value in [("--as", name), *(("--lang", lang) for lang in langs)]:
        if name in packaged() or name in RESERVED or not NAME.fullmatch(value):
            taken = ", ".join([*packaged(), *sorted(RESERVED)])
            raise UsageError(f"{option} {value!r}: choose a name of a-z, 0-9, '.', '_', '-' (taken: {taken})")


def _keep(golds: list[Gold], name: str, scored: tuple[str, ...] | None, of: Suite | None) -> list[Gold]:
    before = find(name)
    languages = {language.code: language for language in before.languages} if before else {}
    for gold in golds:
        languages[gold.lang] = _language(gold.lang, of)
    facts = _manifest(before, list(languages.values())) if before else _new(name, list(languages.values()), of)
    if scored is not None:
        facts["scored"] = list(scored)
    folder = own_folder() / name
    try:
        for gold in golds:
            cache.write(imported_path(name, gold.lang), gold)
        _write_manifest(folder, facts)
    except NotWritten as error:
        raise NotWritten(f"{error}; BOUNDARYBENCH_HOME names the place") from error
    return golds


def _language(code: str, of: Suite | None) -> Language:
    """What is known of a language: what the suite says that it is copied from, or any other suite."""
    suites = [*([of] if of else []), *known().values()]
    found = next((language for suite in suites if (language := suite.language(code))), None)
    if found is None:
        return Language(code=code, name=code)
    return Language(code=code, name=found.name, script=found.script, character_tokens=found.character_tokens)


def _new(name: str, languages: list[Language], of: Suite | None) -> dict[str, Any]:
    return {
        "schema": 1,
        "title": f"{name}: a copy of {of.title}" if of else name,
        "domains": list(of.domains) if of else ["not stated"],
        "licence": of.licence if of else "not stated",
        "ranked": False,
        "languages": _table(languages),
    }


def _manifest(suite: Suite, languages: list[Language]) -> dict[str, Any]:
    """The fields of a suite's manifest that are not as they are by default, with other languages."""
    facts: dict[str, Any] = msgspec.to_builtins(suite)
    kept = {name: value for name, value in facts.items() if name not in ("name", "packaged", "languages")}
    return {**kept, "languages": _table(languages)}


def _table(languages: list[Language]) -> dict[str, dict[str, Any]]:
    return {entry.pop("code"): entry for entry in msgspec.to_builtins(languages)}


def _write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    import tomli_w

    with atomic.making(folder):
        atomic.write_bytes(folder / MANIFEST, tomli_w.dumps(facts).encode())
