"""The example submissions are what their tool writes, valid, and show every figure and error class."""

import json
import subprocess
import sys
from pathlib import Path

from boundarybench.cli.main import main
from boundarybench.suites.manifests import packaged

SAMPLE = packaged()["sample"]

ROOT = Path(__file__).resolve().parents[1]


def test_fresh() -> None:
    script = (
        "import sys; sys.path.insert(0, 'tools'); import make_examples, pathlib\n"
        "made = make_examples.files()\n"
        "have = {str(p.relative_to(make_examples.ROOT)): p.read_text() for p in make_examples.ROOT.glob('example-*/**/*') if p.is_file()}\n"
        "sys.exit(made != have)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert done.returncode == 0, "run: python tools/make_examples.py"


def test_valid_and_telling(tmp_path: Path) -> None:
    reports = {}
    for name in ("example-perfect", "example-typical-errors"):
        assert main(["validate", str(ROOT / "submissions" / name)]) == 0
        out = tmp_path / f"{name}.json"
        assert main(["score", str(ROOT / "submissions" / name), "--format", "json", "-o", str(out)]) == 0
        reports[name] = json.loads(out.read_text())
    perfect, errors = reports.values()
    assert {row["lang"] for row in errors["results"]} == {language.code for language in SAMPLE.languages}
    assert all(row["boundary"]["f1"] == row["typed"]["f1"] == 1.0 for row in perfect["results"])
    mean = errors["means"]["sample"]
    assert min(mean["micro"]["errors"].values()) > 0
    assert mean["complete"]
    assert 0.6 < mean["bp50"] < 0.9
    assert all(mean[name] is not None for name in ("iou", "invalid_per_1k", "conditional_boundary_precision", "by_seen", "by_hazard"))
