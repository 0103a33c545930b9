"""The model card that a trained tagger is written with: what it was trained on, how, and how good it is on dev."""

from collections.abc import Mapping
from typing import Any

from tabulate import tabulate

_INTRODUCTION = """Trained by `boundarybench train`. Labels are IOB2, read at the first sub-token of each word. Its licence is that of what
it was trained from and on; look it up before you pass the model on."""


def card(report: Mapping[str, Any]) -> str:
    """The card (Markdown, with the hub's metadata on top) of a training run; `report` is what its `training.json` holds."""
    base = report["settings"]["model"]
    from_hub = "" if base in ("scratch", "crf") else f"base_model: {base}\n"
    data = [[split, about["name"], about["sentences"], about["sha256"]] for split, about in report["data"].items()]
    settings = [[name, "none" if value is None else value] for name, value in report["settings"].items()]
    lines = [
        f"---\ntags: [token-classification, named-entity-recognition]\n{from_hub}---",
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
