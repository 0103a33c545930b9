"""Signatures of the board's tables (protocol, section 7)."""

from collections.abc import Sequence

from ..gold import manifest
from ..protocol import MASAKHANER2, SUITES, TYPES, XTREME, mean_name, ranked, signature

#: The mean of the two suite means, for systems that are complete in both.
OVERALL = "overall"
OVERALL_SUITES = (XTREME, MASAKHANER2)


def overall_signature(fingerprints: Sequence[str]) -> str:
    """The signature of a mean of the two suite means."""
    names = "+".join(mean_name(suite) for suite in OVERALL_SUITES)
    return signature(names, fingerprints, str(len(fingerprints)), TYPES).replace("|mean:lang|", "|mean:suite|")


def table_signature(suite: str) -> str:
    """The signature that every complete row of a suite's table, or of the overall one, has."""
    suites = OVERALL_SUITES if suite == OVERALL else (SUITES[suite],)
    pins = manifest.pins()
    fingerprints = [pins[manifest.key(each.name, lang, "test")].structure for each in suites for lang in ranked(each)]
    if suite == OVERALL:
        return overall_signature(fingerprints)
    return signature(mean_name(SUITES[suite]), fingerprints, str(len(fingerprints)), TYPES)
