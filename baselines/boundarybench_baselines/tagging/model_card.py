"""Model cards: what a trained tagger is written with (on what it was trained, how, and how good it is on dev), and what any card says."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tabulate import tabulate

from boundarybench.suites.manifests import find

from ..machine import shown

_FILE = "README.md"
#: What a tagger's settings say in place of a pretrained model.
CRF = "crf"
FROM_NOTHING = ("scratch", CRF)
_INTRODUCTION = """Trained by `boundarybench train`. Labels are IOB2, read at the first sub-token of each word. Its licence is that of what
it was trained from and on; look it up before you pass the model on."""
#: The hub's words for a licence that its metadata does not tell.
_NO_LICENCE = ("other", "unknown")
_METADATA = re.compile(r"---\n(.*?)\n---(\n|$)", re.DOTALL)
_ENTRY = re.compile(r"^(?P<key>\w+):(?P<inline>[^\n]*)(?P<block>(\n[ ]*-[ ][^\n]*)*)", re.MULTILINE)
_ITEM = re.compile(r"""\s*("[^"]*"|'[^']*'|[^,"']+)\s*(?:,|$)""")
_NAME = re.compile(r"(?!.*: )[^\n\"'\[\]{}#&*!|>%@`]{1,300}")
_LANGUAGE = re.compile("[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the metadata of a card says of a model's origin, in words for `system.json`; nothing where it does not.

    Attributes:
        licence: of the model.
        data: that it was trained on, all labelled if it is a tagger.
        languages: of that data, as codes.
        base: the model that it was trained from.
    """

    licence: str | None = None
    data: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    base: str | None = None

    @property
    def training_data(self) -> tuple[str, ...]:
        """`data` and that of the model that it was trained from; nothing if the card does not say the former."""
        return (*self.data, f"{self.base}'s own training data") if self.data and self.base else self.data


def read(folder: Path) -> CardFacts:
    """What the card in the folder of a checkpoint says; a card that cannot be read, or is missing, says nothing."""
    try:
        text = (folder / _FILE).read_text("utf-8")
    except (OSError, ValueError):
        return CardFacts()
    found = _METADATA.match(text)
    said = _listed(found[1]) if found else {}
    licence, languages, bases = said.get("license", []), said.get("language", []), said.get("base_model", [])
    return CardFacts(
        licence[0] if len(licence) == 1 and licence[0] not in _NO_LICENCE else None,
        tuple(said.get("datasets", [])),
        tuple(languages) if all(map(_LANGUAGE.fullmatch, languages)) else (),
        " and ".join(map(shown, bases)) or None,
    )


def card(report: Mapping[str, Any]) -> str:
    """The card (Markdown, with the hub's metadata on top) of a training run; `report` is what its `training.json` holds."""
    data = [[split, about["name"], about["sentences"], about["sha256"]] for split, about in report["data"].items()]
    settings = [[name, "none" if value is None else value] for name, value in report["settings"].items()]
    lines = [
        "\n".join(["---", "tags: [token-classification, named-entity-recognition]", *_metadata(report), "---"]),
        "# Named entity tagger",
        _INTRODUCTION,
        "## Data",
        tabulate(data, headers=["split", "set", "sentences", "SHA-256 of words and tags"], tablefmt="github"),
        "## Settings",
        tabulate(settings, headers=["setting", "value"], tablefmt="github", disable_numparse=True),
        *_weights(report),
        _scores(report),
    ]
    return "\n\n".join(lines) + "\n"


def _metadata(report: Mapping[str, Any]) -> Iterator[str]:
    """What `read` reads: the set by its name, and its language and licence where it is of a suite and nothing else was learnt from."""
    base, name = report["settings"]["model"], report["data"]["train"]["name"]
    if base not in FROM_NOTHING:
        yield f"base_model: {json.dumps(base)}"
    if not name:
        return
    yield f"datasets: {json.dumps([shown(name)])}"
    suite, _, language = name.partition("/")
    if Path(name).exists() or (of := find(suite)) is None:
        return
    yield f"language: {json.dumps([language])}"
    if base in FROM_NOTHING:
        yield f"license: {json.dumps(of.licence)}"


def _listed(metadata: str) -> dict[str, list[str]]:
    """The entries of a card's metadata that are names or lists of names; this much of YAML is read, and anything else says nothing."""
    found: dict[str, list[str]] = {}
    for entry in _ENTRY.finditer(metadata):
        inline, block = entry["inline"].strip(), entry["block"].split("\n")[1:]
        if block:
            items = [] if inline else [line.strip().removeprefix("-") for line in block]
        else:
            items = _ITEM.findall(inline[1:-1]) if inline[:1] == "[" and inline[-1:] == "]" else [inline]
        names = [item.strip().strip("\"'") for item in items]
        if names and all(map(_NAME.fullmatch, names)):
            found[entry["key"]] = names
    return found


def _weights(report: Mapping[str, Any]) -> list[str]:
    files = sorted(report["weights"].items())
    return ["## Weights", tabulate(files, headers=["file", "SHA-256"], tablefmt="github")]


def _scores(report: Mapping[str, Any]) -> str:
    scores = report["dev_typed_f1"]
    if not scores:
        return "No dev set was given: these are the weights of the end of training."
    rows = [[epoch, f"{score:.2f}"] for epoch, score in enumerate(scores, 1)]
    table = tabulate(rows, headers=["epoch", "typed F1 on dev"], tablefmt="github", disable_numparse=True)
    return f"## Development\n\n{table}\n\nThe weights are those of epoch {report['chosen_epoch']}."
