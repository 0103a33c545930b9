"""Further evidence for projection as stages: back-translation, and the translation score of candidates. Both run translation models."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from boundarybench.schemes import Span
from boundarybench.submission.budget import Budget

from ..alignment.aligner import links_of
from ..machine import Machine, commit
from ..stages import Record, Stage
from ..translation import codes
from .back_translation import BackTranslation

if TYPE_CHECKING:
    from ..translation.likelihood import Likelihood
    from ..translation.neural import TransformersTranslator


@dataclass(frozen=True, slots=True)
class ScorerSettings:
    """The model that says how likely two phrases translate each other (NMTScore): a folder or a hub id, revision, licence and budget."""

    model: str
    revision: str = "main"
    licence: str = "not stated"
    budget: Budget | None = None


@dataclass(frozen=True, slots=True)
class BackTranslationSettings:
    """The model that carries bracketed entities back into the target language (Politov et al. 2025), and what is made of it.

    Attributes:
        model, revision, licence, budget: as for a translator.
        tokenizer: of another checkpoint, where the model comes without one.
        use: `replaced` puts the back-translation in place of the source sentence, as published; `evidence` adds its links to the scores.
        weight: of the evidence, where the score itself has 1.
    """

    model: str
    revision: str = "main"
    licence: str = "not stated"
    tokenizer: str | None = None
    use: Literal["replaced", "evidence"] = "replaced"
    weight: float = 0.5
    budget: Budget | None = None


def score_stage(settings: ScorerSettings, suite: str, lang: str, machine: Machine) -> Stage:
    """The translation score of a set; items are lists of [entity text, candidate text], records have `scores`, as many.

    Raises:
        UsageError: there is no such model.
    """
    identity = commit(settings.model, settings.revision)
    told = {"model": identity, "precision": str(machine.torch_dtype())}
    revision = settings.revision if Path(settings.model).exists() else identity
    return Stage(
        "translation-score",
        told,
        lambda: _scorer(settings.model, revision, machine),
        lambda scorer, items: _scores(scorer, items, suite, lang),
    )


def back_stage(settings: BackTranslationSettings, suite: str, lang: str, machine: Machine) -> Stage:
    """Back-translation into a set's language; items are [English words, entities], records have `words` and `spans`, or `failed`.

    Raises:
        UsageError: there is no such model.
    """
    identity = commit(settings.model, settings.revision)
    told: dict[str, Any] = {"model": identity, "precision": str(machine.torch_dtype())}
    if settings.tokenizer is not None:
        told["tokenizer"] = commit(settings.tokenizer, "main")
    revision = settings.revision if Path(settings.model).exists() else identity
    return Stage(
        "back-translation",
        told,
        lambda: _translator(settings, revision, machine),
        lambda translator, items: _carried(translator, items, suite, lang),
    )


def back_of(record: Record) -> BackTranslation:
    """The back-translation of a sentence, with its links."""
    spans = tuple(None if span is None else (span[0], span[1]) for span in record["spans"])
    return BackTranslation(tuple(record["words"]), spans, links_of(record))


def _translator(settings: BackTranslationSettings, revision: str, machine: Machine) -> "TransformersTranslator":
    from ..translation.neural import Decoding, TransformersTranslator

    where: dict[str, Any] = {
        "device": machine.torch_device(),
        "dtype": machine.torch_dtype(),
        "budget": machine.batch_budget(decoding=True),
    }
    return TransformersTranslator(settings.model, revision, Decoding(max_new_tokens=400), tokenizer=settings.tokenizer, **where)


def _carried(
    translator: "TransformersTranslator", items: Sequence[tuple[Sequence[str], Sequence[tuple[int, int, str]]]], suite: str, lang: str
) -> list[Record]:
    from ..translation.neural import Failure
    from .bracketed import carried_back

    target, source = codes.of_model(translator.codes, suite, lang)
    sentences = [(words, [Span(*entity) for entity in entities]) for words, entities in items]
    found = carried_back(sentences, lambda texts: translator.translate(texts, source, target), lang)
    return [{"failed": each.reason} if isinstance(each, Failure) else {"words": each[0], "spans": each[1]} for each in found]


def _scorer(model: str, revision: str, machine: Machine) -> "Likelihood":
    from ..translation.likelihood import Likelihood

    return Likelihood(model, revision, device=machine.torch_device(), dtype=machine.torch_dtype(), budget=machine.batch_budget())


def _scores(scorer: "Likelihood", items: Sequence[Sequence[tuple[str, str]]], suite: str, lang: str) -> list[Record]:
    """Pairs that occur in several sentences are scored once."""
    target, source = codes.of_model(scorer.codes, suite, lang)
    pairs = list(dict.fromkeys((entity, candidate) for item in items for entity, candidate in item))
    scores = dict(zip(pairs, scorer.score(pairs, source, target), strict=True))
    return [_scored([scores[entity, candidate] for entity, candidate in item]) for item in items]


def _scored(scores: Sequence[float | None]) -> Record:
    return {"failed": "out of memory"} if None in scores else {"scores": [round(score, 6) for score in scores if score is not None]}
