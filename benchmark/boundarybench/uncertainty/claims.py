"""What a mean difference lets one say, in words: of the languages that were tested, and of languages like them.

The two are different claims. A winner is "" where no difference is shown.
"""


def on_these(winner: str, count: int, what: str = "language") -> str:
    """The claim that rests on the sentences: it holds for the languages, or test sets, that were tested."""
    place = f"on this {what}" if count == 1 else f"on these {count} {what}s"
    return f"{winner} is better {place}" if winner else f"no difference shown {place}"


def in_languages_like_these(winner: str) -> str:
    """The claim that rests on the languages as a sample of languages."""
    return f"{winner} is better in languages like these" if winner else "not shown for languages like these"


def both_claims(on_these_languages: str, winner: str, winner_like_these: str | None) -> str:
    """Both claims in one sentence.

    Args:
        on_these_languages: the first claim, in words.
        winner: of the first claim.
        winner_like_these: of the second one; None where there are too few languages for it.
    """
    if winner_like_these is None:
        return f"{on_these_languages}; too few to speak of languages like these"
    if winner and winner == winner_like_these:
        return f"{on_these_languages}, and in languages like these"
    return f"{on_these_languages}; {in_languages_like_these(winner_like_these)}"
