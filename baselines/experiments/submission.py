"""A projection run on MasakhaNER 2.0 as a submission folder: tags and scores, no text."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmark import atomic
from benchmark.gold import manifest
from benchmark.protocol import sentence_id
from benchmark.spans import OUTSIDE

from ..projection.outcome import Projection


def prediction_lines(lang: str, lengths: Sequence[int], projections: Mapping[str, Projection]) -> bytes:
    """A prediction for each sentence of a test set, given as its number of words; all `O` where there is no projection.

    Where spans are scored, `scores` has the score of each span, from left to right.
    """
    lines = []
    for index, length in enumerate(lengths):
        id_ = sentence_id(lang, index)
        projection = projections.get(id_)
        line: dict[str, Any] = {"id": id_, "tags": projection.tags(length) if projection else [OUTSIDE] * length}
        if projection and projection.objective is not None:
            scored = [(span, landing.score) for landing in projection.landings for span in landing.spans]
            line["scores"] = [round(score, 6) for _, score in sorted(scored) if score is not None]
        lines.append(json.dumps(line) + "\n")
    return "".join(lines).encode()


def system(name: str, description: str, languages: Sequence[str], selection: str) -> dict[str, Any]:
    """The `system.json` of a projection from human translations."""
    return {
        "name": name,
        "description": description,
        "authors": ["The boundarybench developers"],
        "family": "annotation-projection",
        "tracks": {"default": "oracle"},
        "facets": {
            "source_languages": ["en", "fr"],
            "source_data": ["CoNLL-2003 (en)", "masakhane-ner transfer corpus (fr)"],
            "encoder": None,
            "translation_model": "human translations (MAFAND-MT originals)",
            "parallel_data": ["MAFAND-MT"],
            "aligner": "eflomal 2.0, model 3, both directions, intersected",
            "projection_on": "test",
            "ensemble_size": 1,
            "transductive": True,
            "open": True,
        },
        "models": [],
        "training_data": ["CoNLL-2003 (en)", "masakhane-ner transfer corpus (fr)", "MAFAND-MT parallel text, the test bitext unlabelled"],
        "seed": None,
        "hardware": "2 CPU cores",
        "wall_time_hours": 0.2,
        "mentions_outside_types": "none",
        "selection": selection,
        "gold": {f"masakhaner2/{lang}": manifest.pins()[manifest.key("masakhaner2", lang, "test")].structure for lang in languages},
        "reproduce": "make projection-report",
    }


def write(folder: Path, about: Mapping[str, Any], predictions: Mapping[str, bytes]) -> None:
    """Write the folder's files, each whole or not at all; `predictions` has a prediction file per language."""
    (folder / "masakhaner2").mkdir(parents=True, exist_ok=True)
    for lang, lines in predictions.items():
        atomic.write_bytes(folder / "masakhaner2" / f"{lang}.jsonl", lines)
    atomic.write_bytes(folder / "system.json", (json.dumps(about, indent=2) + "\n").encode())
