"""The real sets that projection is measured on: target sentences with gold, beside translations whose entities are known.

None of this data is in the repository; `data` is the folder that holds it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from boundarybench.column_layout import NEW_DOCUMENT
from boundarybench.columns import Sentence, read_sentences, read_text
from boundarybench.protocol import TYPES, sentence_id
from boundarybench.schemes import Span, decode
from boundarybench_baselines.alignment import pharaoh
from boundarybench_baselines.alignment.links import Links
from boundarybench_baselines.translation import stored_translations, word_splitting

#: MasakhaNER 2.0 languages with human translations, and the language that they were translated from.
MASAKHANER = {
    "bam": "fr",
    "bbj": "fr",
    "ewe": "fr",
    "lug": "en",
    "luo": "en",
    "mos": "fr",
    "pcm": "en",
    "tsn": "en",
    "twi": "en",
    "wol": "fr",
}
EUROPARL = ("de", "es", "it")
#: Easy-Label-Projection: original language to the language of the machine translations, and the translation systems.
DIRECTIONS = ("de2en", "es2en")
SYSTEMS = ("DeepL", "MarianMT", "Mbart_many2many", "m2m100")

#: Gives the entities of a sentence in a language.
Tag = Callable[[str, Sequence[str]], list[Span]]


class Item(NamedTuple):
    """A target sentence with its gold, and its translation with the entities found there."""

    id: str
    target: tuple[str, ...]
    gold: tuple[Span, ...]
    source: tuple[str, ...]
    entities: tuple[Span, ...]


class Corpus(NamedTuple):
    """A set of sentences; `links` only where they came with it."""

    name: str
    items: tuple[Item, ...]
    links: tuple[Links, ...] | None = None


def masakhaner(data: Path, lang: str, split: str, tag: Tag) -> Corpus:
    """The sentences of a MasakhaNER 2.0 split that have a human translation, which `tag` annotates."""
    gold = {sentence_id(lang, index): sentence for index, sentence in enumerate(masakhaner_gold(data, lang, split))}
    items = []
    for translation in stored_translations.read(data / "translations" / "masakhaner2" / split / f"{lang}.jsonl"):
        source = tuple(word_splitting.split(translation.translation, translation.source_lang))
        sentence = gold[translation.id]
        entities = tuple(tag(translation.source_lang, source))
        items.append(Item(translation.id, sentence.tokens or (), _spans(sentence, TYPES), source, entities))
    return Corpus(f"masakhaner2-{lang}-{split}", tuple(items))


def masakhaner_gold(data: Path, lang: str, split: str) -> list[Sentence]:
    """All sentences of a MasakhaNER 2.0 split."""
    return read_sentences(data / "masakhaner2" / lang / f"{split}.txt")


def europarl(data: Path, lang: str) -> Corpus:
    """Europarl-NER: 799 sentences, the source side with its gold English entities; all four types count."""
    english, target = (read_sentences(data / "europarl-ner" / f"{code}-europarl.test.conll02") for code in ("en", lang))
    items = [
        Item(sentence_id(lang, index), there.tokens or (), _spans(there, None), here.tokens or (), _spans(here, None))
        for index, (here, there) in enumerate(zip(english, target, strict=True))
    ]
    return Corpus(f"europarl-{lang}", tuple(items))


def easy_label_projection(data: Path, direction: str, system: str, tag: Tag) -> Corpus:
    """CoNLL sentences, their machine translations, which `tag` annotates, and the links that came with them. MISC is out.

    The links have a line for each `-DOCSTART-` of the originals, which is no sentence; ids count it. Some systems translated it too.
    """
    root = data / "easy-label-projection"
    original, translated = direction.split("2")
    run = f"{system}.50000.awesome.test"
    path = root / "original" / original / f"{original}.conll.test.tsv"
    gold = read_sentences(path)
    translations = read_sentences(root / "automatic_projections" / direction / f"{run}.tsv")
    links = pharaoh.read(root / "automatic_projections" / "alignments" / direction / f"{run}.talp", swap=True)
    places = sentence_blocks(path)
    if len(translations) == len(links):
        translations = [translations[index] for index in places]
    items, kept = [], []
    for index, here, there in zip(places, gold, translations, strict=True):
        target, source = here.tokens or (), there.tokens or ()
        items.append(Item(sentence_id(original, index), target, _spans(here, TYPES), source, tuple(tag(translated, source))))
        kept.append(links[index].sure)
    return Corpus(f"{direction}-{system}", tuple(items), tuple(kept))


def sentence_blocks(path: Path) -> list[int]:
    """Which blocks of a column file are sentences and no `-DOCSTART-`; blocks stand between blank lines and count from 0."""
    blocks = read_text(path).strip("\n").split("\n\n")
    return [index for index, block in enumerate(blocks) if not block.startswith(NEW_DOCUMENT)]


def _spans(sentence: Sentence, types: Sequence[str] | None) -> tuple[Span, ...]:
    return tuple(span for span in decode(sentence.tags) if types is None or span.type in types)
