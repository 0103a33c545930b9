"""Back-translation with brackets around entities, by a model that keeps them (Politov et al. 2025)."""

from collections.abc import Callable, Sequence

from boundarybench.schemes import Span

from ..translation.detokenise import UNSPACED, detokenise
from ..translation.neural import Failure
from ..translation.word_splitting import split
from .back_translation import carry, marked
from .candidates import Candidate

Translate = Callable[[Sequence[str]], Sequence[str | Failure]]
Carried = tuple[tuple[str, ...], tuple[Candidate | None, ...]]


def carried_back(sentences: Sequence[tuple[Sequence[str], Sequence[Span]]], translate: Translate, lang: str) -> list[Carried | Failure]:
    """Each English sentence in the target language: its words, and the span of each entity, None where it was lost.

    Args:
        sentences: English words and their entities.
        translate: from English.
        lang: the target language, as the suite writes it.
    """
    texts = [detokenise(marked(words, entities), "en") for words, entities in sentences]
    names = list(dict.fromkeys(detokenise(words[span.start : span.end], "en") for words, entities in sentences for span in entities))
    together = translate([*texts, *names])
    alone = dict(zip(names, together[len(texts) :], strict=True))
    found: list[Carried | Failure] = []
    for (words, entities), text in zip(sentences, together[: len(texts)], strict=True):
        if isinstance(text, Failure):
            found.append(text)
            continue
        own = [alone[detokenise(words[span.start : span.end], "en")] for span in entities]
        # A name that could not be translated is like no bracket group, and so is lost.
        found.append(carry(text, ["" if isinstance(each, Failure) else each for each in own], lambda each: target_words(each, lang)))
    return found


def target_words(text: str, lang: str) -> list[str]:
    """The words of a target text: Moses' rules; one character each in Chinese, Japanese and Thai, as their test sets have them."""
    if lang in UNSPACED:
        return [character for character in text if not character.isspace()]
    return split(text, lang)
