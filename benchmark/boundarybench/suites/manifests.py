"""The suites that there are: those of the package, and a user's own in the data folder. The one place that reads a `suite.toml`."""

import logging
import re
import tomllib
from collections import Counter
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
from ..types_and_tags import type_names
from .suite import Source, Suite, Suites

log = logging.getLogger("boundarybench")

MANIFEST = "suite.toml"

#: What a suite and a language may be called: both are file names, and parts of ids and signatures.
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

#: Names that mean something else where a suite's name may stand.
RESERVED = frozenset({"file", "overall", "runs"})

_PACKAGE = Path(__file__).parent
_MAX_BYTES = 1 << 20
#: What a template may hold, by the field that it is in.
_PLACEHOLDERS = {
    "groups": frozenset({"lang", "split"}),
    "embedded": frozenset({"lang", "split"}),
    "mirror": frozenset({"lang", "split"}),
    "git.url": frozenset({"lang", "split", "name", "revision"}),
    "hub.path": frozenset({"lang"}),
    "hub.name": frozenset({"lang"}),
    "hub.revision": frozenset({"lang"}),
    "hub.data_dir": frozenset({"lang"}),
}
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
        raise UsageError(f"{path}: no manifest of a suite ({error.strerror}){_mended(folder)} and import its gold again") from error
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(256)
def _read(path: Path, _changed: int, _size: int) -> Suite:
    """`read`, once for each state of the file."""
    folder, packaged = path.parent, path.parent.parent == _PACKAGE
    try:
        return parse(decode_text(read_bytes(path, _MAX_BYTES), str(path)), folder.name, str(path), packaged=packaged)
    except DataError as error:
        raise error if packaged else DataError(f"{error}{_mended(folder)} or mend the file") from error


def _mended(folder: Path) -> str:
    """What helps against a user's suite that cannot be read, whoever made it so."""
    return f"; remove the suite (`boundarybench gold remove {folder.name}`)"


def parse(text: str, name: str, where: str, *, packaged: bool) -> Suite:
    """The suite `name` in the text of a manifest; `where` stands for it in messages. Raises DataError."""
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"{where}: not-toml: {error}") from error
    for key in ("name", "packaged"):
        if key in data:
            raise DataError(f"{where}: bad-manifest: no field {key!r}: the folder says it")
    languages = data.pop("languages", None)
    if not isinstance(languages, dict) or not all(isinstance(entry, dict) for entry in languages.values()):
        raise DataError(f"{where}: bad-manifest: [languages] must be a table with an entry for each code")
    if named := [code for code, entry in languages.items() if "code" in entry]:
        raise DataError(f"{where}: bad-manifest: languages.{named[0]}: no field 'code': the entry's key says it")
    rows = [{"code": code, **entry} for code, entry in languages.items()]
    try:
        suite = msgspec.convert({**data, "languages": rows, "name": name, "packaged": packaged}, Suite)
    except msgspec.ValidationError as error:
        raise DataError(f"{where}: bad-manifest: {_placed(error, list(languages))}; docs/suites.md explains every field") from error
    problems = _problems(suite)
    if problems:
        raise DataError("\n".join(f"{where}: bad-manifest: {problem}" for problem in problems))
    return suite


def _placed(error: msgspec.ValidationError, codes: Sequence[str]) -> str:
    """What msgspec says, the place first and as it stands in the manifest: languages by their codes."""
    message, _, place = str(error).partition(" - at `$.")
    place = re.sub(r"^languages\[(\d+)\]", lambda found: f"languages.{codes[int(found[1])]}", place.removesuffix("`"))
    return f"{place}: {message}" if place else message


def _problems(suite: Suite) -> list[str]:
    """What is wrong with a manifest whose fields have the right types."""
    found = _type_problems(suite)
    if suite.groups is not None:
        found += [f"groups: {problem}" for problem in _template_problems("groups", suite.groups)]
    if not NAME.fullmatch(suite.name) or suite.name in RESERVED:
        found.append(f"the folder {suite.name!r}: choose a name of a-z, 0-9, '.', '_', '-' (taken: {', '.join(sorted(RESERVED))})")
    found += [f"languages: {code!r} is no code: write it with a-z, 0-9, '.', '_', '-'" for code in suite.codes if not NAME.fullmatch(code)]
    if not suite.headline:
        found.append("languages: none is in the mean: let one be without `headline = false`")
    for field, column in (("token_column", suite.read.token_column), ("tag_column", suite.read.tag_column)):
        if column == 0:
            found.append(f"read.{field}: 0: columns are counted from 1, or from -1 for the last")
    if suite.parallel is not None and suite.parallel not in suite.codes:
        found.append(f"parallel: no language {suite.parallel!r}: choose from {' '.join(suite.codes)}")
    found += [f"source: {problem}" for problem in _source_problems(suite.source, suite, suite.codes)]
    for name, version in suite.versions.items():
        if not NAME.fullmatch(name):
            found.append(f"versions: {name!r} is no name: write it with a-z, 0-9, '.', '_', '-'")
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
            found.append(f"{field}: {str(error).removeprefix('types: ')}")
        if twice := [name for name, count in Counter(names or ()).items() if count > 1]:
            found.append(f"{field}: {', '.join(twice)} twice; name each type once")
    if foreign := [name for name in suite.scored if suite.types is not None and name not in suite.types]:
        found.append(f"scored: {', '.join(foreign)} not among types: choose from {', '.join(suite.types or ())}")
    if suite.packaged and suite.types is None:
        found.append("types: a suite of the package has a closed set: list all types of its gold")
    return found


def _source_problems(source: Source, suite: Suite, codes: Sequence[str]) -> list[str]:
    """What is wrong with where the gold of the languages `codes` is had."""
    templates = {"embedded": source.embedded, "mirror": source.mirror, "git.url": source.git.url if source.git else None}
    if source.hub:
        templates |= {f"hub.{field}": getattr(source.hub, field) for field in source.hub.__struct_fields__}
    found = []
    for field, template in templates.items():
        if template is None:
            continue
        found += [f"{field}: {problem}" for problem in _template_problems(field, template)]
        if "split" in _PLACEHOLDERS[field] and "{split}" not in template and len(suite.splits) > 1:
            found.append(f"{field}: one file for the splits {', '.join(suite.splits)}: write {{split}}")
    if source.git:
        if not _is_safe(source.git.url):
            found.append(f"git.url: {source.git.url!r}: write https://; http is for this machine alone ({', '.join(sorted(_LOOPBACK))})")
        if isinstance(source.git.revision, dict) and (missing := set(codes) - source.git.revision.keys()):
            found.append(f"git.revision: none for {', '.join(sorted(missing))}: name a commit for each language, or one for all")
    return found


def _is_safe(url: str) -> bool:
    """Whether nobody between a server and us can change what it sends, or see what is asked for."""
    try:
        parts = urlsplit(url)
        return parts.hostname is not None and (parts.scheme == "https" or parts.hostname in _LOOPBACK)
    except ValueError:  # brackets that hold no address
        return False


def _template_problems(field: str, template: str) -> list[str]:
    """What is wrong with a text in which placeholders stand for a set."""
    placeholders = [f"{{{name}}}" for name in sorted(_PLACEHOLDERS[field])]
    rest = template
    for placeholder in placeholders:
        rest = rest.replace(placeholder, "")
    found = []
    if "{" in rest or "}" in rest:
        found.append(f"{template!r}: in braces only {', '.join(placeholders)} may stand")
    if "." not in field and (Path(template).is_absolute() or ".." in Path(template).parts):
        found.append(f"{template!r} leads out of its folder: write a path below it")
    return found
