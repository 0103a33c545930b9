"""Imports run downwards: a room imports rooms that stand before it, and a module no module that imports it."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "boundarybench": ROOT / "benchmark" / "boundarybench",
    "boundarybench_baselines": ROOT / "baselines" / "boundarybench_baselines",
    "experiments": ROOT / "experiments",
}
#: The rooms of each package, from the bottom up; the packages themselves stand on each other in the order of `PACKAGES`.
_ORDER = """
boundarybench: __init__ errors gzipped atomic normal_form home protocol types_and_tags spans schemes spellings column_layout columns
    languages suites gold submission selection scoring uncertainty comparison comparison_report result suite_means report anatomy
    leaderboard intake site metric convert cli __main__
boundarybench_baselines: __init__ machine checkpoints e5 windows encoding batches stages alignment tagging translation projection
    provenance system pipeline stage_budgets about runs train cli
experiments: __init__ row_systems corpora machine_translations near_copies held_out parallel_text corpus_links taggers
    projection_figures gold_mentions lexica weights leave_one_out projection_report leaks lexicon_choice transfer_anatomy
    deletion_gains findings_tables reference_rows stage_losses block_lengths coverage
"""
ROOMS = {package: rooms.split() for package, rooms in re.findall(r"^(\w+):((?:\s+\w+(?!\w*:))+)", _ORDER, re.MULTILINE)}


def modules() -> dict[str, Path]:
    """All modules by their dotted names; a package's own code counts as its `__init__`."""
    return {
        ".".join([package, *path.relative_to(folder).with_suffix("").parts]): path
        for package, folder in PACKAGES.items()
        for path in folder.rglob("*.py")
    }


def imported(name: str, source: str, known: dict[str, Path]) -> Iterator[str]:
    """The modules of ours that a module's source imports, at its head or inside a function."""
    parts = name.split(".")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = parts[: len(parts) - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for each in found:
            package = each.rpartition(".")[0]  # what is imported is a module, or a name in one
            yield from [module for module in (each, f"{each}.__init__", package, f"{package}.__init__") if module in known][:1]


def height(name: str) -> tuple[int, int]:
    package, room, *_ = name.split(".")
    return list(PACKAGES).index(package), ROOMS[package].index(room)


def upward(arrows: dict[str, set[str]]) -> list[str]:
    return sorted(f"{name} imports {other}" for name, others in arrows.items() for other in others if height(other) > height(name))


@pytest.fixture(scope="module")
def arrows() -> dict[str, set[str]]:
    known = modules()
    return {name: set(imported(name, path.read_text(encoding="utf-8"), known)) - {name} for name, path in known.items()}


def test_every_module_stands_in_a_room(arrows):
    rooms = {tuple(name.split(".")[:2]) for name in arrows}
    assert rooms == {(package, room) for package, rooms in ROOMS.items() for room in rooms}


def test_imports_run_downwards(arrows):
    assert upward(arrows) == []
    assert sum(map(len, arrows.values())) > 500  # they were found


def test_no_circle_of_modules(arrows):
    TopologicalSorter(arrows).prepare()


@pytest.mark.parametrize(
    ("name", "source", "other"),
    [
        ("boundarybench.scoring.score", "from ..report import mean", "boundarybench.report"),
        ("boundarybench.gold.load", "def f():\n    import boundarybench.cli.main", "boundarybench.cli.main"),
        ("boundarybench.errors", "from boundarybench_baselines import runs", "boundarybench_baselines.runs"),
        ("boundarybench_baselines.runs", "from experiments.row_systems import system_file", "experiments.row_systems"),
    ],
)
def test_a_turned_arrow_is_found(name, source, other):
    assert upward({name: set(imported(name, source, modules()))}) == [f"{name} imports {other}"]


def test_names_tell_modules_apart() -> None:
    """A file that is named like another one is opened in vain. A verb of the command line may be named like what it shows."""
    names = Counter(path.stem for package in list(PACKAGES)[:2] for path in PACKAGES[package].rglob("*.py") if path.parent.name != "cli")
    del names["__init__"], names["__main__"]
    assert [name for name, times in names.items() if times > 1] == []


def test_names_tell_classes_apart() -> None:
    names = Counter(
        node.name
        for package in list(PACKAGES)[:2]
        for path in PACKAGES[package].rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, times in names.items() if times > 1] == []
