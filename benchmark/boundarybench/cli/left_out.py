"""The lines below a table that say which types it leaves out, and whether it is about older gold."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..selection import listed


def left_out(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each result whose `not_scored` has spans, with the numbers of every side."""
    for row in rows:
        sides: Mapping[str, Mapping[str, int]] = row.get("not_scored", {})
        if any(sides.values()):
            counts = "; ".join(f"{name.upper() if len(name) == 1 else name} {listed(found)}" for name, found in sides.items())
            yield f"types not scored ({row['lang']}): {counts}"


def older_gold(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each older copy of gold that results are about."""
    for version in dict.fromkeys(row["gold_version"] for row in rows if "gold_version" in row):
        yield f"gold as of {version}, an older copy: unranked, and no figures to hold against those on today's"
