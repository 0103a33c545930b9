"""The source taggers of the reports: trained once, kept in a working folder."""

import logging
from collections.abc import Sequence
from pathlib import Path

from benchmark.columns import Sentence, read_sentences
from benchmark.schemes import Span, decode

from ..tagging.crf import Tagger, train
from ..tagging.data import TaggedSentence
from ..tagging.f1 import typed_f1

log = logging.getLogger("boundarybench")

#: The training sets of the tagger of each language. `source-ner/fr` is old print and the translations are modern news, so the French
#: tagger sees the English set too: it finds more names in dev translations, and is no worse on the French test set.
TRAINED_ON = {"en": ("en",), "fr": ("fr", "en")}


def tagger(data: Path, work: Path, language: str) -> Tagger:
    """The tagger of a language, trained now if `work` does not have it yet."""
    model = work / f"{language}.crfsuite"
    if not model.is_file():
        log.info("training the tagger for %s (half a minute to a minute)", language)
        work.mkdir(parents=True, exist_ok=True)
        sets = [read_sentences(data / "source-ner" / code / "train.txt") for code in TRAINED_ON[language]]
        train((TaggedSentence(sentence.tokens or (), sentence.tags) for each in sets for sentence in each), model)
    return Tagger(model)


class Translations:
    """Tags translations, each sentence once."""

    def __init__(self, data: Path, work: Path) -> None:
        """Open, or train, the taggers for translations."""
        self._taggers = {language: tagger(data, work, language) for language in TRAINED_ON}

    def tag(self, language: str, words: Sequence[str]) -> list[Span]:
        """The entities of a sentence in a language."""
        return self._taggers[language].tag(words)


def typed_f1_on(tagger: Tagger, sentences: Sequence[Sentence]) -> float:
    """Typed F1 of a tagger on labelled sentences, in per cent."""
    return typed_f1((decode(sentence.tags) for sentence in sentences), (tagger.tag(sentence.tokens or ()) for sentence in sentences))
