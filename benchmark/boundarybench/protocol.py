"""The boundary-precision protocol, version 2, as data: types, limits, rank figure, signature. What is measured by it: `suites/`.

Nothing here computes a score. A change to a value in this module is a new protocol version, because two figures with the
same signature must stay comparable (`docs/protocol.md`).
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from types import MappingProxyType

VERSION = 2

#: The scored entity types, in the order in which a signature names them.
TYPES = ("PER", "ORG", "LOC")

#: Prediction shares of gold below which missing predictions count as wrong; the rank figure is the one at 0.75.
FLOORS = MappingProxyType({"bp25": 0.25, "bp50": 0.5, "bp75": 0.75, "bp100": 1.0})
RANK_FIGURE = "bp75"

REPLICATES = 1000
SEED = 0

# Limits for files that come from strangers (protocol, section 3).
MAX_LINE_BYTES = 1 << 20
MAX_FILE_BYTES = 64 << 20
MAX_SUBMISSION_BYTES = 512 << 20
MAX_DEPTH = 8


def sentence_id(lang: str, index: int) -> str:
    """The id of a sentence: positional, because both suites hold duplicate sentences with conflicting labels."""
    return f"{lang}-{index:05d}"


def sentence_ids(lang: str, count: int) -> list[str]:
    """The ids of the first `count` sentences."""
    prefix = f"{lang}-"
    return [prefix + number for number in _numbers(count)]


@cache
def _numbers(count: int) -> list[str]:
    """Formatting 280,000 numbers for 57 languages costs a twentieth of a run; most languages need the same 10,000."""
    return [f"{index:05d}" for index in range(count)]


def gold_hash(fingerprints: Iterable[str]) -> str:
    """Eight hex digits over a set of structure fingerprints, in any order."""
    return hashlib.sha256("\n".join(sorted(fingerprints)).encode()).hexdigest()[:8]


def signature(
    suite: str,
    fingerprints: Iterable[str],
    langs: str,
    types: tuple[str, ...] | None,
    ids: str = "",
    *,
    figure: str = RANK_FIGURE,
    replicates: int = REPLICATES,
    test: str = "",
) -> str:
    """The line that pins a figure down, in the manner of sacreBLEU (protocol, section 7).

    `langs` is a number of languages for a mean and a code for one language; `types` is None when all types count, and what
    separates fields and names (`|`, `+`) is escaped in a type as in URLs; `ids` is a hash of the sentence ids where only a part
    of a test set was scored. `test` names the test of a difference of two systems.
    """
    fields = {
        "suite": suite,
        "gold": gold_hash(fingerprints),
        "langs": langs,
        "types": "+".join(map(_escaped, types)) if types else "all",
        "decode": "begin",
        "mean": "lang",
        "boot": f"{replicates}/{SEED}",
        **({"test": test} if test else {}),
        **({"ids": ids} if ids else {}),
        "v": str(VERSION),
    }
    return "|".join([figure, *(f"{name}:{value}" for name, value in fields.items())])


def _escaped(name: str) -> str:
    return name.replace("%", "%25").replace("+", "%2B").replace("|", "%7C")
