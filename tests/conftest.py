"""What all tests share: a home of their own, and the real data where it is at hand."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before anything imports huggingface_hub, which reads it once: else every miss costs 20 seconds of retries.
os.environ["HF_HUB_OFFLINE"] = "1"
# Before anything imports torch: threads only cost time where models are tiny.
os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the whole run, its worker processes included: decoding all gold takes seconds."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "home"
    home.mkdir(exist_ok=True)
    return home


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, shared_home: Path) -> Path:
    """No test sees the user's cache or mirror."""
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(shared_home))
    monkeypatch.delenv("BOUNDARYBENCH_DATA", raising=False)
    return shared_home


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real data, set as the mirror."""
    monkeypatch.setenv("BOUNDARYBENCH_DATA", str(_MIRROR))
    return _MIRROR
