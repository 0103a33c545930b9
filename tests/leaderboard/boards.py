"""Boards made by hand, and folders of submissions made from the examples."""

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from boundarybench.gold.units import block_length
from boundarybench.leaderboard.signatures import OVERALL, OVERALL_SUITES, table_signature
from boundarybench.leaderboard.store import Board, Entry, Facets, Figures, LanguageRow, MeanRow, Model, PairedTests, SystemFacts
from boundarybench.protocol import VERSION
from boundarybench.scoring.figures import stored
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import pins, ranked
from boundarybench.suites.suite import Suite

MASAKHANER2 = packaged()["masakhaner2"]
SAMPLE = packaged()["sample"]

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLES = REPOSITORY / "submissions"


def make_system(**changes: Any) -> SystemFacts:
    facets = {
        "source_languages": ("en",),
        "source_data": ("invented",),
        "encoder": "an-encoder",
        "translation_model": None,
        "parallel_data": (),
        "aligner": None,
        "projection_on": None,
        "ensemble_size": 1,
        "open": True,
    }
    fields: dict[str, Any] = {
        "description": "A system.",
        "authors": ("A. Author",),
        "family": "model-transfer",
        "models": (Model("an-encoder", None, "MIT"),),
        "selection": "none",
        "mentions_outside_types": "none",
        **changes,
        "facets": Facets(**{**facets, **changes.get("facets", {})}),
    }
    return SystemFacts(**fields)


def figures(bp50: float | None, **others: float) -> Figures:
    """Figures that all are `bp50`, but for those that are named."""
    return {name: others.get(name, bp50) for name in stored()}


def interval(bp50: float | None) -> tuple[float, float] | None:
    return None if bp50 is None else (bp50 / 2, bp50)


def row(suite: str, lang: str, bp50: float | None = 0.5, track: str = "zero-shot", *, pinned: bool = True, missing: int = 0) -> LanguageRow:
    pin = pins(packaged()[suite])[f"{lang}/test"]
    return LanguageRow(
        suite=suite,
        lang=lang,
        track=track,  # type: ignore[arg-type]
        signature=f"bp75|suite:{suite}|langs:{lang}",
        fingerprint=pin.structure,
        pinned=pinned,
        missing=missing,
        sentences=pin.sentences,
        tokens=pin.tokens,
        gold=100,
        predicted=100,
        exact=50,
        typed_correct=40,
        figures=figures(bp50),
        interval=interval(bp50),
        errors={"exact": 50, "spurious": 50},
        block=block_length(packaged()[suite].sentences, pin.sentences, pin.documents or 0),
    )


def make_entry(
    name: str,
    bp50: float | None = 0.5,
    suites: Iterable[Suite] = (MASAKHANER2,),
    *,
    tracks: Mapping[str, str] | None = None,
    without: Iterable[str] = (),
    unpinned: Iterable[str] = (),
    missing: int = 0,
    system: SystemFacts | None = None,
    content: str = "",
    **others: float,
) -> Entry:
    """An entry with the same figures in every language; `tracks` by language, `without` and `unpinned` are languages."""
    suites, without, unpinned = tuple(suites), set(without), set(unpinned)
    rows: list[LanguageRow] = []
    means: list[MeanRow] = []
    for suite in suites:
        wanted = ranked(suite)
        langs = [language.code for language in suite.languages if language.code not in without and language.code != "th"]
        rows += [
            row(suite.name, lang, bp50, (tracks or {}).get(lang, "zero-shot"), pinned=lang not in unpinned, missing=missing)
            for lang in langs
        ]
        inside, lacking = [lang for lang in wanted if lang in langs], [lang for lang in wanted if lang not in langs]
        complete = not lacking and not unpinned and not missing
        means.append(
            MeanRow(
                suite.name, table_signature(suite.name), tuple(inside), tuple(lacking), complete, figures(bp50, **others), interval(bp50)
            )
        )
    if all(suite in suites for suite in OVERALL_SUITES) and all(mean.complete for mean in means):
        langs = tuple(f"{suite.name}/{lang}" for suite in OVERALL_SUITES for lang in ranked(suite))
        means.append(MeanRow(OVERALL, table_signature(OVERALL), langs, (), True, figures(bp50, **others), interval(bp50)))
    return Entry(name, content or name, system or make_system(), tuple(rows), tuple(means))


def make_board(*entries: Entry) -> Board:
    return Board(VERSION, {entry.name: entry for entry in entries})


def with_tests(board: Board, extreme: int = 1000) -> Board:
    """`board` with tests of all its entries in each of their tables, as if every test had given `extreme`."""
    tests = {}
    for suite in sorted({mean.suite for entry in board.entries.values() for mean in entry.means}):
        names = tuple(sorted(entry.name for entry in board.entries.values() if entry.mean(suite)))
        tests[suite] = PairedTests(names, tuple((extreme,) * k for k in range(len(names))), {name: (1, len(names)) for name in names})
    return Board(VERSION, board.entries, tests)


def submission(root: Path, name: str, *, like: str = "example-typical-errors", langs: Iterable[str] | None = None, **fields: Any) -> Path:
    """A valid submission, made from an example; `langs` are the languages to keep, `fields` go to system.json."""
    folder = root / name
    shutil.copytree(EXAMPLES / like, folder)
    data = json.loads((folder / "system.json").read_text())
    (folder / "system.json").write_text(json.dumps({**data, "name": name, **fields}))
    for language in SAMPLE.languages:
        if langs is not None and language.code not in langs:
            (folder / "sample" / f"{language.code}.jsonl").unlink()
    return folder


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a board's files."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def spoil(folder: Path, lang: str = "de") -> None:
    """Change the predictions of one language: all `O`."""
    path = folder / "sample" / f"{lang}.jsonl"
    records = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps({"id": r["id"], "tags": ["O"] * len(r["tags"])}) + "\n" for r in records))
