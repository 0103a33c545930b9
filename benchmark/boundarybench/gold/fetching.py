"""Gold from the network: a file of a public git repository, or a data set of the hub. Nothing else here asks anybody for gold."""

import hashlib
import logging
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .. import home
from ..columns import read_bytes
from ..errors import DataError, GoldUnavailable, NotWritten, Unreachable, not_written
from ..suites.suite import Suite
from . import pinning, sources
from .model import Gold
from .sources import Key

if TYPE_CHECKING:
    from requests import HTTPError

log = logging.getLogger("boundarybench")

#: Seconds to wait for a connection, and for the next bytes.
TIMEOUT = (10, 30)
#: How often a download that failed is tried again.
RETRIES = 2
_CHUNK = 1 << 16


def host(suite: Suite, key: Key) -> str | None:
    """Who would be asked for a set; None where nobody can be."""
    source = suite.source_of(key.version)
    if source.git:
        return urlsplit(address(suite, key)).netloc
    return "the hub" if source.hub else None


def address(suite: Suite, key: Key) -> str:
    """The address of a set's file in its git repository."""
    git, language = suite.source_of(key.version).git, suite.language(key.lang)
    if git is None or language is None:
        raise ValueError(f"{key} is in no git repository")
    return git.address(language, key.split)


def say_licence(suite: Suite) -> None:
    """Show a suite's licence before the first of its sets is fetched: once in a process."""
    _say("; ".join([suite.title, f"licence: {suite.licence}", *([f"from {suite.origin}"] if suite.origin else [])]))


@cache
def _say(line: str) -> None:
    log.info("%s", line)


def kept_path(suite: Suite, key: Key) -> Path:
    """Where the file of a git repository is kept: under a name of its own for each commit."""
    commit = hashlib.sha256(address(suite, key).encode()).hexdigest()[:16]
    version = f"-{key.version}" if key.version else ""
    return home.cache_folder("files") / f"{key.suite}-{key.lang}-{key.split}{version}-{commit}.txt"


def kept(suite: Suite, key: Key) -> Path | None:
    """The file that was fetched before; None where there is none, or it is not the pinned one."""
    pin = pinning.pin(key)
    if suite.source_of(key.version).git is None or pin is None or pin.sha256 is None:
        return None
    path = kept_path(suite, key)
    if not path.is_file():
        return None
    if sha256(path) != pin.sha256:
        log.warning("%s: damaged; it will be fetched again", path)
        return None
    return path


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex digits."""
    return hashlib.sha256(read_bytes(path)).hexdigest()


def fetch_file(suite: Suite, key: Key, *, to_pin: bool = False) -> Path:
    """Download the file of a set from its git repository.

    Args:
        to_pin: take whatever file is there, because its SHA-256 is about to be pinned; else it must be the pinned one.

    Raises:
        Unreachable: the network gave no answer.
        GoldUnavailable: there is no such file, or none that is pinned.
        DataError: the file is not the pinned one; it is not kept.
        NotWritten: the folder of fetched files cannot be written to.
    """
    pin, path, where = pinning.pin(key), kept_path(suite, key), address(suite, key)
    expected = pin.sha256 if pin and not to_pin else None
    if expected is None and not to_pin:
        pins_it = f"`boundarybench gold pin --suite {key.suite} --lang {key.lang} --source TEXT` fetches the file and pins it"
        raise GoldUnavailable(f"no SHA-256 is pinned for {where}; {pins_it}")
    say_licence(suite)
    log.info("%s: fetching %s", key, where)
    try:
        if expected is None:
            path.unlink(missing_ok=True)
        _download(where, path, expected)
    except OSError as error:
        raise NotWritten(f"{not_written(path, error)}; BOUNDARYBENCH_HOME names the place") from error
    return path


def _download(where: str, path: Path, expected: str | None) -> None:
    """Put the file at an address to `path`, whole or not at all. Raises as `fetch_file`, and OSError where it cannot be kept."""
    import pooch  # with `requests`, a third of the time of a short run
    from requests import exceptions

    pooch.get_logger().setLevel(logging.WARNING)
    watched = sys.stderr is not None and sys.stderr.isatty()
    get = pooch.HTTPDownloader(progressbar=watched, chunk_size=_CHUNK, timeout=TIMEOUT)

    def checked(url: str, output: str, files: pooch.Pooch) -> None:
        try:
            get(url, output, files)
        except exceptions.HTTPError as error:
            if _status(error) < "500":  # asking again would change nothing
                raise GoldUnavailable(f"{where}: {_status(error)}") from error
            raise
        _check(Path(output), where, expected)

    files = pooch.create(path.parent, base_url="", registry={path.name: expected}, urls={path.name: where}, retry_if_failed=RETRIES)
    server = urlsplit(where).netloc
    try:
        files.fetch(path.name, downloader=checked)
    except (exceptions.Timeout, exceptions.ConnectionError) as error:  # a server that falls silent in a file is a ConnectionError
        slow = isinstance(error, exceptions.ReadTimeout) or "timed out" in str(error)
        said = f"did not answer within {TIMEOUT[1]} seconds" if slow else "cannot be reached (is there a network?)"
        raise Unreachable(f"{where}: {server} {said}") from error
    except exceptions.HTTPError as error:
        raise GoldUnavailable(f"{where}: {_status(error)}; try again later") from error
    except exceptions.ChunkedEncodingError as error:
        raise GoldUnavailable(f"{where}: the file broke off before its end; try again") from error
    except exceptions.RequestException as error:
        raise GoldUnavailable(f"{where}: {type(error).__name__}: {str(error)[:300]}") from error


def _status(error: "HTTPError") -> str:
    """The status of an answer, as `404 Not Found`."""
    return "" if error.response is None else f"{error.response.status_code} {error.response.reason}"


def _check(path: Path, where: str, expected: str | None) -> None:
    with path.open("rb") as file:
        head = file.read(64).lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise GoldUnavailable(f"{where}: a web page came in place of the file; look at the address in a browser")
    found = sha256(path)
    if expected is not None and found != expected:
        raise DataError(
            f"{where}: wrong-hash: the file's SHA-256 is {found}, pinned is {expected}; it is not kept. Whoever serves it may have changed "
            "it: look at the address, or use a copy of your own (BOUNDARYBENCH_DATA, docs/gold.md)"
        )


def way_out(suite: Suite, key: Key) -> str:
    """What helps whoever cannot fetch a set."""
    mirror = suite.source_of(key.version).mirror
    if mirror:
        file = mirror.format(lang=key.lang, split=key.split)
        return f"set BOUNDARYBENCH_DATA to a local copy: a folder that holds {file} (docs/gold.md)"
    return f"save the file as {kept_path(suite, key)}" if suite.source_of(key.version).git else "read docs/gold.md"


def from_hub(suite: Suite, key: Key) -> Gold:
    """A set of the hub, the suite's licence shown first. Raises as `sources.from_hub`."""
    if suite.source_of(key.version).hub:
        say_licence(suite)
    return sources.from_hub(suite, key)
