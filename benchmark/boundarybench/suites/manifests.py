"""The suites that there are: those of the package, and a user's own in the data folder. The one place that reads a `suite.toml`."""

import logging
import re
import string
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import msgspec

from .. import home
from ..columns import decode_text, read_bytes
from ..errors import DataError, UsageError
from ..labels import type_names
from .model import Source, Suite, Suites

log = logging.getLogger("boundarybench")

MANIFEST = "suite.toml"

#: What a suite and a language may be called: both are file names, and parts of ids and signatures.
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

#: Names that mean something else where a suite's name may stand.
RESERVED = frozenset({"file", "overall", "runs"})

_PACKAGE = Path(__file__).parent
_MAX_BYTES = 1 << 20
#: What a template may hold, by the field that it is in.
_PLACEHOLDERS = frozenset({"lang", "split", "name", "revision"})
#: Where nobody stands between a server and us.
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@cache
def packaged() -> Suites:
    """The suites of the package by name, in the order of reports."""
    found = [read(folder) for folder in _PACKAGE.iterdir() if (folder / MANIFEST).is_file()]
    return MappingProxyType({suite.name: suite for suite in sorted(found, key=lambda suite: suite.order)})


def on_board() -> tuple[Suite, ...]:
    """The suites of the package in the order of their tables."""
    return tuple(sorted(packaged().values(), key=lambda suite: suite.board))


def own_folder() -> Path:
    """Where a user's own suites are: `$BOUNDARYBENCH_HOME/suites`, else the platform's data folder."""
    return home.data_folder("suites")


def own() -> Suites:
    """A user's own suites by name. Warns of a folder that holds none."""
    found: dict[str, Suite] = {}
    folder = own_folder()
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            if path.is_dir() and NAME.fullmatch(path.name):
                found[path.name] = read(path)
        except (DataError, UsageError) as error:
            log.warning("%s; this suite is left out", error)
    return MappingProxyType(found)


def known() -> Suites:
    """All suites: the package's, then a user's own."""
    return MappingProxyType({**packaged(), **{name: suite for name, suite in own().items() if name not in packaged()}})


def find(name: str) -> Suite | None:
    """The suite of that name; None where there is none. Raises DataError where a user's manifest is broken."""
    if name in packaged():
        return packaged()[name]
    path = own_folder() / name
    return read(path) if NAME.fullmatch(name) and path.is_dir() else None


def folder_of(suite: Suite) -> Path:
    """The folder of a suite's manifest, pins and digests."""
    return (_PACKAGE if suite.packaged else own_folder()) / suite.name


def read(folder: Path) -> Suite:
    """The suite in a folder.

    Raises:
        UsageError: there is no manifest, or it cannot be read.
        DataError: it is broken; the message says where.
    """
    path = folder / MANIFEST
    try:
        state = path.stat()
    except OSError as error:
        raise UsageError(f"{path}: no manifest of a suite ({error.strerror}); `boundarybench gold import` writes one") from error
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(256)
def _read(path: Path, _changed: int, _size: int) -> Suite:
    """`read`, once for each state of the file."""
    return parse(decode_text(read_bytes(path, _MAX_BYTES), str(path)), path.parent.name, str(path), packaged=path.parent.parent == _PACKAGE)


def parse(text: str, name: str, where: str, *, packaged: bool) -> Suite:
    """The suite `name` in the text of a manifest; `where` stands for it in messages. Raises DataError."""
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{where}: not-toml: {error}") from error
    for key in ("name", "packaged"):
        if key in data:
            raise DataError(f"{where}: bad-manifest: no field {key!r}: the folder says it")
    languages = data.pop("languages", None)
    if not isinstance(languages, dict) or not all(isinstance(entry, dict) for entry in languages.values()):
        raise DataError(f"{where}: bad-manifest: [languages] must be a table with an entry for each code")
    rows = [{"code": code, **entry} for code, entry in languages.items()]
    try:
        suite = msgspec.convert({**data, "languages": rows, "name": name, "packaged": packaged}, Suite)
    except msgspec.ValidationError as error:
        raise DataError(f"{where}: bad-manifest: {error}") from error
    problems = _problems(suite)
    if problems:
        raise DataError("\n".join(f"{where}: bad-manifest: {problem}" for problem in problems))
    return suite


def _problems(suite: Suite) -> list[str]:
    """What is wrong with a manifest whose fields have the right types."""
    found = _type_problems(suite)
    if not NAME.fullmatch(suite.name) or suite.name in RESERVED:
        found.append(f"the folder {suite.name!r}: choose a name of a-z, 0-9, '.', '_', '-' (taken: {', '.join(sorted(RESERVED))})")
    found += [f"languages: {code!r} is no code" for code in suite.codes if not NAME.fullmatch(code)]
    if not suite.headline:
        found.append("languages: none is in the mean (headline)")
    if not suite.domains:
        found.append("domains: name at least one")
    if suite.parallel is not None and suite.parallel not in suite.codes:
        found.append(f"parallel: no language {suite.parallel!r}")
    found += [f"source: {problem}" for problem in _source_problems(suite.source, suite, suite.codes)]
    for name, version in suite.versions.items():
        if not NAME.fullmatch(name):
            found.append(f"versions: {name!r} is no name")
        found += [f"versions.{name}.lacks: no language {code!r}" for code in version.lacks if code not in suite.codes]
        has = [code for code in suite.codes if code not in version.lacks]
        found += [f"versions.{name}.source: {problem}" for problem in _source_problems(version.source, suite, has)]
    return found


def _type_problems(suite: Suite) -> list[str]:
    found = []
    for field, names in (("types", suite.types), ("scored", suite.scored)):
        try:
            type_names(names)
        except UsageError as error:
            found.append(f"{field}: {error}")
    if foreign := [name for name in suite.scored if suite.types is not None and name not in suite.types]:
        found.append(f"scored: {', '.join(foreign)} not among types")
    if suite.packaged and suite.types is None:
        found.append("types: a suite of the package has a closed set")
    return found


def _source_problems(source: Source, suite: Suite, codes: Sequence[str]) -> list[str]:
    """What is wrong with where the gold of the languages `codes` is had."""
    paths = {"embedded": source.embedded, "mirror": source.mirror, "git.url": source.git.url if source.git else None}
    found = []
    for field, template in paths.items():
        if template is None:
            continue
        try:
            holds = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
        except ValueError as error:
            found.append(f"{field}: {error}")
            continue
        if holds - _PLACEHOLDERS:
            found.append(f"{field}: {', '.join(sorted(holds - _PLACEHOLDERS))} is no placeholder: {', '.join(sorted(_PLACEHOLDERS))}")
        if field != "git.url" and (Path(template).is_absolute() or ".." in Path(template).parts):
            found.append(f"{field}: {template!r} leads out of its folder")
        if "split" not in holds and len(suite.splits) > 1:
            found.append(f"{field}: one file for the splits {', '.join(suite.splits)}: write {{split}}")
    if source.git:
        url = urlsplit(source.git.url)
        if url.scheme != "https" and url.hostname not in _LOOPBACK:
            found.append(f"git.url: {source.git.url!r}: write https://; http is for this machine alone ({', '.join(sorted(_LOOPBACK))})")
        if isinstance(source.git.revision, dict) and (missing := set(codes) - source.git.revision.keys()):
            found.append(f"git.revision: none for {', '.join(sorted(missing))}")
    return found
