"""What all tests share: a home of their own, and the real data where it is at hand."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before anything imports huggingface_hub, which reads it once: else every miss costs 20 seconds of retries.
os.environ["HF_HUB_OFFLINE"] = "1"
# Before anything imports torch: threads only cost time where models are tiny.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Some tests fork; a tokenizer whose threads have run before would wait for ever in the child.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# The same examples on every run and machine; `--hypothesis-profile explore` looks for others.
_COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.register_profile("default", _COMMON, derandomize=True)
settings.register_profile("explore", _COMMON)
settings.load_profile("default")

_MIRROR = Path(os.environ.get("BOUNDARYBENCH_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything that asks for the real data is marked `real` and skipped where there is none."""
    for item in items:
        if "data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.real)
            if not _MIRROR.is_dir():
                item.add_marker(pytest.mark.skip(reason="no real data: set BOUNDARYBENCH_DATA"))


@pytest.fixture(scope="session")
def worker_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for each worker process of the run; all share the decoded gold, since decoding takes seconds."""
    base = tmp_path_factory.getbasetemp()
    home = base / "home"
    home.mkdir()
    gold = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "decoded-gold"
    gold.mkdir(exist_ok=True)
    (home / "gold").symlink_to(gold)
    return home


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, worker_home: Path) -> Iterator[Path]:
    """No test sees the user's cache or mirror, or what another test imported."""
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(worker_home))
    monkeypatch.delenv("BOUNDARYBENCH_DATA", raising=False)
    yield worker_home
    shutil.rmtree(worker_home / "suites", ignore_errors=True)


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real data, set as the mirror."""
    monkeypatch.setenv("BOUNDARYBENCH_DATA", str(_MIRROR))
    return _MIRROR
