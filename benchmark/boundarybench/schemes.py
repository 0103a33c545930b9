"""Tag schemes, sentence by sentence: IOB1, IOB2, IOE1, IOE2, BIOES, BILOU and IO.

One decoder reads them all; what differs is how a span is written. A sequence is valid in a scheme if writing its spans again gives
the same tags.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from .spans import OUTSIDE


class Span(NamedTuple):
    """An entity within a sentence: half-open token positions."""

    start: int
    end: int
    type: str


class Scheme(NamedTuple):
    """How a scheme writes a span: the prefix of its first, inner and last token, and of a single token.

    `only_between` marks schemes that use their begin (or end) prefix only between two adjacent spans of one type.
    """

    first: str
    inner: str
    last: str
    single: str
    only_between: bool = False

    @property
    def prefixes(self) -> frozenset[str]:
        return frozenset([*self[:4], self.inner])


SCHEMES = MappingProxyType(
    {
        "IOB1": Scheme("B", "I", "I", "B", only_between=True),
        "IOB2": Scheme("B", "I", "I", "B"),
        "IOE1": Scheme("I", "I", "E", "E", only_between=True),
        "IOE2": Scheme("I", "I", "E", "E"),
        "BIOES": Scheme("B", "I", "E", "S"),
        "BILOU": Scheme("B", "I", "L", "U"),
        "IO": Scheme("I", "I", "I", "I"),
    }
)
#: Other names of the same schemes.
ALIASES = MappingProxyType({"BIO": "IOB2", "IOB": "IOB1", "IOE": "IOE2", "IOBES": "BIOES", "BILUO": "BILOU"})

_CONTINUING = frozenset("IEL")
_CLOSING = frozenset("ELSU")


def decode(tags: Sequence[str]) -> list[Span]:
    """The spans of one sentence, in any scheme, read as conlleval does: what continues nothing begins a span."""
    spans: list[Span] = []
    start: int | None = None
    kind = ""
    closed = False
    for position, tag in enumerate([*tags, OUTSIDE]):
        prefix, _, type_ = tag.partition("-")
        if start is not None and (closed or prefix not in _CONTINUING or type_ != kind):
            spans.append(Span(start, position, kind))
            start = None
        if start is None and prefix != OUTSIDE:
            start, kind = position, type_
        closed = prefix in _CLOSING
    return spans


def encode(spans: Sequence[Span], length: int, scheme: Scheme) -> list[str]:
    """The tags of sorted, disjoint spans over `length` tokens. IO cannot tell adjacent spans of one type apart."""
    tags = [OUTSIDE] * length
    for index, (start, end, kind) in enumerate(spans):
        before = index > 0 and spans[index - 1].end == start and spans[index - 1].type == kind
        after = index + 1 < len(spans) and spans[index + 1].start == end and spans[index + 1].type == kind
        prefixes = [scheme.inner] * (end - start)
        if end - start == 1:
            prefixes[0] = scheme.single
        else:
            prefixes[0], prefixes[-1] = scheme.first, scheme.last
        if scheme.only_between:
            # IOB1 marks a beginning, IOE1 an end; and only where the neighbour would run on.
            if scheme.last == scheme.inner:
                prefixes[0] = scheme.first if before else scheme.inner
            else:
                prefixes[-1] = scheme.last if after else scheme.inner
        tags[start:end] = [f"{prefix}-{kind}" for prefix in prefixes]
    return tags
