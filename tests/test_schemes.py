"""Tag schemes: each writes spans its own way, and one decoder reads them all."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.scheme import BILOU, IOB1, IOB2, IOBES, IOE1, IOE2, Entities

from boundarybench.schemes import SCHEMES, Span, decode, encode

SEQEVAL = {"IOB1": IOB1, "IOB2": IOB2, "IOE1": IOE1, "IOE2": IOE2, "BIOES": IOBES, "BILOU": BILOU}


@st.composite
def sentences(draw: st.DrawFn) -> tuple[list[Span], int]:
    spans, position = [], 0
    for _ in range(draw(st.integers(0, 5))):
        start = position + draw(st.integers(0, 2))
        position = start + draw(st.integers(1, 3))
        spans.append(Span(start, position, draw(st.sampled_from(["PER", "LOC"]))))
    return spans, position + draw(st.integers(0, 2))


@pytest.mark.parametrize("scheme", [name for name in SCHEMES if name != "IO"])
@given(sentence=sentences())
def test_decode_is_the_inverse_of_encode(scheme: str, sentence: tuple[list[Span], int]) -> None:
    spans, length = sentence
    assert decode(encode(spans, length, SCHEMES[scheme])) == spans


@pytest.mark.parametrize("scheme", SEQEVAL)
@given(sentence=sentences())
def test_seqeval_reads_what_we_write(scheme: str, sentence: tuple[list[Span], int]) -> None:
    spans, length = sentence
    if scheme in ("IOB1", "IOE1") and any(a.end == b.start for a, b in itertools.pairwise(spans)):
        return  # seqeval's IOB1 and IOE1 lose adjacent spans
    read = Entities([encode(spans, length, SCHEMES[scheme])], SEQEVAL[scheme]).entities[0]
    assert [Span(e.start, e.end, e.tag) for e in read] == spans


@given(sentence=sentences())
def test_io_joins_adjacent_spans_of_one_type_and_nothing_else(sentence: tuple[list[Span], int]) -> None:
    joined: list[Span] = []
    for span in sentence[0]:
        if joined and joined[-1].end == span.start and joined[-1].type == span.type:
            joined[-1] = Span(joined[-1].start, span.end, span.type)
        else:
            joined.append(span)
    assert decode(encode(*sentence, SCHEMES["IO"])) == joined


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("IOB1", "O I-PER I-PER B-PER O I-LOC"),
        ("IOB2", "O B-PER I-PER B-PER O B-LOC"),
        ("IOE1", "O I-PER E-PER I-PER O I-LOC"),
        ("IOE2", "O I-PER E-PER E-PER O E-LOC"),
        ("BIOES", "O B-PER E-PER S-PER O S-LOC"),
        ("BILOU", "O B-PER L-PER U-PER O U-LOC"),
    ],
)
def test_the_textbook_example(scheme: str, tags: str) -> None:
    spans = [Span(1, 3, "PER"), Span(3, 4, "PER"), Span(5, 6, "LOC")]
    assert encode(spans, 6, SCHEMES[scheme]) == tags.split()
    assert decode(tags.split()) == spans
