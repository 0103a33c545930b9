"""Translation by NLLB-, M2M100- and Marian-style models over `transformers`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForSeq2SeqLM, AutoTokenizer

from boundarybench.errors import UsageError

from ..batches import Batches
from ..checkpoints import loading
from ..encoding import padded
from . import codes


@dataclass(frozen=True, slots=True)
class Decoding:
    """How translations are searched for.

    Attributes:
        num_beams: 1 is greedy search, which is what the published runs had: the checkpoint's own default.
        max_new_tokens: a translation that has not ended by then has failed.
    """

    num_beams: int = 1
    max_new_tokens: int = 256


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a sentence has no translation."""

    reason: str


class Vocabulary:
    """A translation model's tokenizer, the language codes in it, and how much the model reads at once."""

    def __init__(self, model: str, revision: str, tokenizer: str | None = None) -> None:
        """Load it from a folder or the hub; `tokenizer` names another checkpoint where the model comes without one.

        Raises:
            UsageError: there is no such model.
        """
        with loading(model, "translation model"):
            self.tokenizer: Any = AutoTokenizer.from_pretrained(tokenizer or model, revision=None if tokenizer else revision)
            self.config: Any = AutoConfig.from_pretrained(model, revision=revision)
        self.codes = frozenset(code for code in codes.ALL if self._id(code) is not None)
        self.window = int(min(self.config.max_position_embeddings, self.tokenizer.model_max_length))

    def encode(self, texts: Sequence[str], code: str | None) -> list[list[int]]:
        """Sub-token ids of source texts, with the marks of their language; nothing is cut off."""
        if code is not None:
            self.tokenizer.src_lang = code
        ids: list[list[int]] = self.tokenizer(list(texts), truncation=False, verbose=False).input_ids if texts else []
        return ids

    def code_id(self, code: str) -> int:
        """The sub-token of a language of `codes`."""
        found = self._id(code)
        if found is None:
            raise UsageError(f"the translation model does not know the language {code}")
        return found

    def text(self, new: Sequence[int], most: int) -> str | Failure:
        """The text of a translation's sub-tokens, the language's mark among them; a failure if it has no end before the last of `most`."""
        # Marian's configuration forces an end at the last place, which is no end of the sentence.
        if self.tokenizer.eos_token_id not in new[: most - 1]:
            return Failure(f"no end within {most} sub-tokens")
        text: str = self.tokenizer.decode(new, skip_special_tokens=True).strip()
        return text or Failure("an empty translation")

    def _id(self, code: str) -> int | None:
        # NLLB writes deu_Latn, M2M100 __de__: without the marks a code could be any sub-token.
        found = self.tokenizer.convert_tokens_to_ids(code if "_" in code else f"__{code}__")
        return None if found is None or found == self.tokenizer.unk_token_id else int(found)


class Seq2Seq:
    """A translation model with its vocabulary."""

    def __init__(self, model: str, revision: str, *, device: torch.device, dtype: torch.dtype, tokenizer: str | None = None) -> None:
        """Load a model from a folder or the hub, with its own tokenizer or that of another checkpoint.

        Raises:
            UsageError: there is no such model.
        """
        self.vocabulary = Vocabulary(model, revision, tokenizer)
        with loading(model, "translation model"):
            loaded: Any = AutoModelForSeq2SeqLM.from_pretrained(model, revision=revision, dtype=dtype)
        self.model = loaded.to(device).eval()


class TransformersTranslator:
    """A model and its search."""

    def __init__(
        self,
        model: str,
        revision: str,
        decoding: Decoding,
        *,
        device: torch.device,
        dtype: torch.dtype,
        budget: int,
        tokenizer: str | None = None,
    ) -> None:
        """Load a model; `budget` is the number of sub-tokens in a batch, padding and beams included. Raises UsageError as `Seq2Seq`."""
        self._loaded = Seq2Seq(model, revision, device=device, dtype=dtype, tokenizer=tokenizer)
        self._decoding = decoding
        self._batches = Batches(max(1, budget // decoding.num_beams))

    @property
    def codes(self) -> frozenset[str]:
        """The language codes that the model knows; none for a model of one pair of languages."""
        return self._loaded.vocabulary.codes

    def translate(self, texts: Sequence[str], source: str | None, target: str | None) -> list[str | Failure]:
        """The translation of each text, or why there is none. Equal texts are translated once.

        Args:
            texts: in the source language.
            source, target: codes of the languages, as `codes` has them; None where the model has none.
        """
        return translated(texts, source, self._loaded.vocabulary, self._batches, lambda batch: self._generate(batch, target))

    @torch.inference_mode()
    def _generate(self, batch: Sequence[Sequence[int]], target: str | None) -> list[str | Failure]:
        vocabulary, model = self._loaded.vocabulary, self._loaded.model
        forced = {} if target is None else {"forced_bos_token_id": vocabulary.code_id(target)}
        output = model.generate(
            input_ids=padded(batch, vocabulary.tokenizer.pad_token_id, model.device),
            attention_mask=padded([[1] * len(ids) for ids in batch], 0, model.device),
            num_beams=self._decoding.num_beams,
            do_sample=False,
            max_length=None,
            max_new_tokens=self._decoding.max_new_tokens,
            **forced,
        )
        # The first one is what decoding starts with: for some models the end mark.
        return [vocabulary.text(ids[1:], self._decoding.max_new_tokens) for ids in output.tolist()]


def translated(
    texts: Sequence[str],
    source: str | None,
    vocabulary: Vocabulary,
    batches: Batches,
    generate: Callable[[list[list[int]]], Sequence[str | Failure]],
) -> list[str | Failure]:
    """The translation of each text, or why there is none. Equal texts are translated once.

    Args:
        texts: in the source language.
        source: the code of their language; None where the model has none.
        vocabulary: of the model.
        batches: how many sub-tokens the model takes at once.
        generate: gives the translation of each of some rows of source sub-tokens.
    """
    unique = list(dict.fromkeys(texts))
    found: dict[str, str | Failure] = {}
    fitting = []
    for text, ids in zip(unique, vocabulary.encode(unique, source), strict=True):
        if not text.strip():
            found[text] = Failure("empty")
        elif len(ids) > vocabulary.window:
            found[text] = Failure(f"longer than the model's {vocabulary.window} sub-tokens")
        else:
            fitting.append((text, ids))
    results = batches.run([len(ids) for _, ids in fitting], lambda batch: generate([fitting[item][1] for item in batch]))
    for (text, _), result in zip(fitting, results, strict=True):
        found[text] = Failure("out of memory") if result is None else result
    return [found[text] for text in texts]
