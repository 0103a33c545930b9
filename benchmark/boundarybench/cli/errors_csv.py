"""The errors as a table for a spreadsheet: one line each."""

from collections.abc import Mapping
from typing import Any

from .csv_table import csv_table
from .marked import harmless, inline, words_of

COLUMNS = (
    *("suite", "lang", "script", "id", "class", "gold_type", "predicted_type", "gold_start", "gold_end"),
    *(
        "predicted_start",
        "predicted_end",
        "start_offset",
        "end_offset",
        "gold_text",
        "predicted_text",
        "gold_sentence",
        "predicted_sentence",
    ),
)


def table(report: Mapping[str, Any]) -> str:
    """The examples of a report; positions and offsets are in tokens of the sentence, several spans are joined by ` | `."""
    return csv_table(COLUMNS, map(_cells, report["examples"]))


def _cells(example: Mapping[str, Any]) -> dict[str, Any]:
    cells: dict[str, Any] = {name: harmless(example[name] or "") for name in ("suite", "lang", "script", "id", "class")}
    for side in ("gold", "predicted"):
        spans = [example[side][k] for k in example["about"][side]]
        cells[f"{side}_type"] = " | ".join(harmless(span["type"]) for span in spans)
        for edge in ("start", "end"):
            cells[f"{side}_{edge}"] = spans[0][edge] if len(spans) == 1 else " | ".join(str(span[edge]) for span in spans)
        if example["tokens"] is not None:
            cells[f"{side}_text"] = " | ".join(words_of(example, span) for span in spans)
        cells[f"{side}_sentence"] = inline(example, side)
    if example["offset"]:
        cells |= {f"{name}_offset": value for name, value in example["offset"].items()}
    return cells
