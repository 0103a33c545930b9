"""A small character-aware tagger for training from scratch, as a model of `transformers`.

Characters are convolved and pooled into words, words go through a bidirectional LSTM (Ma and Hovy 2016; Chiu and Nichols 2016, without
pretrained word vectors and without their CRF). A word's identity comes in by a hashed embedding, so that there is no list of known words.
Every character is a sub-token and a word begins with a mark, which bears its label: so trainer and tagger need not know the difference.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from unicodedata import normalize

import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from transformers import AutoConfig, AutoModelForTokenClassification, PretrainedConfig, PreTrainedModel, PreTrainedTokenizerFast
from transformers.modeling_outputs import TokenClassifierOutput

_PAD, _UNKNOWN, _WORD = _SPECIAL = ["<pad>", "<unk>", "▁"]
_RARE = 2  # how often a character must have been seen


class CharacterConfig(PretrainedConfig):
    """Sizes of the tagger; `word_id` is the mark that begins a word."""

    model_type = "boundarybench-characters"

    def __init__(
        self,
        vocab_size: int = 256,
        word_id: int = 2,
        character_size: int = 64,
        word_size: int = 128,
        buckets: int = 1 << 13,
        hidden_size: int = 160,
        num_hidden_layers: int = 2,
        dropout: float = 0.4,
        max_position_embeddings: int = 1 << 20,
        **more: Any,
    ) -> None:
        self.vocab_size, self.word_id = vocab_size, word_id
        self.character_size, self.word_size, self.buckets = character_size, word_size, buckets
        self.hidden_size, self.num_hidden_layers, self.dropout = hidden_size, num_hidden_layers, dropout
        self.max_position_embeddings = max_position_embeddings  # there are none: no sentence is too long
        super().__init__(**more)


class CharacterTagger(PreTrainedModel):
    """The tagger."""

    config_class = CharacterConfig

    def __init__(self, config: CharacterConfig) -> None:
        """Make the layers, with random weights."""
        super().__init__(config)
        size = config.word_size
        self.characters = nn.Embedding(config.vocab_size, config.character_size, padding_idx=config.pad_token_id)
        self.convolutions = nn.ModuleList([nn.Conv1d(config.character_size, size, 3, padding=1), nn.Conv1d(size, size, 3, padding=1)])
        self.identity = nn.Embedding(config.buckets, size)
        self.dropout = nn.Dropout(config.dropout)
        self.context = nn.LSTM(
            2 * size, config.hidden_size, config.num_hidden_layers, batch_first=True, bidirectional=True, dropout=config.dropout
        )
        self.classifier = nn.Linear(2 * config.hidden_size, len(config.id2label or {}))
        self.post_init()  # type: ignore[no-untyped-call]

    def _init_weights(self, module: nn.Module) -> None:
        """Leave the layers as torch makes them, but for a smaller embedding of identities: most words are new in another text."""
        if module is self.identity:
            nn.init.normal_(module.weight, std=0.1)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor | None = None) -> TokenClassifierOutput:
        """Logits at every character, those of its word; shape (sentences, characters, labels).

        Args:
            input_ids: characters, shape (sentences, characters); each sentence begins with a word's mark.
            attention_mask: 0 where a sentence is over, same shape.
            labels: same shape; -100 where none is asked for.
        """
        word = ((input_ids == self.config.word_id) & (attention_mask > 0)).cumsum(1).sub(1).clamp(min=0)
        lengths = (word.masked_fill(attention_mask == 0, 0).amax(1) + 1).cpu()
        words = self._words(input_ids, attention_mask, word, int(lengths.max()))
        packed = pack_padded_sequence(self.dropout(words), lengths, batch_first=True, enforce_sorted=False)
        context, _ = pad_packed_sequence(self.context(packed)[0], batch_first=True)
        of_words = self.classifier(self.dropout(context))
        logits = of_words.gather(1, word.unsqueeze(-1).expand(-1, -1, of_words.shape[-1]))
        loss = None if labels is None else cross_entropy(logits.flatten(0, 1), labels.flatten())
        return TokenClassifierOutput(loss=loss, logits=logits)

    def _words(self, ids: torch.Tensor, mask: torch.Tensor, word: torch.Tensor, count: int) -> torch.Tensor:
        """A vector per word, from its characters and from its identity: shape (sentences, words, 2 * word size)."""
        states = self.characters(ids).transpose(1, 2)
        for layer in self.convolutions:
            states = torch.relu(layer(states) * mask.unsqueeze(1))
        states = states.transpose(1, 2)
        place = word.unsqueeze(-1).expand_as(states)
        pooled = states.new_zeros(len(ids), count, states.shape[-1]).scatter_reduce(1, place, states, "amax")
        return torch.cat([pooled, self.identity(self._buckets(ids, mask, word, count))], -1)

    def _buckets(self, ids: torch.Tensor, mask: torch.Tensor, word: torch.Tensor, count: int) -> torch.Tensor:
        """A hash of each word's characters: sum of (character + 1) * 31 ** position, in the ring of 64-bit integers."""
        positions = torch.arange(ids.shape[1], device=ids.device).expand_as(ids)
        start = positions.masked_fill(ids != self.config.word_id, 0).cummax(1).values
        powers = torch.full_like(ids, 31) ** ((positions - start) % 12)
        sums = torch.zeros(len(ids), count, dtype=torch.long, device=ids.device).scatter_add(1, word, (ids + 1) * powers * mask)
        buckets: torch.Tensor = sums % self.config.buckets
        return buckets


AutoConfig.register(CharacterConfig.model_type, CharacterConfig, exist_ok=True)
AutoModelForTokenClassification.register(CharacterConfig, CharacterTagger, exist_ok=True)


def model(sentences: Iterable[Sequence[str]], names: Mapping[str, Any]) -> tuple[CharacterTagger, PreTrainedTokenizerFast]:
    """A tagger with random weights, drawn from torch's generator, and a tokenizer that knows the characters of `sentences`.

    Args:
        sentences: words.
        names: of the labels, as a configuration has them: `id2label` and `label2id`.
    """
    fast = tokenizer(sentences)
    known = fast.get_vocab()
    config = CharacterConfig(len(known), known[_WORD], pad_token_id=known[_PAD], **names)
    return CharacterTagger(config), fast


def tokenizer(sentences: Iterable[Sequence[str]]) -> PreTrainedTokenizerFast:
    """Every character is a sub-token, and so is the mark before each word. Rare ones are unknown, so that the unknown one is learnt."""
    seen = Counter(character for words in sentences for word in words for character in normalize("NFC", word))
    characters = sorted(character for character, count in seen.items() if count >= _RARE and character not in (_WORD, " "))
    inner = Tokenizer(models.WordLevel({each: place for place, each in enumerate([*_SPECIAL, *characters])}, unk_token=_UNKNOWN))
    inner.normalizer = normalizers.NFC()
    inner.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(), pre_tokenizers.Split(Regex("(?m:.)"), "isolated")])
    return PreTrainedTokenizerFast(tokenizer_object=inner, model_max_length=1 << 20, pad_token=_PAD, unk_token=_UNKNOWN)
