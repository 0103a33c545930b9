"""A small tagger that is trained from nothing, tokenizer included: XLM-R's architecture at a size that learns on a CPU."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaForTokenClassification

_BEGIN, _PAD, _END, _UNKNOWN, _MASK = _SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def model(sentences: Iterable[Sequence[str]], names: Mapping[str, Any]) -> tuple[XLMRobertaForTokenClassification, PreTrainedTokenizerFast]:
    """A model with random weights, drawn from torch's generator, and the tokenizer learnt from `sentences`.

    Args:
        sentences: words.
        names: of the labels, as a configuration has them: `id2label` and `label2id`.
    """
    tokenizer = _tokenizer(sentences)
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=512,
        max_position_embeddings=514,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        **names,
    )
    return XLMRobertaForTokenClassification(config), tokenizer


def _tokenizer(sentences: Iterable[Sequence[str]]) -> PreTrainedTokenizerFast:
    """A small BPE tokenizer; it falls back on bytes, so that no script is unknown to it.

    Not a Unigram one, as XLM-R has: its trainer gives another vocabulary in every process, and so a resumed run other sub-tokens.
    """
    tokenizer = Tokenizer(models.BPE(unk_token=_UNKNOWN, byte_fallback=True))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    hexadecimal = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=4000, min_frequency=2, special_tokens=[*_SPECIAL, *hexadecimal], show_progress=False)
    tokenizer.train_from_iterator((word for sentence in sentences for word in sentence), trainer)
    ends = [(token, tokenizer.token_to_id(token)) for token in (_BEGIN, _END)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{_BEGIN} $A {_END}", special_tokens=ends)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=512,
        bos_token=_BEGIN,
        cls_token=_BEGIN,
        eos_token=_END,
        sep_token=_END,
        pad_token=_PAD,
        unk_token=_UNKNOWN,
        mask_token=_MASK,
    )
