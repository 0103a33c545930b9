"""The files that CONTRIBUTING.md sends a newcomer to are there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_every_named_module_exists() -> None:
    named = set(re.findall(r"`([\w/]+\.py)`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    there = [
        path.as_posix() for folder in ("benchmark", "baselines", "experiments", "tests", "tools") for path in (ROOT / folder).rglob("*.py")
    ]
    assert len(named) > 20
    assert [name for name in sorted(named) if not any(path.endswith(f"/{name}") for path in there)] == []
