"""The taggers of reports and rows: trained once from real labelled sets, kept in a working folder."""

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from boundarybench.columns import Sentence
from boundarybench.schemes import Span, decode
from boundarybench_baselines.tagging import data as training_data
from boundarybench_baselines.tagging.crf import Tagger
from boundarybench_baselines.tagging.f1 import typed_f1
from boundarybench_baselines.tagging.features import FeatureSet
from boundarybench_baselines.tagging.tagger import CRF_FILE
from boundarybench_baselines.tagging.train_crf import train

log = logging.getLogger("boundarybench")


class Recipe(NamedTuple):
    """What a tagger is trained on: files below the data folder, features, and whether prose alone."""

    sets: tuple[str, ...]
    features: FeatureSet = "words"
    prose: bool = False


#: The taggers by their folder. `source-ner/fr` is old print and the translations are modern news, so the French tagger sees the English
#: set too: it finds more names in dev translations, and is no worse on the French test set.
RECIPES = {
    "tagger-en": Recipe(("source-ner/en/train.txt",)),
    "tagger-fr": Recipe(("source-ner/fr/train.txt", "source-ner/en/train.txt")),
    "shared-conll": Recipe(("source-ner/en/train.txt",), "shared", prose=True),
    "shared-news": Recipe(("source-ner/en/train.txt", "source-ner/fr/train.txt"), "shared", prose=True),
    "shared-panx": Recipe(("panx/train-en.tsv",), "shared"),
}
LANGUAGES = ("en", "fr")


def made(data: Path, work: Path, name: str) -> Path:
    """The folder of a tagger, trained now if `work` does not have it yet."""
    folder = work / name
    if not (folder / "training.json").is_file():  # the last file to be written
        log.info("training %s (half a minute to two)", folder)
        recipe = RECIPES[name]
        shutil.rmtree(folder, ignore_errors=True)
        sentences = [sentence for path in recipe.sets for sentence in training_data.read(str(data / path), "train")]
        if recipe.prose:
            sentences = [sentence for sentence in sentences if _is_prose(sentence.words)]
        train(sentences, [], folder, {"train": " + ".join(recipe.sets), "dev": ""}, recipe.features)
    return folder


def _is_prose(words: Sequence[str]) -> bool:
    """Whether words are a whole sentence of running text. A table or headline teaches that the first word is a name."""
    letters = [word for word in words if word.isalpha()]
    return len(words) >= 6 and 2 * sum(word.islower() for word in words) >= len(letters) and words[-1] in (".", '"', "?", "!")


def tagger(data: Path, work: Path, language: str) -> Tagger:
    """The source tagger of a language."""
    return Tagger(made(data, work, f"tagger-{language}") / CRF_FILE)


class Translations:
    """Tags translations, each sentence once."""

    def __init__(self, data: Path, work: Path) -> None:
        """Open, or train, the taggers for translations."""
        self._taggers = {language: tagger(data, work, language) for language in LANGUAGES}

    def tag(self, language: str, words: Sequence[str]) -> list[Span]:
        """The entities of a sentence in a language."""
        return self._taggers[language].tag(words)


def typed_f1_on(tagger: Tagger, sentences: Sequence[Sentence]) -> float:
    """Typed F1 of a tagger on labelled sentences, in per cent."""
    return typed_f1((decode(sentence.tags) for sentence in sentences), (tagger.tag(sentence.tokens or ()) for sentence in sentences))
