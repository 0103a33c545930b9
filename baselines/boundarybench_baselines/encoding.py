"""Sentences as encoders take them: sub-tokens, special tokens, windows, padding."""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import torch

from boundarybench.errors import UsageError

from .windows import Window, windows

#: Models that count positions from the padding index on, so that as many of them are never used.
_POSITIONS_AFTER_PADDING = frozenset({"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "xmod"})


class Piece(NamedTuple):
    """A window as the model takes it.

    Attributes:
        sentence: its position among the sentences.
        ids: of the sub-tokens, special ones among them.
        words: the words (positions in the sentence) that the model's answer is taken for.
        starts, ends: for each of these, the half-open range of its sub-tokens in `ids`.
    """

    sentence: int
    ids: list[int]
    words: list[int]
    starts: list[int]
    ends: list[int]


class Encoding:
    """A tokenizer, and how much of a sentence fits into its model's window."""

    def __init__(self, tokenizer: Any, config: Any) -> None:
        """Take a fast tokenizer and the configuration of its model. Raises UsageError if the tokenizer is a slow one."""
        if not tokenizer.is_fast:
            raise UsageError(f"{tokenizer.name_or_path}: its tokenizer cannot say which word a sub-token belongs to (no tokenizer.json)")
        self.tokenizer = tokenizer
        with_special, alone = tokenizer("a").input_ids, tokenizer("a", add_special_tokens=False).input_ids
        first = next(place for place in range(len(with_special)) if with_special[place : place + len(alone)] == alone)
        self._before, self._after = with_special[:first], with_special[first + len(alone) :]
        self.capacity = positions(config, tokenizer) - len(self._before) - len(self._after)

    def pieces(self, sentences: Sequence[Sequence[str]]) -> list[Piece]:
        """All windows of all sentences. A word without a sub-token is in none of them."""
        found = []
        for number, (ids, first) in enumerate(self._subtokens(sentences)):
            present = sorted(first)
            borders = [*(first[word] for word in present), len(ids)]
            cuts = windows([end - start for start, end in pairwise(borders)], self.capacity) if present else []
            found += [self._piece(number, window, present, ids, borders) for window in cuts]
        return found

    def _subtokens(self, sentences: Sequence[Sequence[str]]) -> Iterable[tuple[list[int], dict[int, int]]]:
        """For each sentence its sub-token ids, and the place of the first one of each word that has any.

        Words are brought into NFC, which encoders were trained on: some tokenizers leave a letter and its marks apart, or lose marks.
        """
        filled = [[unicodedata.normalize("NFC", word) for word in sentence] for sentence in sentences if sentence]
        encoded = iter(self.tokenizer(filled, is_split_into_words=True, add_special_tokens=False).encodings if filled else ())
        for sentence in sentences:
            first: dict[int, int] = {}
            ids: list[int] = []
            if sentence:
                encoding = next(encoded)
                ids = encoding.ids
                for place, word in enumerate(encoding.word_ids):
                    first.setdefault(word, place)
            yield ids, first

    def _piece(self, sentence: int, window: Window, present: Sequence[int], ids: Sequence[int], borders: Sequence[int]) -> Piece:
        start = borders[window.start]
        inner = list(ids[start : min(borders[window.end], start + self.capacity)])
        shift, kept = len(self._before) - start, range(window.kept_start, window.kept_end)
        return Piece(
            sentence,
            [*self._before, *inner, *self._after],
            [present[word] for word in kept],
            [borders[word] + shift for word in kept],
            [min(borders[word + 1] + shift, len(self._before) + len(inner)) for word in kept],
        )


def positions(config: Any, tokenizer: Any) -> int:
    """How many sub-tokens, special ones included, a model reads at once."""
    most = int(config.max_position_embeddings)
    if config.model_type in _POSITIONS_AFTER_PADDING:
        most -= config.pad_token_id + 1
    return min(most, int(tokenizer.model_max_length))


def padded(batch: Sequence[Sequence[int]], filler: int, device: torch.device) -> torch.Tensor:
    """Rows of different lengths as one tensor: shape (rows, longest)."""
    longest = max(map(len, batch))
    return torch.tensor([[*row, *[filler] * (longest - len(row))] for row in batch], device=device)
