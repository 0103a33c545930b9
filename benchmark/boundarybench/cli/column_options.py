"""Options that say how a column file is read: its columns and its scheme."""

import argparse

from ..column_layout import Columns
from ..schemes import ALIASES, SCHEMES


def add_columns(parser: argparse.ArgumentParser, what: str, prefix: str = "--") -> None:
    """`--token-column` and `--tag-column` (after `prefix`) of `what`."""
    parser.add_argument(
        f"{prefix}token-column",
        type=_column,
        metavar="N",
        help=f"of {what}: where its tokens stand, from 1 (default: the first, after an index)",
    )
    parser.add_argument(
        f"{prefix}tag-column", type=_column, metavar="N", help=f"of {what}: where its tags stand, from 1; -1 is the last (default: found)"
    )


def columns_of(args: argparse.Namespace, prefix: str = "--") -> Columns:
    """The columns that the options name."""
    name = prefix.removeprefix("--").replace("-", "_")
    return Columns(getattr(args, f"{name}token_column"), getattr(args, f"{name}tag_column"), prefix)


def scheme(value: str) -> str:
    """The scheme of a name or alias, for argparse."""
    name = ALIASES.get(value.upper(), value.upper())
    if name not in SCHEMES:
        raise argparse.ArgumentTypeError(f"{value!r}: choose from {', '.join([*SCHEMES, *ALIASES])}")
    return name


def _column(value: str) -> int:
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number == 0:
        raise argparse.ArgumentTypeError(f"{value!r}: columns are counted from 1, or from -1 for the last")
    return number
