"""Tables for a spreadsheet, which takes some texts for formulas."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: A cell that begins with one of these is a formula to a spreadsheet, and may do what a stranger wants.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


def csv_table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows by column, the header first; a cell that a row lacks is empty. Numbers keep all digits, and no text is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_safe(value) if isinstance(value := row.get(name), str) else value for name in columns])
    return out.getvalue()


def _safe(text: str) -> str:
    """`text` as text: an apostrophe in front of what would be a formula, also behind spaces."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
