"""The encoder as a folder that `transformers` loads like any checkpoint: its files are the same bytes whenever they are written."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tabulate import tabulate

from boundarybench import atomic
from boundarybench.errors import UsageError

from ..checkpoints import saving
from . import packed_model
from .packed_model import PackedModel
from .tokenizer_json import special_ids, tokenizer_json

_WEIGHTS, _TOKENIZER, _CARD = "model.safetensors", "tokenizer.json", "README.md"
_CONFIG, _TOKENIZER_CONFIG = "config.json", "tokenizer_config.json"
FILES = (_CONFIG, _WEIGHTS, _TOKENIZER, _TOKENIZER_CONFIG, _CARD)

#: BERT's names for the package's: of the embeddings, and of the parts of a layer.
_EMBEDDINGS = {"word": "word_embeddings", "pos": "position_embeddings", "type": "token_type_embeddings", "ln": "LayerNorm"}
_IN_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_KIND = {"w": "weight", "b": "bias"}

_ABOUT = """`intfloat/multilingual-e5-small` (Wang et al. 2024, arXiv 2402.05672; MIT) as the package below carries it (MIT; by one person):
its large matrices in 4 bits, which are float32 here, exactly. 12 layers, 384 wide, XLM-R's vocabulary. It began as multilingual MiniLM, a
distillate of XLM-R-base, and was trained on a thousand million pairs of texts, parallel ones (NLLB) among them, and on labelled ones for
retrieval; on no named entities.

There is no pooling layer: the package has none. Its sentence vectors are means over all sub-tokens, special ones too, at length 1, of texts
with `query: ` or `passage: ` before them. Text is tokenised as the package does it: each code point is normalised alone (NFKC), so that
letters that are written with combining marks stay apart. Bring text into NFC first."""
#: What it was trained on, after the report (section 2 and table 1), for `system.json`.
_DATA = ("mC4", "CC News", "NLLB parallel text", "Wikipedia", "Reddit", "S2ORC", "Stack Exchange", "xP3", "labelled retrieval sets")


def write(model: PackedModel, folder: Path) -> dict[str, str]:
    """Write the checkpoint into `folder`, whole or not at all; the SHA-256 of each of its files.

    Raises:
        UsageError: `folder` holds something else.
        NotWritten: it cannot be written.
    """
    _check(model, folder)
    with atomic.making(folder.parent), atomic.replacing_folder(folder) as new, saving():
        save_file(_renamed(model), new / _WEIGHTS, metadata={"format": "pt"})
        for name, content in (
            (_CONFIG, _config(model)),
            (_TOKENIZER_CONFIG, _tokenizer_config(model)),
            (_TOKENIZER, tokenizer_json(model)),
        ):
            (new / name).write_bytes(_json(content))
        hashes = {name: _hash(new / name) for name in FILES if name != _CARD}
        (new / _CARD).write_text(_card(hashes), "utf-8")
        hashes[_CARD] = _hash(new / _CARD)
    return hashes


def _check(model: PackedModel, folder: Path) -> None:
    """Refuse a folder that is neither empty nor this checkpoint."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder}: not a folder; choose another name")
    there = {path.name for path in folder.iterdir()}
    if there and not (there <= set(FILES) and _CONFIG in there and (folder / _CONFIG).read_bytes() == _json(_config(model))):
        raise UsageError(f"{folder}: not empty, and not this checkpoint; choose another folder")


def _config(model: PackedModel) -> dict[str, Any]:
    """`config.json`: dropout as in BERT's own."""
    return {
        "architectures": ["BertModel"],
        "attention_probs_dropout_prob": 0.1,
        "bos_token_id": model.special.begin,
        "eos_token_id": model.special.end,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": model.sizes.hidden,
        "initializer_range": 0.02,
        "intermediate_size": model.sizes.intermediate,
        "layer_norm_eps": model.layer_norm_eps,
        "max_position_embeddings": model.sizes.positions,
        "model_type": "bert",
        "num_attention_heads": model.sizes.heads,
        "num_hidden_layers": model.sizes.layers,
        "pad_token_id": model.special.padding,
        "type_vocab_size": model.sizes.segments,
        "vocab_size": model.sizes.vocabulary,
    }


def _tokenizer_config(model: PackedModel) -> dict[str, Any]:
    begin, end, padding, unknown, mask = (model.pieces[id_].text for id_ in special_ids(model))
    return {
        "bos_token": begin,
        "cls_token": begin,
        "eos_token": end,
        "mask_token": mask,
        "model_input_names": ["input_ids", "attention_mask"],
        "model_max_length": model.sizes.positions,
        "pad_token": padding,
        "sep_token": end,
        "split_special_tokens": True,  # what is spelled like one in a text is text
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": unknown,
    }


def _renamed(model: PackedModel) -> dict[str, NDArray[np.float32]]:
    """The weights by BERT's names and in its shapes: (outputs, inputs), (entries, hidden size) or (hidden size,)."""
    found = {}
    for name, values in model.tensors.items():
        place, part, *rest = name.split(".")
        if place == "emb":
            renamed = f"embeddings.{_EMBEDDINGS[part]}.{_KIND[rest[0]] if rest else 'weight'}"
            matrix = not rest
        else:
            renamed = f"encoder.layer.{place.removeprefix('l')}.{_IN_LAYER[part]}.{_KIND[rest[0]]}"
            matrix = rest == ["w"] and not part.endswith("ln")
        inputs = model.sizes.intermediate if part == "fo" else model.sizes.hidden
        found[renamed] = values.reshape(-1, inputs) if matrix else values
    return found


def _card(hashes: Mapping[str, str]) -> str:
    """The model card, with the hub's metadata on top."""
    origin = {f"{packed_model.PACKAGE} {packed_model.VERSION}: {packed_model.WEIGHTS}": packed_model.SHA256}
    lines = [
        f"---\nlicense: mit\nbase_model: microsoft/Multilingual-MiniLM-L12-H384\ndatasets: {json.dumps(_DATA)}\n---",
        "# Multilingual E5 small, from 4 bits",
        _ABOUT,
        tabulate([*origin.items(), *hashes.items()], headers=["file", "SHA-256"], tablefmt="github"),
    ]
    return "\n\n".join(lines) + "\n"


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1 if "model_type" in content else None).encode() + b"\n"


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
