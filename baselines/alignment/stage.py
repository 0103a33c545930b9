"""Word alignment as a stage: source words and target words in, links out."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..machine import Machine, commit
from ..stages import Record, Stage
from . import pharaoh
from .floors import monotone, similar
from .links import Links

if TYPE_CHECKING:
    from .embedding import EmbeddingAligner

_EMBEDDING = ("awesome", "argmax", "itermax", "match")


@dataclass(frozen=True, slots=True)
class AlignerSettings:
    """An aligner as a system names it.

    Attributes:
        method: `awesome` (AWESoME, softmax) or SimAlign's `argmax`, `itermax`, `match` over an encoder's hidden states; `similar` and
            `monotone`, which need no model; `gloss`, the links that the word-by-word translator translated by.
        model: of the encoder: a folder or a hub id.
        revision: of the hub id.
        licence: of the model, for `system.json`.
        layer: whose hidden states are compared.
        threshold: of AWESoME's probabilities.
        about: what it is, for `system.json`, where method and model do not say it.
    """

    method: Literal["awesome", "argmax", "itermax", "match", "similar", "monotone", "gloss"]
    model: str | None = None
    revision: str = "main"
    licence: str = "not stated"
    layer: int = 8
    threshold: float = 0.001
    about: str | None = None

    def __post_init__(self) -> None:
        if (self.method in _EMBEDDING) != (self.model is not None):
            raise ValueError(f"`model` goes with the methods {', '.join(_EMBEDDING)}, and they need one")


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
