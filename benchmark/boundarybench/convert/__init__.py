"""Predictions in other formats and tag schemes, to ours and back. Nothing is repaired silently.

Formats: `conll` (`token tag` lines), `xtreme` (one label a line), `lines` (a sentence of tags a line), `spans` (JSON lines with
entities) and `jsonl` (ours).
"""

from .changes import ConversionReport
from .read import to_tags
from .type_map import parse_map
from .write import write

__all__ = ["FORMATS", "ConversionReport", "parse_map", "to_tags", "write"]

FORMATS = ("conll", "xtreme", "lines", "spans", "jsonl")
