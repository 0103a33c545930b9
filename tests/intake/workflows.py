"""Run the steps of a workflow as they stand in its file: a runner for `run` steps, with checkout as a plain clone."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from repos import ENVIRONMENT, ROOT, git

FOLDER = ROOT / ".github" / "workflows"
_EXPRESSION = re.compile(r"\$\{\{\s*([a-z_.]+)\s*\}\}")


def load(name: str) -> dict[str, Any]:
    """A workflow. YAML 1.1 reads its key `on` as true."""
    loaded: dict[Any, Any] = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in loaded.items()}


def fill(text: Any, context: dict[str, str]) -> str:
    """A value of the file with its expressions replaced; an expression that the context lacks is an error."""
    return _EXPRESSION.sub(lambda match: context[match[1]], str(text))


class Runner:
    """The first job of a workflow, in a folder of its own."""

    def __init__(self, name: str, folder: Path, origin: Path, context: dict[str, str]) -> None:
        workflow = load(name)
        job = next(iter(workflow["jobs"].values()))
        assert workflow["defaults"]["run"]["shell"] == "bash"
        assert "env" not in workflow
        assert "env" not in job
        self.steps: list[dict[str, Any]] = job["steps"]
        self.context = context
        self.folder = folder
        self.work = folder / "work"
        self.summary = folder / "summary.md"
        self.origin = origin
        folder.mkdir()
        self.summary.touch()

    def run(self, *, until: str = "", after: str = "") -> "subprocess.CompletedProcess[str]":
        """The steps before the one called `until`, or those from it on (`after`); the first that fails ends the job."""
        names = [step.get("name", "") for step in self.steps]
        first, last = names.index(after) if after else 0, names.index(until) if until else len(names)
        done = subprocess.CompletedProcess[str]([], 0, "", "")
        for step in self.steps[first:last]:
            if step.get("uses", "").startswith("actions/checkout@"):
                self._checkout(step["with"])
            elif "run" in step and not step["run"].startswith("pip install "):
                done = self._step(step)
                if done.returncode:
                    break
        return done

    def _checkout(self, options: dict[str, Any]) -> None:
        assert options["fetch-depth"] == 0
        git(self.folder, "clone", "-q", "--no-local", "--no-checkout", str(self.origin), "work")  # objects are sent, not linked
        git(self.work, "checkout", "-q", "--detach", self._commit(fill(options["ref"], self.context)))

    def _commit(self, ref: str) -> str:
        return ref if re.fullmatch(r"[0-9a-f]{40}", ref) else f"origin/{ref}"

    def _step(self, step: dict[str, Any]) -> "subprocess.CompletedProcess[str]":
        script = self.folder / "step.sh"
        script.write_text(step["run"])
        kept = {name: ENVIRONMENT[name] for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM")}
        environment = {
            **kept,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "BOUNDARYBENCH_HOME": os.environ["BOUNDARYBENCH_HOME"],
            "HF_HUB_OFFLINE": "1",
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            **{name: fill(value, self.context) for name, value in step.get("env", {}).items()},
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        return subprocess.run(command, cwd=self.work, env=environment, capture_output=True, text=True, check=False)
