"""Decoded gold on disk. A damaged file counts as absent; two processes may write the same one at once."""

import io
import json
import logging
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np
import platformdirs

from .. import atomic
from ..spans import Spans
from .model import Gold

log = logging.getLogger("boundarybench")

#: Part of every file name: raised when the layout or the decoding changes.
LAYOUT = 1

_ARRAYS = ("lengths", "invalid", "bridged", "units")
_TEXTS = ("suite", "lang", "split", "structure", "text")


def cache_folder() -> Path:
    """Where decoded gold is cached: `$BOUNDARYBENCH_HOME/gold`, else the platform's cache folder."""
    return _home("gold") or Path(platformdirs.user_cache_dir("boundarybench")) / "gold"


def suites_folder() -> Path:
    """Where `gold import` keeps suites: `$BOUNDARYBENCH_HOME/suites`, else the platform's data folder."""
    return _home("suites") or Path(platformdirs.user_data_dir("boundarybench")) / "suites"


def _home(name: str) -> Path | None:
    home = os.environ.get("BOUNDARYBENCH_HOME")
    return Path(home) / name if home else None


def cache_path(suite: str, lang: str, split: str, origin: str) -> Path:
    """The cache file of a set that came from `origin` (a short name or hash)."""
    return cache_folder() / f"{suite}-{lang}-{split}-{origin}.v{LAYOUT}.npz"


def read(path: Path) -> Gold | None:
    """The gold in a cache file; None where there is no such file or it is damaged (each part has a checksum)."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as parts:
            meta = json.loads(parts["meta"].tobytes())
            spans = Spans(parts["start"], parts["end"], parts["type"], tuple(meta["types"]))
            return Gold(
                **{name: meta[name] for name in _TEXTS},
                **{name: parts[name] for name in _ARRAYS},
                spans=spans,
                tokens=parts["tokens"].tobytes() if meta["has_tokens"] else None,
            )
    except (zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError, OSError, NotImplementedError, TypeError):
        log.warning("%s: damaged; it will be made again", path)
        return None


def write(path: Path, gold: Gold) -> None:
    """Store `gold` at `path`, whole or not at all. Raises OSError where the folder cannot be written to."""
    meta = {name: getattr(gold, name) for name in _TEXTS} | {"types": gold.spans.types, "has_tokens": gold.tokens is not None}
    buffer = io.BytesIO()
    np.savez(
        buffer,
        meta=np.frombuffer(json.dumps(meta).encode(), np.uint8),
        start=gold.spans.start,
        end=gold.spans.end,
        type=gold.spans.type,
        tokens=np.frombuffer(gold.tokens or b"", np.uint8),
        **{name: getattr(gold, name) for name in _ARRAYS},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(path, buffer.getvalue())
