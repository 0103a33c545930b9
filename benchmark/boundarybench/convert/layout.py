"""What a file holds, told by its first lines: a sentence of tags a line (run_ner.py's `predictions.txt`), a token a line, or JSON."""

import json
import re

from ..columns import Sentence
from ..errors import DataError

_TAG = re.compile(r"O|[BIESLUMW]-\S+")


def parse_lines(text: str, name: str) -> list[Sentence]:
    """The sentences of a file that has one a line, its tags separated by blanks. A blank line is a sentence without tags.

    Raises:
        DataError: there is no sentence, or the file has a token a line.
    """
    rows = [line.split() for line in text.split("\n")]
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise DataError(f"{name}: no-sentences: the file holds no sentence")
    widths = {len(row) for row in rows if row}
    if [] in rows and len(widths) == 1:  # as many fields on all lines, and blank ones between: a token a line
        layout, source = ("one label", "xtreme") if widths == {1} else ("a token and its tag", "conll")
        raise DataError(f"{name}:1: bad-columns: each line has {layout}, and blank lines part sentences: use --from {source}")
    return [Sentence(number, None, tuple(row)) for number, row in enumerate(rows, 1)]


def refuse_json(data: bytes, name: str, source: str) -> None:
    """Raise DataError where JSON lines of another format begin a file of format `source`, and name that format."""
    try:
        value = json.loads(data.partition(b"\n")[0])
    except (ValueError, RecursionError):
        return
    if not isinstance(value, dict):
        return
    formats = {"spans": "entities", "jsonl": "tags"}
    found = [right for right, key in formats.items() if key in value]
    if found and source not in found:
        raise DataError(f"{name}:1: wrong-format: these are JSON lines with `{formats[found[0]]}`: use --from {found[0]}")


def refuse_lines(text: str, name: str) -> None:
    """Raise DataError where a file that should have a token a line has a sentence of tags a line."""
    longest = 0
    for line in text.split("\n"):
        row = line.split()
        if not all(_TAG.fullmatch(field) for field in row):
            return
        longest = max(longest, len(row))
    if longest > 2:
        raise DataError(f"{name}:1: bad-columns: a sentence stands on each line, its tags separated by blanks: use --from lines")
