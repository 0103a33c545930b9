"""What git says of a folder: its own objects only, whatever a hook has set in the environment, and nothing from the network."""

import os
import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str) -> bytes | None:
    """What git prints, called in `folder`; None where it is not installed or refuses."""
    # A hook's GIT_DIR or GIT_INDEX_FILE would speak of another tree than the one that is read.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # A clone without blobs fetches what it lacks, unless no protocol may be used.
    command = ["git", "-C", str(folder), "-c", "core.fsmonitor=false", "-c", "protocol.allow=never", *arguments]
    try:
        return subprocess.run(command, env=environment, capture_output=True, check=True).stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
