"""The stored machine translations of MAFAND-MT: ten systems, of which one is chosen per language on dev sentences, without labels."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from boundarybench import atomic
from boundarybench.columns import read_text
from boundarybench.protocol import sentence_id

#: The language whose dev sentences choose each language's system: Bambara's were not translated.
CHOSEN_ON = {"bam": "ewe", "ewe": "ewe", "lug": "lug"}


class Quality(NamedTuple):
    """How near a system's dev translations are to the human originals."""

    system: str
    chrf: float
    bleu: float


def qualities(data: Path, lang: str) -> list[Quality]:
    """All systems on a language's dev sentences, the best (by chrF) first; their names without the languages."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    rows = [row for row in _rows(data, lang) if row["split"] == "dev" and row.get("mt")]
    originals = [[row["human_src"] for row in rows]]
    found = []
    for name in rows[0]["mt"]:
        texts = [row["mt"][name] for row in rows]
        found.append(Quality(_plain(name, lang, rows[0]), *(metric.corpus_score(texts, originals).score for metric in (CHRF(), BLEU()))))
    return sorted(found, key=lambda each: -each.chrf)


def write(data: Path, lang: str, split: str, system: str, path: Path) -> int:
    """Write a system's translations of a split as a translation file; how many there are."""
    lines = [
        {"id": sentence_id(lang, row["idx"]), "source_lang": row["src_lang"], "translation": text}
        for row in _rows(data, lang)
        if row["split"] == split and row.get("mt")
        for name, text in row["mt"].items()
        if _plain(name, lang, row) == system
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
    return len(lines)


def _rows(data: Path, lang: str) -> Iterator[dict[str, Any]]:
    for line in read_text(data / "translations" / "masakhaner2-mt" / f"{lang}.jsonl").split("\n"):
        if line:
            yield json.loads(line)


def _plain(name: str, lang: str, row: dict[str, Any]) -> str:
    """`m2m100_ewe_fr_news` is `m2m100_news`: the same recipe in another language."""
    return name.replace(f"_{lang}_{row['src_lang']}", "")
