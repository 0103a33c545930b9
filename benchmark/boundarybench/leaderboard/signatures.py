"""Signatures of the board's tables (protocol, section 7)."""

from collections.abc import Sequence

from ..protocol import TYPES, signature
from ..suites.manifests import packaged
from ..suites.pins import key, mean_name, pins, ranked

#: The mean of the two suite means, for systems that are complete in both.
OVERALL = "overall"
OVERALL_SUITES = tuple(suite for suite in packaged().values() if suite.overall)


def overall_signature(fingerprints: Sequence[str]) -> str:
    """The signature of a mean of the two suite means."""
    names = "+".join(mean_name(suite) for suite in OVERALL_SUITES)
    return signature(names, fingerprints, str(len(fingerprints)), TYPES).replace("|mean:lang|", "|mean:suite|")


def table_signature(suite: str) -> str:
    """The signature that every complete row of a suite's table, or of the overall one, has."""
    suites = OVERALL_SUITES if suite == OVERALL else (packaged()[suite],)
    fingerprints = [pins(each)[key(lang, "test")].structure for each in suites for lang in ranked(each)]
    if suite == OVERALL:
        return overall_signature(fingerprints)
    known = packaged()[suite]
    return signature(mean_name(known), fingerprints, str(len(fingerprints)), known.scored)
