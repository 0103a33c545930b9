"""Suites are data: no module names one, but those that report on a suite."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from boundarybench.suites.manifests import packaged

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (ROOT / "benchmark" / "boundarybench", ROOT / "baselines" / "boundarybench_baselines")

#: Where a suite's name may stand in code, and why; `experiments/` and `speed/` are about suites and are not looked at.
ALLOWED = {
    "boundarybench/leaderboard/published.py": {"masakhaner2"},  # published results of one suite
    "boundarybench/suites/sample/__init__.py": {"sample"},  # the suite's own module
    # A format of `convert`, which XTREME gave its name: one label a line.
    "boundarybench/convert/__init__.py": {"xtreme"},
    "boundarybench/convert/layout.py": {"xtreme"},
    "boundarybench/convert/read.py": {"xtreme"},
    "boundarybench/convert/write.py": {"xtreme"},
    "boundarybench/cli/convert.py": {"xtreme"},
    "boundarybench/submission/kinds.py": {"xtreme"},
}


def names_in(tree: ast.AST) -> Iterator[str]:
    """The suites that string constants are, or begin a path or an id with (`suite/lang`)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value.partition("/")[0]
            if name in packaged() and " " not in node.value:
                yield name


@pytest.mark.parametrize("package", PACKAGES, ids=lambda folder: folder.name)
def test_no_module_names_a_suite(package: Path) -> None:
    found = {
        str(path.relative_to(package.parent)): names
        for path in package.rglob("*.py")
        if (names := set(names_in(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert found == {module: names for module, names in ALLOWED.items() if module.startswith(f"{package.name}/")}


@pytest.mark.parametrize("code", ["x = 'sample'", "f(suite='xtreme')", "{'masakhaner2/swa': 1}", "f'sample/{lang}'", "'xtreme' == suite"])
def test_a_name_is_found_wherever_it_stands(code: str) -> None:
    assert len(list(names_in(ast.parse(code)))) == 1


def test_text_about_a_suite_is_none() -> None:
    assert not list(names_in(ast.parse('"""The sample suite: see masakhaner2."""\nepilog = "examples:\\n  score --suite sample"')))
