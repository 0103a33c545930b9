"""What a full run costs in GPU hours, as an estimate: `python -m speed.gpu_hours [--peak 312] [--encoding 0.25] [--decoding 0.02]`.

Nothing is measured here. A stage that reads `n` sub-tokens with `p` parameters takes 2 x p x n operations, and so

    hours = 2 x p x n / (peak x share of the peak) / 3600

Parameters are those that a sub-token passes: layers, and the output matrix where there is one; embeddings are looked up. The products
inside attention are left out: at 25 words a sentence they are some percent. Put in the peak of your device in bf16, and the shares that
`python -m speed.inference --size real` gives there.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tabulate import tabulate

#: The 57 headline pairs.
SENTENCES, WORDS = 280_259, 3_560_000
#: Assumed, of the large vocabularies over these languages; English translations are taken to be as long as their sources.
SUBTOKENS_PER_WORD = 1.8
#: Assumed of the translation score: entities of a sentence, candidates of an entity, directions of a pair that are not shared (both across,
#: and about one of a text with itself), and sub-tokens of a text with its marks.
ENTITIES, CANDIDATES, DIRECTIONS, SUBTOKENS_PER_NAME = 1.5, 10, 3, 7


@dataclass(frozen=True, slots=True)
class Work:
    """A stage: its name, parameters that a sub-token passes, sub-tokens, and whether these come one after the other."""

    name: str
    parameters: float
    subtokens: float
    decoding: bool = False

    def hours(self, peak: float, shares: tuple[float, float]) -> float:
        """On a device of `peak` operations per second, of which encoding and decoding reach these shares."""
        return 2 * self.parameters * self.subtokens / (peak * shares[self.decoding]) / 3600


def layers(count: int, hidden: int, inner: int, *, decoder: bool = False) -> float:
    """Parameters of a transformer's layers: attention (twice in a decoder) and the feed-forward part."""
    return count * ((8 if decoder else 4) * hidden**2 + 2 * hidden * inner)


def full_run() -> list[Work]:
    """The stages of model transfer (the first) and of annotation projection with everything (all of them)."""
    target = WORDS * SUBTOKENS_PER_WORD + 2 * SENTENCES
    english = target
    names = SENTENCES * ENTITIES * CANDIDATES * DIRECTIONS * SUBTOKENS_PER_NAME
    tagger = layers(24, 1024, 4096)
    distilled = layers(12, 1024, 4096) + layers(12, 1024, 4096, decoder=True) + 256_206 * 1024
    return [
        Work("tagging of target sentences, XLM-R-large", tagger, target),
        Work("translation, NLLB-3.3B, encoder", layers(24, 2048, 8192), target),
        Work("translation, NLLB-3.3B, decoder", layers(24, 2048, 8192, decoder=True) + 256_206 * 2048, english, decoding=True),
        Work("tagging of translations, XLM-R-large", tagger, english),
        Work("alignment, multilingual BERT, 8 layers", layers(8, 768, 3072), target + english),
        Work("translation score, NLLB-600M, both directions", distilled, names),
    ]


def table(peaks: Sequence[float], shares: tuple[float, float]) -> str:
    """Hours of each stage on devices of these peaks (TFLOP/s), as markdown."""
    work = full_run()
    rows = [
        [
            each.name,
            f"{each.parameters / 1e6:,.0f}",
            f"{each.subtokens / 1e6:.1f}",
            f"{2 * each.parameters * each.subtokens / 1e15:.1f}",
            f"{shares[each.decoding]:.0%}",
            *(f"{each.hours(peak * 1e12, shares):.2f}" for peak in peaks),
        ]
        for each in work
    ]
    rows.append(["all", "", "", "", "", *(f"{sum(each.hours(peak * 1e12, shares) for each in work):.2f}" for peak in peaks)])
    heads = ["stage", "M parameters", "M sub-tokens", "PFLOP", "share of the peak", *(f"hours at {peak:g} TFLOP/s" for peak in peaks)]
    return tabulate(rows, heads, tablefmt="github", disable_numparse=True)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peak", type=float, nargs="+", default=[989, 312], help="TFLOP/s in bf16 (default: H100 SXM, A100)")
    parser.add_argument("--encoding", type=float, default=0.25, help="share of the peak where whole sentences are read")
    parser.add_argument("--decoding", type=float, default=0.02, help="share of the peak where sub-tokens come one after the other")
    args = parser.parse_args()
    print(table(args.peak, (args.encoding, args.decoding)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
