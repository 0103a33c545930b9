"""The report as tables of text: what the terminal, `leaderboard.md` and the site show. Figures are rounded here.

Cells are plain text, some of it from strangers: whoever shows a table escapes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...gold.load import suite_of
from ...suites.pins import mean_name
from ..page_parts import p_value, percent, signed, signed_interval
from . import budgets
from .groups import DOMAINS
from .pairs import FAMILIES

_FIGURES = {"bp50": "BP@50", "matched": "boundary precision at matched recall"}
_HEADERS = ("A", "B", "B - A", "95 % interval")
_BREAKDOWNS = {
    "mean": "all",
    "family": "language family",
    "script": "script",
    "resources": "resources (Joshi et al.)",
    "encoder": "encoder",
    "translation": "translation model",
}
_FEW = {
    "bp50": "† the systems differ on fewer than 10 sentences: the interval is too narrow, p holds.",
    "matched": "† fewer than 10 right spans: the interval is too narrow, and p says little.",
}
_TALLY = "B better / not shown / A better"


@dataclass(frozen=True, slots=True)
class FamiliesTable:
    """A table.

    `part`: `pairs` or `envelope`. `top`: it stands on its own, the others are details. `notes`: what stands below it.
    """

    part: str
    caption: str
    headers: list[str]
    rows: list[list[str]]
    notes: str = ""
    top: bool = False


def all_tables(report: Mapping[str, Any]) -> list[FamiliesTable]:
    """The tables of a report, in the order in which they are read."""
    return [*_pairs(report["pairs"]), *_details(report["pairs"]), *_envelope(report)]


def _pairs(pairs: Sequence[Mapping[str, Any]]) -> Iterator[FamiliesTable]:
    """All pairs, a line per suite."""
    for figure, title in _FIGURES.items():
        rows = [
            [
                pair["a"],
                pair["b"],
                _size(suite),
                *_cells(suite["mean"][figure]),
                _tally(suite["mean"], figure),
                _track(suite),
                *_given(pair),
            ]
            for pair in pairs
            for suite in pair["suites"]
            if suite["mean"][figure]
        ]
        if rows:
            headers = ["first (A)", "second (B)", "mean over", *_HEADERS, "p", _TALLY, "track", "declared", "budget"]
            yield FamiliesTable("pairs", f"Declared pairs: {title}", headers, rows, _run_notes(pairs) if figure == "bp50" else "", top=True)


def _given(pair: Mapping[str, Any]) -> tuple[str, str]:
    """When a pair was declared, and whether both were given the same."""
    return pair["declared"], budgets.in_words(pair["budget"])


def _run_notes(pairs: Sequence[Mapping[str, Any]]) -> str:
    single = any(suite["sampling_error_only"] for pair in pairs for suite in pair["suites"])
    return "The intervals of systems with one run hold sampling error only." if single else ""


def _details(pairs: Sequence[Mapping[str, Any]]) -> Iterator[FamiliesTable]:
    for pair in pairs:
        for suite in pair["suites"]:
            yield from _of_suite(pair, suite)
        contrasts = [
            [
                f"{' / '.join(each['languages'])}",
                *(cell for suite in DOMAINS for cell in _cells(each[suite.name])[2:4]),
            ]
            for each in pair["contrasts"]
        ]
        if contrasts:
            headers = ["language", *(header for suite in DOMAINS for header in (f"{suite.domains[0]}: B - A", "95 % interval"))]
            yield FamiliesTable("pairs", f"{_name(pair)}: two domains of one language, BP@50", headers, contrasts)


def _of_suite(pair: Mapping[str, Any], suite: Mapping[str, Any]) -> Iterator[FamiliesTable]:
    sets = [each for each in pair["sets"] if each["suite"] == suite["suite"]]
    for figure, title in _FIGURES.items():
        matched = figure == "matched"
        rows = [
            [
                each["lang"] + ("" if each["track"] == "zero-shot" else " *"),
                *_cells(each[figure]),
                *([percent(each["recall"])] if matched else []),
                each[figure]["verdict"],
            ]
            for each in sets
            if each[figure]
        ]
        if rows:
            headers = ["language", *_HEADERS, "p (Holm)", *(["recall"] if matched else []), "verdict"]
            yield FamiliesTable(
                "pairs", f"{_name(pair)}, {suite['suite']}, by language: {title}", headers, rows, _set_notes(sets, suite, figure)
            )
        groups = [
            [
                _BREAKDOWNS[group["dimension"]],
                group["label"],
                str(len(group["languages"])),
                *_cells(group[figure]),
                _tally(group, figure),
            ]
            for group in suite["groups"]
            if group[figure]
        ]
        if groups:
            headers = ["breakdown", "group", "languages", *_HEADERS, "p (Holm)", _TALLY]
            yield FamiliesTable("pairs", f"{_name(pair)}, {suite['suite']}, by group: {title}", headers, groups)


def _set_notes(sets: Sequence[Mapping[str, Any]], suite: Mapping[str, Any], figure: str) -> str:
    apart = [each["lang"] for each in sets if each[figure] and each["lang"] not in suite["mean"]["languages"]]
    notes = {
        f"Not in the mean: {' '.join(apart)}.": bool(apart),
        "* not zero-shot.": any(each["track"] != "zero-shot" for each in sets if each[figure]),
        "~ fewer than 10 right spans: the wider of a score interval and the bootstrap's.": any(
            each[figure] and each[figure]["method"] == "score" for each in sets
        ),
        _FEW[figure]: any(each[figure] and each[figure]["method"] == "bootstrap" and each[figure]["too_few"] for each in sets),
    }
    return " ".join(note for note, holds in notes.items() if holds)


def _envelope(report: Mapping[str, Any]) -> Iterator[FamiliesTable]:
    for suite in dict.fromkeys(line["suite"] for line in report["envelope"]):
        lines = [line for line in report["envelope"] if line["suite"] == suite]
        families = [family for family in FAMILIES if any(family in line["best"] for line in lines)]
        rows = [[line["lang"], *(cell for family in families for cell in _best(line["best"].get(family)))] for line in lines]
        headers = ["language", *(cell for family in families for cell in (f"best {family}", "BP@50"))]
        note = "Without tests." + (" * not zero-shot." if any(cell.endswith(" *") for row in rows for cell in row) else "")
        yield FamiliesTable("envelope", f"Envelope, {suite}: the best of each family per language", headers, rows, note)
        means = [mean for mean in report["envelope_means"] if mean["suite"] == suite]
        if means:
            yield _envelope_means(suite, families, means)


def _envelope_means(suite: str, families: Sequence[str], means: Sequence[Mapping[str, Any]]) -> FamiliesTable:
    rows = [
        [
            _BREAKDOWNS[mean["dimension"]],
            mean["label"],
            str(len(mean["languages"])),
            *(percent(mean["bp50"][family]) for family in families),
            " / ".join(str(mean["leads"][family]) for family in families),
        ]
        for mean in means
    ]
    headers = ["breakdown", "group", "languages", *families, f"first in: {' / '.join(families)}"]
    note = "Over languages that each of the families has a system for."
    return FamiliesTable("envelope", f"Envelope, {suite}: means of the bests, BP@50", headers, rows, note)


def _best(best: Mapping[str, Any] | None) -> tuple[str, str]:
    if best is None:
        return "–", "–"
    return best["system"], percent(best["bp50"]) + ("" if best["track"] == "zero-shot" else " *")


def _name(pair: Mapping[str, Any]) -> str:
    return f"{pair['a']} (A), {pair['b']} (B)"


def _cells(found: Mapping[str, Any] | None) -> list[str]:
    """A, B, difference, interval and p."""
    if found is None:
        return ["–"] * 5
    mark = " ~" if found["method"] == "score" else " †" if found["too_few"] else ""
    return [
        percent(found["a"]),
        percent(found["b"]),
        signed(found["difference"]),
        signed_interval(found["interval"]) + mark,
        p_value(found["p_holm"]),
    ]


def _size(suite: Mapping[str, Any]) -> str:
    count, missing = len(suite["mean"]["languages"]), len(suite["missing_languages"])
    return f"{mean_name(suite_of(suite['suite']))}" + (f", {count} of {count + missing} languages" if missing else "")


def _tally(group: Mapping[str, Any], figure: str) -> str:
    tally = group["tally" if figure == "bp50" else "matched_tally"]
    return " / ".join(str(count) for count in tally.values())


def _track(suite: Mapping[str, Any]) -> str:
    count, total = suite["not_zero_shot"], len(suite["mean"]["languages"])
    track: str = suite["track"]
    return track if count in (0, total) else f"{track} ({count} of {total} languages)"
