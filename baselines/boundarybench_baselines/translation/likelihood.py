"""How likely two phrases translate each other: NMTScore's direct score (Vamvas and Sennrich 2022), normalised, of both directions.

P(A|B) is the geometric mean of the probabilities of A's sub-tokens and its end mark, given B; the mark of the language, which is given,
does not count. s(A, B) = P(A|B) / P(A|A), and the score is (s(A, B) + s(B, A)) / 2.
"""

from collections.abc import Sequence

import torch

from boundarybench.errors import UsageError

from ..batches import Batches
from ..encoding import padded
from .neural import Seq2Seq


class Likelihood:
    """A translation model that covers both directions, as NLLB and M2M100 do."""

    def __init__(self, model: str, revision: str, *, device: torch.device, dtype: torch.dtype, budget: int) -> None:
        """Load a model; `budget` is the number of sub-tokens in a batch, padding included.

        Raises:
            UsageError: as `Seq2Seq`; the model has no language codes.
        """
        self._loaded = Seq2Seq(model, revision, device=device, dtype=dtype)
        if not self._loaded.vocabulary.codes:
            raise UsageError(
                f"{model}: translates one way only; name one that covers both directions, such as facebook/nllb-200-distilled-600M"
            )
        self._batches = Batches(budget)

    @property
    def codes(self) -> frozenset[str]:
        """The language codes that the model knows."""
        return self._loaded.vocabulary.codes

    def score(self, pairs: Sequence[tuple[str, str]], first: str | None, second: str | None) -> list[float | None]:
        """The score of each pair of texts; about 1 for perfect translations. None where memory ran out.

        Args:
            pairs: (text in the first language, text in the second language).
            first, second: codes of the languages.
        """
        # Each (given, language) -> (asked, language) once, though phrases meet in many pairs.
        wanted: dict[tuple[str, str, str | None, str | None], None] = {}
        for a, b in pairs:
            wanted |= dict.fromkeys([(b, a, second, first), (a, a, first, first), (a, b, first, second), (b, b, second, second)])
        found = dict(zip(wanted, self._probabilities(list(wanted)), strict=True))

        def share(given: tuple[str, str | None], asked: tuple[str, str | None]) -> float | None:
            across, alone = found[given[0], asked[0], given[1], asked[1]], found[asked[0], asked[0], asked[1], asked[1]]
            return None if across is None or alone is None else across / alone if alone > 0 else 0.0

        scores: list[float | None] = []
        for a, b in pairs:
            forward, backward = share((b, second), (a, first)), share((a, first), (b, second))
            scores.append(None if forward is None or backward is None else (forward + backward) / 2)
        return scores

    def _probabilities(self, wanted: Sequence[tuple[str, str, str | None, str | None]]) -> list[float | None]:
        """P(asked | given) for each (given, asked, language of given, language of asked)."""
        given = self._encoded([(text, code) for text, _, code, _ in wanted])
        asked = self._encoded([(text, code) for _, text, _, code in wanted])
        lengths = [len(source) + len(target) for source, target in zip(given, asked, strict=True)]
        return self._batches.run(lengths, lambda batch: self._compute([given[item] for item in batch], [asked[item] for item in batch]))

    def _encoded(self, texts: Sequence[tuple[str, str | None]]) -> list[list[int]]:
        """Sub-token ids of texts in several languages: [language, sub-tokens, end]."""
        ids: dict[tuple[str, str | None], list[int]] = {}
        for code in dict.fromkeys(code for _, code in texts):
            unique = list(dict.fromkeys(text for text, other in texts if other == code))
            ids |= {(text, code): each for text, each in zip(unique, self._loaded.vocabulary.encode(unique, code), strict=True)}
        return [ids[item] for item in texts]

    @torch.inference_mode()
    def _compute(self, given: Sequence[Sequence[int]], asked: Sequence[Sequence[int]]) -> list[float]:
        loaded, device = self._loaded, self._loaded.model.device
        pad, start = loaded.vocabulary.tokenizer.pad_token_id, loaded.model.config.decoder_start_token_id
        # The decoder reads [start, language, sub-tokens] and is asked for [sub-tokens, end] from the language on.
        read = padded([[start, *ids[:-1]] for ids in asked], pad, device)
        logits = loaded.model(
            input_ids=padded(given, pad, device),
            attention_mask=padded([[1] * len(ids) for ids in given], 0, device),
            decoder_input_ids=read,
            decoder_attention_mask=padded([[1] * len(ids) for ids in asked], 0, device),
        ).logits
        logs = logits.float().log_softmax(-1).gather(-1, padded(asked, pad, device).unsqueeze(-1)).squeeze(-1)
        counted = padded([[0, *[1] * (len(ids) - 1)] for ids in asked], 0, device)
        means: list[float] = ((logs * counted).sum(1) / counted.sum(1)).exp().tolist()
        return means
