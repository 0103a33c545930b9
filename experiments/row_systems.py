"""The systems behind the reference rows. Those in `systems/` need what `reference_rows --prepare` makes; the others ship."""

from pathlib import Path

FOLDER = Path(__file__).with_name("systems")


def system_file(name: str) -> str:
    """What `boundarybench run` takes for a row's system: its file, or the name of a system that ships."""
    path = FOLDER / f"{name}.toml"
    return str(path) if path.is_file() else name
