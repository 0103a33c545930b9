"""The kinds of findings: a stable code, what it means, and how to mend it (`docs/errors.md`)."""

from types import MappingProxyType
from typing import NamedTuple


class Code(NamedTuple):
    """A kind of finding: what it means and how to mend it."""

    severity: str
    meaning: str
    fix: str


def _error(meaning: str, fix: str) -> Code:
    return Code("error", meaning, fix)


CODES = MappingProxyType(
    {
        # The file as bytes.
        "file-too-large": _error(
            "the file is over 64 MiB, unpacked (system.json: 1 MiB)", "submit one object per test sentence and nothing else"
        ),
        "submission-too-large": _error(
            "the submission's files are over 512 MiB together, unpacked", "submit one object per test sentence and nothing else"
        ),
        "bad-gzip": _error(
            "the file's name ends in .gz, and it is not one whole gzip member", "pack the whole file again: gzip -n -9 <lang>.jsonl"
        ),
        "line-too-large": _error("the line is over 1 MiB", "write one sentence per line"),
        "byte-order-mark": _error("the file begins with a byte-order mark", "save it as UTF-8 without a byte-order mark"),
        "not-utf-8": _error("bytes that are not UTF-8", "save the file as UTF-8"),
        "not-json-lines": _error(
            "the file is of another kind than JSON Lines", "write one JSON object per line, as UTF-8 without compression"
        ),
        # The line as JSON.
        "broken-json": _error("the line is no JSON value", "write one JSON object per line, and no blank lines"),
        "nesting-too-deep": _error("the JSON is nested more than 8 levels deep", "keep to the fields of the schema"),
        "duplicate-key": _error("an object has the same key twice", "keep one of them"),
        "non-finite-number": _error("a number is NaN, infinite or too large for a 64-bit float", "write finite numbers"),
        "lone-surrogate": _error("a string holds half of a surrogate pair", "write whole characters"),
        "wrong-type": _error(
            "a value has the wrong type",
            'write {"id": string, "tags": [string, ...]}, optionally "tokens": [string, ...] and "scores": [number, ...]',
        ),
        "missing-key": _error("the object lacks `id` or `tags`", "add it"),
        "unknown-key": _error("the object has a key that the schema does not know", "remove it (allowed: id, tags, tokens, scores)"),
        # The record against gold.
        "unknown-id": _error(
            "the gold has no sentence with this id", "use the ids `<lang>-<index>` of this language: zero-based, five digits"
        ),
        "duplicate-id": _error("the id stands on an earlier line too", "keep one line per sentence"),
        "missing-id": _error(
            "a sentence of the gold is not in the file",
            "predict every sentence (all `O` is a prediction); `score` takes a JSONL file that lacks some with --allow-missing",
        ),
        "wrong-number-of-tags": _error(
            "there are more or fewer tags than gold tokens",
            "write one tag per gold token; sentences that a model cut short are predicted in windows (docs/errors.md, `truncated`)",
        ),
        "truncated": _error(
            "sentences end before the gold's do",
            "predict every token: raise the model's maximum length (run_ner.py: --max_seq_length) or predict in overlapping windows, as "
            "boundarybench run does; the gold stays whole, and `O` to the end would count as missed entities",
        ),
        "bad-span": _error(
            "an entity is empty, leaves its sentence, cuts a token, repeats or overlaps another, or its type is none",
            'write {"start": first position, "end": the one after the last, "type": string}: tokens from 0, or characters where '
            "the line has a `text`; entities do not overlap",
        ),
        "unknown-tag": _error(
            "the tag is not in the suite's set",
            "write `O`, `B-TYPE` or `I-TYPE` with a type of the suite; decide what becomes of others (MISC) and say so in system.json",
        ),
        "token-mismatch": _error(
            "a token is not the gold's, even after NFC", "predict on the frozen gold tokens (boundarybench gold verify)"
        ),
        "other-gold": _error(
            "the file fits other gold exactly: an older copy, another language, split or suite",
            "name the gold that the file was made for, or predict on the tokens of this one",
        ),
        "wrong-number-of-scores": _error(
            "there are more or fewer scores than predicted spans", "write one score per predicted span, in order, or none"
        ),
        # The types that count (benchmark/boundarybench/selection.py).
        "no-scored-type": _error(
            "gold of one's own has spans, and none of a type that is scored",
            "name the types that count, separated by blanks (--types TYPE TYPE, or --types all), "
            "or rename them on both sides (boundarybench convert --map TYPE=PER)",
        ),
        "type-not-in-gold": _error(
            "predictions on gold of one's own have types that are neither in the gold nor scored",
            "rename them (boundarybench convert --map PERSON=PER; TYPE=O drops a type), or name the types that count with --types",
        ),
        "no-predictions": _error(
            "there is no prediction to read", "write one line per test sentence, to <suite>/<lang>.jsonl in a submission"
        ),
        "too-many-findings": _error(
            "reading stopped: there are many findings, or much to look through for more", "mend the first ones and run again"
        ),
        # The folder.
        "too-many-files": _error(
            "the folder holds more than 10,000 files and folders", "submit system.json and the prediction files, nothing else"
        ),
        "not-a-regular-file": _error("a link, a device or a pipe stands where a file belongs", "submit plain files and folders"),
        "unexpected-file": _error(
            "a file or folder that is no part of a submission",
            "remove it (allowed: system.json, <suite>/<lang>.jsonl, runs/<seed>/<suite>/<lang>.jsonl, and either with .gz)",
        ),
        "two-forms": _error("a language has both `<lang>.jsonl` and `<lang>.jsonl.gz`", "remove one of them"),
        "unknown-language": _error(
            "the suite has no such language", "name the file after a language of the suite (boundarybench languages)"
        ),
        # system.json.
        "system-missing": _error("the folder has no system.json", "write one; docs/submission.md explains each field"),
        "system-schema": _error(
            "a field of system.json is missing, unknown or wrong", "see docs/submission.md and the schema in the package"
        ),
        "system-gold": _error(
            "system.json quotes another gold than the pinned one",
            "predict on the pinned gold, then quote its fingerprint (boundarybench gold list)",
        ),
        # pairs.toml, beside the submissions.
        "pairs-file": _error("pairs.toml does not hold pairs", "write [[pair]] with `a` and `b`, names of submissions, and nothing else"),
        "pair-twice": _error("a pair is declared twice", "keep one of them"),
        "pair-unknown-system": _error(
            "a request removes a submission that a pair names", "withdraw the pair first, in a request of its own"
        ),
        "pair-families": _error(
            "a pair is not of two families, in their order",
            "`a` is of model-transfer (or annotation-projection), `b` of a family behind it: annotation-projection or hybrid",
        ),
        "pair-differs": _error(
            "the systems of a pair differ in source languages, source data, encoder or ensemble size",
            "declare systems that differ in nothing but the family, or mend what system.json states",
        ),
        "pair-nothing-in-common": _error("the systems of a pair have no scored test set in common", "declare systems that have one"),
        # Warnings.
        "type-not-scored": Code(
            "warning",
            "spans of types that are not scored are left out on both sides",
            "none needed if that is meant; --types names the types that count (--types all: every type)",
        ),
        "own-suite": Code(
            "warning",
            "a submission has predictions of a suite of one's own",
            "none needed here; move them elsewhere before you submit: the board takes only the suites of the package",
        ),
        "type-absent": Code("warning", "a type that --types asks for is on neither side", "check its spelling"),
        "token-normalisation": Code("warning", "a token equals the gold's only after NFC", "none needed; NFC text is safer"),
    }
)
