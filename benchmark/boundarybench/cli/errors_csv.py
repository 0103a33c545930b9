"""The errors as a table for a spreadsheet: one line each."""

import csv
import io
from collections.abc import Mapping
from typing import Any

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
#: A cell that begins with one of these is a formula to a spreadsheet, and may do what a stranger wants.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


def table(report: Mapping[str, Any]) -> str:
    """The examples of a report; positions and offsets are in tokens of the sentence, several spans are joined by ` | `."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for example in report["examples"]:
        cells = _cells(example)
        writer.writerow([_safe(value) if isinstance(value := cells.get(name), str) else value for name in COLUMNS])
    return out.getvalue()


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


def _safe(text: str) -> str:
    """`text` as text: an apostrophe in front of what would be a formula, also behind spaces."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
