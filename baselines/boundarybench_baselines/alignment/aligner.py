"""Word alignment as a stage: source and target words in, links out; or stored links, since an aligner that samples cannot repeat them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from boundarybench.errors import DataError
from boundarybench.submission.budget import Budget

from ..machine import Machine, commit
from ..stages import Record, Stage
from . import pharaoh, stored_links
from .floors import monotone, similar
from .links import Link, Links, WordPair
from .symmetrise import Choice, symmetrise

if TYPE_CHECKING:
    from .embedding import EmbeddingAligner

_EMBEDDING = ("awesome", "argmax", "itermax", "match")


@dataclass(frozen=True, slots=True)
class AlignerSettings:
    """An aligner as a system names it.

    Attributes:
        method: `awesome` (AWESoME, softmax) or SimAlign's `argmax`, `itermax`, `match` over an encoder's hidden states; `similar` and
            `monotone`, which need no model; `gloss`, the links that the word-by-word translator translated by; `file`, stored links.
        model: of the encoder: a folder or a hub id.
        revision: of the hub id.
        licence: of the model, for `system.json`.
        layer: whose hidden states are compared.
        threshold: of AWESoME's probabilities.
        path: of stored links of both directions, as `stored.load` takes it; `{suite}` and `{lang}` in it stand for the set. They have a
            line for each sentence of the set that has a translation, in the set's order.
        symmetrise: how stored links of both directions become one set.
        about: what it is, for `system.json`, where method and model do not say it.
        budget: what the model or the links were made from, for `system.json`.
    """

    method: Literal["awesome", "argmax", "itermax", "match", "similar", "monotone", "gloss", "file"]
    model: str | None = None
    revision: str = "main"
    licence: str = "not stated"
    layer: int = 8
    threshold: float = 0.001
    path: str | None = None
    symmetrise: Choice = "intersection"
    about: str | None = None
    budget: Budget | None = None

    def __post_init__(self) -> None:
        if (self.method in _EMBEDDING) != (self.model is not None):
            raise ValueError(f"`model` goes with the methods {', '.join(_EMBEDDING)}, and they need one")
        if (self.method == "file") != (self.path is not None):
            raise ValueError('`path` goes with method = "file", and it needs one')
        if self.path is not None and self.about is None:
            raise ValueError("`about` must say which aligner the links are from, as in 'eflomal 2.0, intersected'")


def stage(settings: AlignerSettings, machine: Machine) -> Stage:
    """The stage; items are [source words, target words], records have `links` (Pharaoh), or `failed`.

    Raises:
        UsageError: there is no such model.
    """
    if settings.model is None:
        align = similar if settings.method == "similar" else monotone
        return Stage(
            "alignment", {"method": settings.method}, lambda: align, lambda method, items: [_record(method(*item)) for item in items]
        )
    identity = commit(settings.model, settings.revision)
    told = {"method": settings.method, "model": identity, "layer": settings.layer, "threshold": settings.threshold}
    told["precision"] = str(machine.torch_dtype())
    return Stage(
        "alignment",
        told,
        lambda: _embedding(settings, identity, machine),
        lambda aligner, items: [_record(links) for links in aligner.align(items)],
    )


def direct(settings: AlignerSettings, suite: str, lang: str, pairs: Sequence[WordPair], translated: Sequence[bool]) -> list[Record]:
    """Records of a set from stored links: `links` (Pharaoh), none for sentences without a translation.

    Raises:
        UsageError: there is no such file.
        DataError: it is broken, has too few lines, or links a word that is not there.
    """
    path = Path((settings.path or "").replace("{suite}", suite).replace("{lang}", lang))
    lines = stored_links.load(path)
    if len(lines) < sum(translated):  # it may have more: of a set, maybe only the first sentences are run
        raise DataError(f"{path}: links of {len(lines)} sentences for {sum(translated)} translations; align again")
    found = [frozenset[Link]() for _ in pairs]
    for index, both in zip(compress(range(len(pairs)), translated), lines, strict=False):
        found[index] = symmetrise(*both, settings.symmetrise)
        source, target = map(len, pairs[index])
        if any(link.source >= source or link.target >= target for link in found[index]):
            raise DataError(f"{path}: sentence {index} of {suite}/{lang}: a link to a word that is not there; align again")
    return [_record(links) for links in found]


def links_of(record: Record) -> Links:
    """The links of a sentence that the stage has aligned."""
    return pharaoh.parse(record["links"]).possible


def _record(links: Links | str) -> Record:
    return {"failed": links} if isinstance(links, str) else {"links": pharaoh.show(pharaoh.Alignment(links, links))}


def _embedding(settings: AlignerSettings, identity: str, machine: Machine) -> "EmbeddingAligner":
    from .embedding import EmbeddingAligner, EmbeddingSettings

    model = settings.model or ""
    return EmbeddingAligner(
        model,
        settings.revision if Path(model).exists() else identity,
        EmbeddingSettings(settings.method, settings.layer, settings.threshold),  # type: ignore[arg-type]
        device=machine.torch_device(),
        dtype=machine.torch_dtype(),
        budget=machine.batch_budget(),
    )
