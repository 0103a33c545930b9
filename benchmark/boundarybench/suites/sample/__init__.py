"""The sample suite: a small parallel text with gold, written for this project and shipped inside the package.

`sentences/<lang>.txt` is the source that people edit (format: the data card, `README.md`). `python -m boundarybench.suites.sample`
derives from it, in the formats that users have, `<split>/<lang>.conll` (what gold is loaded from), `<split>/<lang>.jsonl`, and
`<split>/<lang>.groups` (domain and hazards of each sentence). `alignments/en-<lang>.pharaoh` holds hand-checked word links of the test
sentences.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ...errors import DataError
from ...protocol import sentence_id
from ...schemes import SCHEMES, Span, encode
from ..manifests import packaged

#: Sentences 0 to 59 are the training split, 60 to 119 the test split; ids count from zero in each.
SPLITS = {"train": range(60), "test": range(60, 120)}
DOMAINS = ("news", "encyclopaedia")
#: What makes a sentence's boundaries hard, by language; the data card explains each.
HAZARDS = (
    *("adjacent-entities", "nested-organisation", "title", "clitic", "affix", "compound", "hyphen", "apostrophe"),
    *("punctuation-inside", "digits-inside", "abbreviation", "long-name", "exonym", "transliteration", "unspaced-script"),
    *("right-to-left", "no-entity"),
)

#: Hazards of a whole language: every sentence with an entity has them, so nobody writes them down.
_SCRIPT_HAZARD = {"ar": "right-to-left", "zh": "unspaced-script"}

_OPENING = re.compile(r"\[(PER|ORG|LOC):([a-z])")


@dataclass(frozen=True, slots=True)
class SampleEntity:
    """An entity of a sample sentence. Counterparts in other languages have the same `key`."""

    key: str
    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class SampleSentence:
    """A sentence of the parallel text. `index` is the same in all languages; `notes` explain what has no counterpart."""

    index: int
    domain: str
    hazards: tuple[str, ...]
    text: str
    tokens: tuple[str, ...]
    entities: tuple[SampleEntity, ...]
    notes: tuple[str, ...]

    def tags(self) -> list[str]:
        """The IOB2 tags."""
        spans = [Span(entity.start, entity.end, entity.type) for entity in self.entities]
        return encode(spans, len(self.tokens), SCHEMES["IOB2"])


@cache
def sentences(lang: str, split: str | None = None) -> tuple[SampleSentence, ...]:
    """The sentences of a language with all that is known of them; a split's alone, or both.

    Raises:
        DataError: the source is malformed.
    """
    domains = None if lang == "en" else [sentence.domain for sentence in sentences("en")]
    text = files(__package__).joinpath("sentences", f"{lang}.txt").read_bytes().decode()
    try:
        found = [_sentence(block.split("\n"), lang, domains) for block in text.strip("\n").split("\n\n")]
    except (ValueError, KeyError, IndexError) as error:
        raise DataError(f"sample suite, {lang}: malformed block ({error!r})") from error
    return tuple(sentence for sentence in found if split is None or sentence.index in SPLITS[split])


def _sentence(lines: list[str], lang: str, domains: list[str] | None) -> SampleSentence:
    number, *rest = lines[0].removeprefix("# ").split()
    index = int(number)
    domain = rest.pop(0) if domains is None else domains[index]
    fields = [line.split(": ", 1) for line in lines[1:]]
    values = {name: value for name, value in fields if name != "note"}
    tokens, entities = _read_markup(values["gold"], f"{lang} {number}")
    hazards = rest[0].split(",") if rest else []
    if entities and lang in _SCRIPT_HAZARD:
        hazards.append(_SCRIPT_HAZARD[lang])
    return SampleSentence(
        index=index,
        domain=domain,
        hazards=tuple(hazards),
        text=values["text"],
        tokens=tokens,
        entities=entities,
        notes=tuple(value for name, value in fields if name == "note"),
    )


def _read_markup(gold: str, where: str) -> tuple[tuple[str, ...], tuple[SampleEntity, ...]]:
    """`[PER:a Ada Obi] met ...`: tokens, and entities with their keys."""
    tokens: list[str] = []
    entities: list[SampleEntity] = []
    opened: tuple[str, str, int] | None = None
    for part in gold.split(" "):
        opening = _OPENING.fullmatch(part)
        if opening:
            if opened:
                raise DataError(f"{where}: nested entity in {gold!r}")
            opened = (opening[1], opening[2], len(tokens))
            continue
        tokens.append(part.removesuffix("]"))
        if part.endswith("]"):
            if not opened:
                raise DataError(f"{where}: stray bracket in {gold!r}")
            entities.append(SampleEntity(opened[1], opened[2], len(tokens), opened[0]))
            opened = None
    if opened:
        raise DataError(f"{where}: unclosed entity in {gold!r}")
    return tuple(tokens), tuple(entities)


def alignment(lang: str) -> list[list[tuple[int, int]]] | None:
    """Word links of the test sentences, (English position, other position), a list per sentence; None if there are none."""
    file = files(__package__).joinpath("alignments", f"en-{lang}.pharaoh")
    if not file.is_file():
        return None
    lines = file.read_bytes().decode().removesuffix("\n").split("\n")
    return [[(int(i), int(j)) for i, _, j in (link.partition("-") for link in line.split())] for line in lines]


def derived() -> Iterator[tuple[str, str]]:
    """The derived files: (path below this folder, content)."""
    for language in packaged()["sample"].languages:
        for split in SPLITS:
            of = sentences(language.code, split)
            yield f"{split}/{language.code}.groups", "".join(f"{each.domain}\t{','.join(each.hazards)}\n" for each in of)
            rows = [(sentence.tokens, sentence.tags()) for sentence in of]
            columns = ("".join(f"{token}\t{tag}\n" for token, tag in zip(*row, strict=True)) + "\n" for row in rows)
            yield f"{split}/{language.code}.conll", "".join(columns)
            objects = ({"id": sentence_id(language.code, index), "tags": tags} for index, (_, tags) in enumerate(rows))
            yield f"{split}/{language.code}.jsonl", "".join(json.dumps(item) + "\n" for item in objects)
