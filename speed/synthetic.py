"""A complete synthetic submission for all 57 headline pairs, made from real gold: what the speed measurements run on."""

import json
import random
from collections.abc import Sequence
from itertools import groupby, pairwise
from pathlib import Path

from boundarybench.columns import read_sentences
from boundarybench.gold.load import load
from boundarybench.gold.model import Gold
from boundarybench.protocol import TYPES
from boundarybench.schemes import SCHEMES, Span, decode, encode
from boundarybench.spans import encode as encode_codes
from boundarybench.spans import offsets, tag_codes
from boundarybench.suites.manifests import packaged

SUITES = packaged()


def mirror_with_thai(data: Path, folder: Path) -> Path:
    """A mirror of `data` by links, with made-up labels for Thai, whose gold is in nobody's reach."""
    folder.mkdir()
    (folder / "masakhaner2").symlink_to((data / "masakhaner2").resolve())
    (folder / "panx").mkdir()
    for file in (data / "panx").glob("*.tsv"):
        (folder / "panx" / file.name).symlink_to(file.resolve())
    draw = random.Random(0)
    with (folder / "panx" / "test-th.tsv").open("w", encoding="utf-8") as out:
        text = (data / "panx" / "test-th.unlabelled.tsv").read_text(encoding="utf-8")
        for filled, lines in groupby(text.split("\n"), key=bool):
            if filled:
                tokens = list(lines)
                start = draw.randrange(len(tokens))
                spans = [Span(start, min(len(tokens), start + draw.randint(4, 20)), draw.choice(TYPES))]
                out.writelines(f"{token}\t{tag}\n" for token, tag in zip(tokens, encode(spans, len(tokens), SCHEMES["IOB2"]), strict=True))
                out.write("\n")
    return folder


def headline() -> list[tuple[str, str]]:
    """The 57 (suite, language) pairs."""
    return [(suite, lang) for suite in ("xtreme", "masakhaner2") for lang in SUITES[suite].headline]


def write_submission(folder: Path, seed: int = 1) -> None:
    """Predictions for all 57 pairs: gold with a fifth of the entities moved, lost, retyped or joined by a spurious one."""
    draw = random.Random(seed)
    for suite, lang in headline():
        gold = load(suite, lang)
        file = folder / suite / f"{lang}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8") as out:
            for ident, tags in zip(gold.ids(), _tags(gold), strict=True):
                out.write(json.dumps({"id": ident, "tags": _disturbed(tags, draw)}) + "\n")


def _tags(gold: Gold) -> list[list[str]]:
    names = list(tag_codes(gold.spans.types))
    flat = [names[code] for code in encode_codes(gold.spans, gold.token_count).tolist()]
    first = offsets(gold.lengths).tolist()
    return [flat[begin:end] for begin, end in pairwise(first)]


def _disturbed(tags: Sequence[str], draw: random.Random) -> list[str]:
    spans: list[Span] = []
    for start, end, kind in decode(tags):
        chance = draw.random()
        if chance < 0.05:
            continue
        if chance < 0.10:
            start = max(start - 1, spans[-1].end if spans else 0)
        elif chance < 0.15:
            end = max(start + 1, end - 1)
        elif chance < 0.20:
            kind = draw.choice(TYPES)
        spans.append(Span(start, end, kind))
    return encode(spans, len(tags), SCHEMES["IOB2"])


def real_tags(data: Path) -> tuple[list[list[str]], list[list[str]]]:
    """Gold and predicted tags of real systems (masakhaner2 predictions with the gold of their time), for the peers."""
    gold: list[list[str]] = []
    predicted: list[list[str]] = []
    for folder in sorted((data / "predictions" / "masakhaner2").glob("*_mdeberta")):
        lang = folder.name.split("_")[0]
        gold += [list(s.tags) for s in read_sentences(data / "masakhaner2-2022-04" / lang / "test.txt")]
        predicted += [list(s.tags) for s in read_sentences(folder / "test_predictions1.txt")]
    return gold, predicted
