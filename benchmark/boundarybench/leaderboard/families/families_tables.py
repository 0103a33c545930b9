"""The report as tables of text: what the terminal, `leaderboard.md` and the site show. Figures are rounded here.

Cells are plain text, some of it from strangers: whoever shows a table escapes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...gold.load import suite_of
from ...protocol import RANK_FIGURE
from ...scoring.figures import named
from ...scoring.ranking import NAMES
from ...suites.pins import mean_name
from ..page_parts import p_value, percent, signed, signed_interval
from . import budgets
from .groups import DOMAINS
from .pair_results import COMPARED
from .pairs import FAMILIES

_TITLES = {name: named(name).title for name in COMPARED}
#: Figures that have tables by language and by group of their own; the others share one.
_WHOLE = (RANK_FIGURE, "average_precision")
_RECALLS = tuple(name for name in NAMES if name not in _WHOLE)
_BY_SCORE = "average precision and precision at recall"
_HEADERS = ("A", "B", "B - A", "95 % interval", "p (Holm)")
#: Of a mean: the interval over the sentences of these languages, and the languages as a sample of languages.
_MEAN_HEADERS = ("A", "B", "B - A", "95 % over sentences", "p", "over languages (95 %)", "deviation between languages")
_GROUP_HEADERS = tuple("p (Holm)" if header == "p" else header for header in _MEAN_HEADERS)
_BREAKDOWNS = {
    "mean": "all",
    "family": "language family",
    "script": "script",
    "resources": "resources (Joshi et al.)",
    "encoder": "encoder",
    "translation": "translation model",
}
_FEW_DIFFER = "† the systems differ on fewer than 10 sentences: the interval is too narrow, p holds."
_FEW_RIGHT = "† fewer than 10 right spans: the interval is too narrow, and p says little."
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
    """All pairs, a line per suite, and of the order of spans a line per figure."""
    rows = [
        [pair["a"], pair["b"], _size(suite), *_mean_cells(suite["mean"], RANK_FIGURE), *_findings(suite, RANK_FIGURE), *_given(pair)]
        for pair in pairs
        for suite in pair["suites"]
        if RANK_FIGURE in suite["mean"]["differences"]
    ]
    headers = [*_MEAN_HEADERS, _TALLY, "track", "in words", "declared", "budget"]
    names = ["first (A)", "second (B)", "mean over"]
    if rows:
        yield FamiliesTable("pairs", f"Declared pairs: {_TITLES[RANK_FIGURE]}", [*names, *headers], rows, _run_notes(pairs), top=True)
    rows = [
        [
            pair["a"],
            pair["b"],
            _size(suite),
            _TITLES[name],
            *_mean_cells(suite["mean"], name),
            *_findings(suite, name),
            pair["declared"],
            pair["budget"]["verdict"],
        ]
        for pair in pairs
        for suite in pair["suites"]
        for name in NAMES
        if name in suite["mean"]["differences"]
    ]
    if rows:
        yield FamiliesTable("pairs", f"Declared pairs: {_BY_SCORE}", [*names, "figure", *headers], rows, top=True)


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
            yield FamiliesTable("pairs", f"{_name(pair)}: two domains of one language, {_TITLES[RANK_FIGURE]}", headers, contrasts)


def _of_suite(pair: Mapping[str, Any], suite: Mapping[str, Any]) -> Iterator[FamiliesTable]:
    sets = [each for each in pair["sets"] if each["suite"] == suite["suite"]]
    name = f"{_name(pair)}, {suite['suite']}"
    for figure in _WHOLE:
        having = [each for each in sets if figure in each["differences"]]
        rows = [[_language(each), *_cells(each["differences"][figure]), each["differences"][figure]["verdict"]] for each in having]
        if rows:
            headers = ["language", *_HEADERS, "verdict"]
            yield FamiliesTable("pairs", f"{name}, by language: {_TITLES[figure]}", headers, rows, _set_notes(having, suite, figure))
        groups = [
            [
                _BREAKDOWNS[group["dimension"]],
                group["label"],
                str(len(group["languages"])),
                *_mean_cells(group, figure),
                _tally(group, figure),
            ]
            for group in suite["groups"]
            if figure in group["differences"]
        ]
        if groups:
            headers = ["breakdown", "group", "languages", *_GROUP_HEADERS, _TALLY]
            yield FamiliesTable("pairs", f"{name}, by group: {_TITLES[figure]}", headers, groups)
    yield from _at_recall(name, sets, suite)


def _at_recall(name: str, sets: Sequence[Mapping[str, Any]], suite: Mapping[str, Any]) -> Iterator[FamiliesTable]:
    """Precision at each recall by language; its p values and verdicts are in the JSON."""
    having = [each for each in sets if all(figure in each["differences"] for figure in _RECALLS)]
    rows = [[_language(each), *(cell for figure in _RECALLS for cell in _cells(each["differences"][figure])[:4])] for each in having]
    if rows:
        columns = (f"{figure.rpartition('.')[2]} %: {header}" for figure in _RECALLS for header in _HEADERS[:4])
        yield FamiliesTable(
            "pairs", f"{name}, by language: precision at recall", ["language", *columns], rows, _set_notes(having, suite, _RECALLS[0])
        )


def _language(each: Mapping[str, Any]) -> str:
    code: str = each["lang"]
    return code + ("" if each["track"] == "zero-shot" else " *")


def _set_notes(sets: Sequence[Mapping[str, Any]], suite: Mapping[str, Any], figure: str) -> str:
    """What stands below a table of test sets that all have the figure."""
    apart = [each["lang"] for each in sets if each["lang"] not in suite["mean"]["languages"]]
    found = [each["differences"][figure] for each in sets]
    at_recall = [each["differences"][name] for each in sets for name in _RECALLS if name in each["differences"]]
    notes = {
        f"Not in the mean: {' '.join(apart)}.": bool(apart),
        "* not zero-shot.": any(each["track"] != "zero-shot" for each in sets),
        "~ fewer than 10 right spans: the wider of a score interval and the bootstrap's.": any(each["method"] == "score" for each in found),
        "0.0: the system never reaches that recall.": figure in _RECALLS and any(0 in (each["a"], each["b"]) for each in at_recall),
        _FEW_RIGHT if figure in NAMES else _FEW_DIFFER: any(each["method"] == "bootstrap" and each["too_few"] for each in found),
    }
    return " ".join(note for note, holds in notes.items() if holds)


def _envelope(report: Mapping[str, Any]) -> Iterator[FamiliesTable]:
    for suite in dict.fromkeys(line["suite"] for line in report["envelope"]):
        lines = [line for line in report["envelope"] if line["suite"] == suite]
        families = [family for family in FAMILIES if any(family in line["best"] for line in lines)]
        rows = [[line["lang"], *(cell for family in families for cell in _best(line["best"].get(family)))] for line in lines]
        headers = ["language", *(cell for family in families for cell in (f"best {family}", _TITLES[RANK_FIGURE]))]
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
            *(percent(mean["values"][family]) for family in families),
            " / ".join(str(mean["leads"][family]) for family in families),
        ]
        for mean in means
    ]
    headers = ["breakdown", "group", "languages", *families, f"first in: {' / '.join(families)}"]
    note = "Over languages that each of the families has a system for."
    return FamiliesTable("envelope", f"Envelope, {suite}: means of the bests, {_TITLES[RANK_FIGURE]}", headers, rows, note)


def _best(best: Mapping[str, Any] | None) -> tuple[str, str]:
    if best is None:
        return "–", "–"
    return best["system"], percent(best["value"]) + ("" if best["track"] == "zero-shot" else " *")


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


def _mean_cells(group: Mapping[str, Any], figure: str) -> list[str]:
    """The same of a mean, and its interval over languages with the deviation between them."""
    general = group["over_languages"][figure]
    wider = ["–", "–"]
    if general is not None:
        wider = [f"{signed(general['estimate'])} ({signed_interval(general['interval'])})", percent(general["deviation"])]
    return [*_cells(group["differences"][figure]), *wider]


def _findings(suite: Mapping[str, Any], figure: str) -> list[str]:
    """What stands behind a suite's mean."""
    return [_tally(suite["mean"], figure), _track(suite), suite["mean"]["claims"][figure]]


def _size(suite: Mapping[str, Any]) -> str:
    count, missing = len(suite["mean"]["languages"]), len(suite["missing_languages"])
    return f"{mean_name(suite_of(suite['suite']))}" + (f", {count} of {count + missing} languages" if missing else "")


def _tally(group: Mapping[str, Any], figure: str) -> str:
    return " / ".join(str(count) for count in group["tally"][figure].values())


def _track(suite: Mapping[str, Any]) -> str:
    count, total = suite["not_zero_shot"], len(suite["mean"]["languages"])
    track: str = suite["track"]
    return track if count in (0, total) else f"{track} ({count} of {total} languages)"
