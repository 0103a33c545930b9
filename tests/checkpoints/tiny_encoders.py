"""Small encoders with random weights, shaped like those that the systems name: BERT, XLM-R, mDeBERTa."""

import random

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForTokenClassification,
    BertModel,
    DebertaV2Config,
    DebertaV2ForTokenClassification,
    DebertaV2Model,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaForTokenClassification,
    XLMRobertaModel,
)

#: Label sets of the published checkpoints: CoNLL in IOB1 (no type begins with B- unless it follows its like), and in IOB2.
IOB1 = ["B-LOC", "B-MISC", "B-ORG", "I-LOC", "I-MISC", "I-ORG", "I-PER", "O"]
IOB2 = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]
BIOES = ["O", *(f"{prefix}-{type_}" for type_ in ("PER", "ORG", "LOC") for prefix in "BIES")]

_SYLLABLES = ["ka", "lo", "mi", "tu", "ße", "ñan", "ẹ̀", "ngo", "ри", "на", "ला", "北", "ሰ", "ض"]


def sentences(count=200, seed=0, longest=14):
    """Invented sentences of words made of syllables in several scripts."""
    draw = random.Random(seed)
    return [
        ["".join(draw.choices(_SYLLABLES, k=draw.randint(1, 4))) for _ in range(draw.randint(1, longest))] + ["."] * draw.randint(0, 1)
        for _ in range(count)
    ]


def bert(folder, labels=None, **changes):
    """Like bert-base-multilingual-cased."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(_words(), trainers.WordPieceTrainer(vocab_size=120, special_tokens=special, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), special, strict=True))
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=512, **names)
    return _save(folder, fast, BertConfig, (BertModel, BertForTokenClassification), labels, changes)


def xlm_roberta(folder, labels=None, **changes):
    """Like FacebookAI/xlm-roberta-large: positions are counted from the padding index on."""
    fast = _unigram()
    return _save(folder, fast, XLMRobertaConfig, (XLMRobertaModel, XLMRobertaForTokenClassification), labels, changes)


def deberta(folder, labels=None, **changes):
    """Like microsoft/mdeberta-v3-base: relative positions."""
    shape = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 16, "norm_rel_ebd": "layer_norm"}
    shape |= {"share_att_key": True, "position_biased_input": False, "max_position_embeddings": 512}
    return _save(folder, _unigram(), DebertaV2Config, (DebertaV2Model, DebertaV2ForTokenClassification), labels, shape | changes)


def _words():
    return [word for sentence in sentences() for word in sentence]


def _unigram():
    """Syllables and single characters, with and without the mark of a word's beginning. Not trained: that differs between processes."""
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    characters = sorted({character for syllable in _SYLLABLES for character in syllable} | {"."})
    scores = {"\u2581": -4.0} | {f"\u2581{each}": -5.0 for each in [*_SYLLABLES, *characters]}
    scores |= dict.fromkeys(_SYLLABLES, -6.0) | {each: -8.0 for each in characters if each not in _SYLLABLES}
    vocabulary = [*((name, 0.0) for name in special), *scores.items()]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=special.index("<unk>")))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    names = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token", "mask_token"), special, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=512, cls_token="<s>", sep_token="</s>", **names)


def _save(folder, tokenizer, kind, models_of, labels, changes):
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 9, "num_attention_heads": 4, "intermediate_size": 64, "max_position_embeddings": 514}
    shape |= {"pad_token_id": tokenizer.pad_token_id, "vocab_size": len(tokenizer), "initializer_range": 0.1}
    if labels:
        shape |= {"id2label": dict(enumerate(labels)), "label2id": {label: index for index, label in enumerate(labels)}}
    config = kind(**(shape | changes))
    model = models_of[bool(labels)](config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)
