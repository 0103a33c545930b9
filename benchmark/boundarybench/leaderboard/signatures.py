"""Signatures of the board's tables (protocol, section 7)."""

from collections.abc import Sequence

from ..gold.load import suite_of
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
    suites = OVERALL_SUITES if suite == OVERALL else (suite_of(suite),)
    # A language that a user has added to a suite of their own by hand may have no gold yet.
    fingerprints = [found.structure for each in suites for lang in ranked(each) if (found := pins(each).get(key(lang, "test")))]
    if suite == OVERALL:
        return overall_signature(fingerprints)
    known = suite_of(suite)
    return signature(mean_name(known), fingerprints, str(len(fingerprints)), known.scored)
