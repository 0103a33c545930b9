"""Manifests of invented suites."""

from pathlib import Path
from typing import Any

import tomli_w

from boundarybench.suites.manifests import MANIFEST, own_folder

#: The least that a manifest must say.
MINIMAL: dict[str, Any] = {
    "schema": 1,
    "title": "Letters of a village",
    "domains": ["letters"],
    "licence": "CC0",
    "languages": {"sw": {"name": "Swahili"}},
}


def toml(**fields: Any) -> str:
    """The least manifest, with other fields; None leaves one out."""
    return tomli_w.dumps({name: value for name, value in {**MINIMAL, **fields}.items() if value is not None})


def put(name: str, content: str | bytes) -> Path:
    """A manifest in the folder of a user's own suites."""
    path = own_folder() / name / MANIFEST
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
