"""Comparisons for a spreadsheet: a row per system, test set and figure, and one for each mean."""

from collections.abc import Iterator, Mapping
from typing import Any

from .csv_table import csv_table

#: `level` is `language`, `mean` (of a suite) or `overall`. What ends in `_languages` takes the languages for a sample of languages.
COLUMNS = (
    *("level", "suite", "lang", "languages", "figure", "baseline", "system", "label", "baseline_value", "system_value", "difference"),
    *("interval_sentences_low", "interval_sentences_high", "interval_method", "p", "p_holm", "verdict"),
    *("estimate_languages", "interval_languages_low", "interval_languages_high", "deviation_languages"),
    *("p_languages", "p_holm_languages", "verdict_languages"),
    *("sentences", "differing", "signature"),
)


def table(report: Mapping[str, Any]) -> str:
    """The report of `compare`: figures are shares of one, nothing is rounded; in verdicts A is the baseline, `label` the system."""
    return csv_table(COLUMNS, _rows(report))


def _rows(report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for system in report["systems"]:
        names = {"baseline": report["baseline"]["name"], "system": system["name"], "label": system["label"]}
        for row in system["results"]:
            about = {name: row[name] for name in ("suite", "lang", "sentences", "differing", "signature")}
            for figure, found in row["differences"].items():
                yield {"level": "language", "figure": figure, **names, **about, **_difference(found)}
        for suite, mean in system["means"].items():
            about = {"suite": suite, "languages": len(mean["languages"]), "signature": mean["signature"]}
            for figure, found in mean["differences"].items():
                general = _over_languages(mean["over_languages"][figure])
                yield {"level": "mean", "figure": figure, **names, **about, **_difference(found), **general}
        for figure, found in system.get("overall", {}).items():
            yield {"level": "overall", "figure": figure, **names, **_difference(found)}


def _difference(found: Mapping[str, Any]) -> dict[str, Any]:
    low, high = found["interval"]
    return {
        "baseline_value": found["a"],
        "system_value": found["b"],
        "interval_sentences_low": low,
        "interval_sentences_high": high,
        "interval_method": found["method"],
        **{name: found[name] for name in ("difference", "p", "p_holm", "verdict")},
    }


def _over_languages(found: Mapping[str, Any] | None) -> dict[str, Any]:
    if found is None:
        return {}
    low, high = found["interval"]
    return {
        "interval_languages_low": low,
        "interval_languages_high": high,
        **{f"{name}_languages": found[name] for name in ("estimate", "deviation", "p", "p_holm", "verdict")},
    }
