"""Sentences of tags in the gold's order: where they are not the gold's, and what they lack."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..columns import Sentence
from ..gold.fingerprints import nfc
from ..gold.model import Gold
from ..protocol import sentence_id
from ..spans import offsets
from ..submission import fits
from ..submission.careful_reader import compare_tokens
from ..submission.findings import Findings, show

#: How many sentences a message names.
NAMED = 3

_REST = "predict the other sentences too, in the gold's order; a sentence without entities is one `O` per token"
_OTHER_GOLD = "remove what is not of this test set, or name the gold that the file is about"


@dataclass(slots=True)
class _Comparison:
    """A file beside its gold. `cut` holds the indices of sentences that end early."""

    sentences: Sequence[Sentence]
    gold: Gold
    name: str
    findings: Findings
    tokens: list[list[str]] | None
    cut: list[int]

    def add(self, code: str, line: int | None, message: str, fix: str | None = None) -> None:
        self.findings.add(code, self.name, line, message, fix)

    def ident(self, index: int) -> str:
        return sentence_id(self.gold.lang, index)


def line_up(sentences: Sequence[Sentence], gold: Gold, name: str, findings: Findings) -> None:
    """Report where a file's sentences are not the gold's, in one pass.

    Tokens are compared where both sides have them, else numbers of tags. Sentences that only end early are counted together;
    where a sentence is another than the gold's, comparing ends: all behind it would differ too. A file that fits other gold exactly
    is told once.
    """
    got = [sentence.tokens for sentence in sentences if sentence.tokens is not None]
    words = gold.token_list()
    first = offsets(gold.lengths).tolist()
    with_tokens = words is not None and len(got) == len(sentences)
    fit = fits.of_sentences([len(sentence.tags) for sentence in sentences], got if with_tokens else None, gold)
    if fit is not None:
        findings.add("other-gold", name, None, *fit)
        return
    tokens = [words[a:b] for a, b in pairwise(first)] if with_tokens and words is not None else None
    file = _Comparison(sentences, gold, name, findings, tokens, [])
    whole = _compare_tokens(file) if tokens is not None else _compare_lengths(file)
    _report_cut(file)
    if not whole:
        return
    if len(sentences) > gold.sentences:
        line = sentences[gold.sentences].line
        file.add(
            "unknown-id",
            line,
            f"sentence {gold.sentences + 1} of the file; the gold has {gold.sentences}, the file {len(sentences)}",
            _OTHER_GOLD,
        )
    elif len(sentences) < gold.sentences:
        lacking = gold.sentences - len(sentences)
        there = f"{len(sentences)} of {gold.sentences} sentences are there, {lacking} lacking"
        file.add("missing-id", None, f"the file ends before {file.ident(len(sentences))}: {there}", _REST)


def _compare_tokens(file: _Comparison) -> bool:
    """Whether the whole file can be held against the gold, sentence by sentence."""
    for index, (sentence, expected) in enumerate(zip(file.sentences, file.tokens or [], strict=False)):
        got = list(sentence.tokens or ())
        place = next((k for k, (a, b) in enumerate(zip(got, expected, strict=False)) if nfc(a) != nfc(b)), min(len(got), len(expected)))
        if place == len(got) == len(expected):
            compare_tokens(got, expected, file.ident(index), lambda code, message, line=sentence.line: file.add(code, line, message))  # type: ignore[misc]
        elif place < len(got) and _is_next(file, index, got):
            message = f"{file.ident(index)} is not in the file: {file.ident(index + 1)} stands in its place"
            file.add("missing-id", sentence.line, message, _REST)
            return False
        elif place < len(got):
            want = show(expected[place]) if place < len(expected) else "the end of the sentence"
            file.add(
                "token-mismatch", sentence.line_of(place), f"{file.ident(index)}, token {place}: expected {want}, got {show(got[place])}"
            )
            if len(got) != len(expected):
                return False
        elif _goes_on(file, index, place):
            line = file.sentences[index + 1].line
            message = f"{file.ident(index)} is in two parts: token {place}, {show(expected[place])}, begins a sentence"
            file.add("token-mismatch", line, message, "remove the blank line before it")
            return False
        else:
            file.cut.append(index)
    return True


def _is_next(file: _Comparison, index: int, got: list[str]) -> bool:
    """Whether the tokens are those of the gold's next sentence."""
    return index + 1 < file.gold.sentences and file.tokens is not None and list(map(nfc, got)) == list(map(nfc, file.tokens[index + 1]))


def _goes_on(file: _Comparison, index: int, place: int) -> bool:
    """Whether the next sentence of the file is the rest of this one's gold, and not the next one's."""
    if index + 1 >= len(file.sentences) or file.tokens is None:
        return False
    following = list(map(nfc, file.sentences[index + 1].tokens or ()))
    ahead = list(map(nfc, file.tokens[index + 1])) if index + 1 < file.gold.sentences else []
    return following == list(map(nfc, file.tokens[index][place:])) and following != ahead[: len(following)]


def _compare_lengths(file: _Comparison) -> bool:
    lengths = file.gold.lengths.tolist()
    got = [len(sentence.tags) for sentence in file.sentences]
    different = [k for k, (a, b) in enumerate(zip(got, lengths, strict=False)) if a != b]
    in_step = len(got) == len(lengths) or different in ([], [len(got) - 1])
    if in_step and all(got[k] < lengths[k] for k in different):
        file.cut.extend(different)
        return True
    k = different[0]
    message = f"{file.ident(k)}: expected {lengths[k]} tags, got {got[k]}"
    if len(different) > 1 or len(got) != len(lengths):
        message += f"; {len(different)} sentences differ, and the file has {len(got)}, the gold {len(lengths)}"
    file.add("wrong-number-of-tags", file.sentences[k].line, message)
    return False


def _report_cut(file: _Comparison) -> None:
    if not file.cut:
        return
    has = {index: len(file.sentences[index].tags) for index in file.cut}
    lacking = sum(int(file.gold.lengths[index]) - count for index, count in has.items())
    named = ", ".join(
        f"{file.ident(index)} (line {file.sentences[index].line}: {has[index]} of {file.gold.lengths[index]})" for index in file.cut[:NAMED]
    )
    more = f" and {len(file.cut) - NAMED} more" if len(file.cut) > NAMED else ""
    at = f", all at {max(has.values())}" if len(has) > 1 and len(set(has.values())) == 1 else ""
    message = f"{len(has)} of {file.gold.sentences} sentences end early{at}: {named}{more}; tokens without a tag: {lacking}"
    file.add("truncated", file.sentences[file.cut[0]].line, message)
