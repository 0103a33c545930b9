"""Tags of a whole test set as a file of any format."""

import json
from itertools import pairwise

from .. import schemes
from ..errors import DataError
from ..gold.model import Gold
from ..schemes import SCHEMES
from .changes import KEPT, Change, ConversionReport


def write(tags: list[list[str]], target: str, gold: Gold, scheme: str, report: ConversionReport) -> str:
    """The tags of a whole test set as a file's text.

    Args:
        tags: IOB2, one list per sentence of the gold.
        target: one of `FORMATS`; `conll` takes its tokens from the gold.
        scheme: how `conll`, `xtreme` and `lines` write spans; `jsonl` is always IOB2.
        report: takes what the target cannot keep.

    Raises:
        DataError: `conll` was asked for and the gold has no tokens.
    """
    ids = gold.ids()
    if target == "spans" or scheme != "IOB2":
        _note_invalid(tags, ids, report)
    if target == "jsonl":
        return "".join(json.dumps({"id": ident, "tags": sentence}) + "\n" for ident, sentence in zip(ids, tags, strict=True))
    if target == "spans":
        return "".join(
            json.dumps({"id": ident, "entities": [span._asdict() for span in schemes.decode(sentence)]}) + "\n"
            for ident, sentence in zip(ids, tags, strict=True)
        )
    if scheme != "IOB2":
        tags = [_rewrite(sentence, ident, scheme, report) for ident, sentence in zip(ids, tags, strict=True)]
    if target == "lines":
        return "".join(" ".join(sentence) + "\n" for sentence in tags)
    if target == "xtreme":
        return "".join("\n".join(sentence) + "\n\n" for sentence in tags)
    words = gold.token_list()
    if words is None:
        raise DataError("this gold has no tokens to write beside the tags: use --to xtreme")
    supply = iter(words)
    return "".join("".join(f"{next(supply)}\t{tag}\n" for tag in sentence) + "\n" for sentence in tags)


def _note_invalid(tags: list[list[str]], ids: list[str], report: ConversionReport) -> None:
    """List the invalid beginnings that only IOB2 can keep."""
    del report.counts[KEPT]
    for ident, sentence in zip(ids, tags, strict=True):
        for position, (tag, valid) in enumerate(zip(sentence, schemes.iob2(schemes.decode(sentence), len(sentence)), strict=True)):
            if tag != valid:
                report.note(Change(ident, position, tag, valid, "invalid transition, written as the beginning that it is read as"))


def _rewrite(tags: list[str], ident: str, scheme: str, report: ConversionReport) -> list[str]:
    spans = schemes.decode(tags)
    written = schemes.encode(spans, len(tags), SCHEMES[scheme])
    if schemes.decode(written) != spans:  # only IO: adjacent spans of one type run together
        for before, span in pairwise(spans):
            if before.end == span.start and before.type == span.type:
                report.note(Change(ident, span.start, tags[span.start], written[span.start], f"{scheme} cannot keep it apart"))
    return written
