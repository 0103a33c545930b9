"""JSON as this project accepts it: `json` alone takes NaN, duplicate keys, lone surrogates and any depth."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from ..protocol import MAX_DEPTH
from .findings import show

_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)

Report = Callable[[str, str], None]


def loads(text: str, report: Report) -> Any:
    """The value of a JSON text; each problem goes to `report(code, message)`. None where there is no value to give."""
    if _depth(text) > MAX_DEPTH:
        report("nesting-too-deep", f"more than {MAX_DEPTH} levels")
        return None

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            times = Counter(key for key, _ in items)
            report("duplicate-key", f"key {show(next(key for key in times if times[key] > 1))}")
        return found

    def number(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            report("non-finite-number", f"number {show(text)}")
            return 0.0
        return value

    def integer(text: str) -> int:
        # Beyond 300 digits there is no float, and beyond 4,300 Python refuses to convert.
        return int(number(text)) if len(text) > 300 else int(text)

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_float=number, parse_int=integer, parse_constant=number)
    except json.JSONDecodeError as error:
        report("broken-json", f"{error.msg} at column {error.colno}" if text.strip() else "blank line")
        return None
    if "\\u" in text and any(_has_lone_surrogate(string) for string in strings(value)):
        report("lone-surrogate", "a string holds \\uD800 to \\uDFFF without its other half")
    return value


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def strings(value: Any) -> list[str]:
    """All strings in a JSON value, keys included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [string for item in value for string in strings(item)]
    if isinstance(value, dict):
        return [string for item in value.items() for part in item for string in strings(part)]
    return []


def _has_lone_surrogate(string: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in string)
