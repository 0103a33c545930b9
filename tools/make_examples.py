"""Write the two example submissions of the sample suite: `python tools/make_examples.py`.

One is the gold itself; the other makes every kind of boundary error on purpose, so that each figure and each error class of the
first command has something to show. Neither is a system.
"""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from boundarybench.protocol import TYPES, sentence_id
from boundarybench.schemes import SCHEMES, Span, encode
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import pins
from boundarybench.suites.sample import sentences

SAMPLE = packaged()["sample"]

ROOT = Path(__file__).resolve().parents[1] / "submissions"

Spans = list[Span]


def _retype(span: Span) -> Spans:
    return [Span(span.start, span.end, TYPES[(TYPES.index(span.type) + 1) % len(TYPES)])]


def _move(start: int, end: int) -> Callable[[Span], Spans]:
    return lambda span: [Span(span.start + start, span.end + end, span.type)]


def _split(span: Span) -> Spans:
    return [Span(span.start, span.start + 1, span.type), Span(span.end - 1, span.end, span.type)]


def _cross(span: Span) -> Spans:
    """Two predictions that both reach out of one gold span: only one of them can be matched."""
    return [Span(span.start - 1, span.start + 1, span.type), Span(span.end - 1, span.end + 1, span.type)]


def _spurious(span: Span) -> Spans:
    return [span, Span(span.end + 1, span.end + 2, span.type)]


#: What may happen to a gold span, tried in turn; a change that does not fit its sentence leaves the span as it is.
CHANGES: list[Callable[[Span], Spans]] = [
    *[lambda span: [span]] * 14,
    _retype,
    _move(0, 1),
    _move(0, -1),
    _move(-1, 0),
    _move(1, 0),
    _move(-1, 1),
    _move(-1, -1),
    _move(1, 1),
    _move(1, -1),
    _split,
    _cross,
    _spurious,
    _move(0, 3),
    lambda _: [],  # missed
]


def _draw(*parts: object) -> int:
    """A number that only the parts decide, the same on every machine."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:4])


def disturbed(lang: str, index: int, gold: Spans, length: int) -> list[str]:
    """The tags of a sentence with errors; a few of them with an invalid first tag."""
    placed: Spans = []
    for number, span in enumerate(gold):
        change = CHANGES[_draw(lang, index, number) % len(CHANGES)](span)
        following = gold[number + 1].start if number + 1 < len(gold) and change[-1:] != [] and change[-1].end - span.end < 3 else length
        if not _fits(change, placed[-1].end if placed else 0, following):
            change = [span] if not placed or placed[-1].end <= span.start else []
        placed += change
    tags = encode(placed, length, SCHEMES["IOB2"])
    if placed and _draw("invalid", lang, index) % 12 == 0:
        tags[placed[0].start] = tags[placed[0].start].replace("B-", "I-")
    return tags


def _fits(change: Spans, begin: int, end: int) -> bool:
    for span in change:
        if not begin <= span.start < span.end <= end:
            return False
        begin = span.end
    return True


def _system(name: str, description: str) -> dict[str, object]:
    gold = {f"sample/{language.code}": pins(SAMPLE)[f"{language.code}/test"].structure for language in SAMPLE.languages}
    return {
        "name": name,
        "description": description,
        "authors": ["The boundarybench developers"],
        "family": "other",
        "tracks": {"default": "oracle"},
        "facets": {
            "source_languages": [],
            "source_data": [],
            "encoder": None,
            "translation_model": None,
            "parallel_data": [],
            "aligner": None,
            "projection_on": None,
            "ensemble_size": 1,
            "open": True,
        },
        "models": [],
        "training_data": [],
        "budget": {"labelled": [], "text": [], "models": [], "human": [_gold_entities()]},
        "seed": None,
        "hardware": "any",
        "wall_time_hours": 0,
        "mentions_outside_types": "none",
        "selection": "none",
        "gold": gold,
        "reproduce": "python tools/make_examples.py",
    }


def _gold_entities() -> dict[str, object]:
    amount = {code: sum(len(sentence.entities) for sentence in sentences(code, "test")) for code in sorted(SAMPLE.codes)}
    return {"kind": "mentions", "source": "the gold of the test set", "amount": amount}


def files() -> dict[str, str]:
    """All files of both submissions: path below `submissions/`, content."""
    made: dict[str, str] = {}
    for name, description in (
        ("example-perfect", "The sample suite's gold itself: what a perfect submission looks like. Not a system."),
        ("example-typical-errors", "The sample suite's gold with boundary errors of every class, made on purpose. Not a system."),
    ):
        made[f"{name}/system.json"] = json.dumps(_system(name, description), indent=2) + "\n"
        for language in SAMPLE.languages:
            lines = []
            for index, sentence in enumerate(sentences(language.code, "test")):
                tags = sentence.tags()
                if name == "example-typical-errors":
                    gold = [Span(entity.start, entity.end, entity.type) for entity in sentence.entities]
                    tags = disturbed(language.code, index, gold, len(tags))
                lines.append(json.dumps({"id": sentence_id(language.code, index), "tags": tags}) + "\n")
            made[f"{name}/sample/{language.code}.jsonl"] = "".join(lines)
    return made


def main() -> int:
    """Write the files."""
    for name, content in files().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
