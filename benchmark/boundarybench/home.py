"""Where things are kept between runs: under `$BOUNDARYBENCH_HOME`, or the platform's own folders."""

import os
from pathlib import Path

import platformdirs


def cache_folder(name: str) -> Path:
    """The folder of what can be made again: `$BOUNDARYBENCH_HOME/<name>`, else in the platform's cache folder."""
    return _home(name) or Path(platformdirs.user_cache_dir("boundarybench")) / name


def data_folder(name: str) -> Path:
    """The folder of what cannot: `$BOUNDARYBENCH_HOME/<name>`, else in the platform's data folder."""
    return _home(name) or Path(platformdirs.user_data_dir("boundarybench")) / name


def _home(name: str) -> Path | None:
    home = os.environ.get("BOUNDARYBENCH_HOME")
    return Path(home) / name if home else None
