"""The rules as data."""

from boundarybench.protocol import FLOORS, sentence_id, sentence_ids, signature
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import mean_name, ranked

MASAKHANER2 = packaged()["masakhaner2"]
SAMPLE = packaged()["sample"]
SUITES = packaged()
XTREME = packaged()["xtreme"]


def test_suites() -> None:
    assert (len(XTREME.languages), len(XTREME.headline), len(ranked(XTREME)), mean_name(XTREME)) == (40, 39, 38, "xtreme-38")
    assert (len(MASAKHANER2.languages), len(MASAKHANER2.headline), mean_name(MASAKHANER2)) == (20, 18, "masakhaner2")
    assert "en" not in SAMPLE.headline
    assert {suite.name for suite in SUITES.values() if suite.overall} == {"xtreme", "masakhaner2"}
    assert [language.code for language in XTREME.languages if language.character_tokens] == ["ja", "th", "zh"]
    assert [language.code for language in XTREME.languages if language.tiny] == ["jv", "my", "yo"]


def test_ids() -> None:
    assert sentence_id("swa", 17) == "swa-00017"
    assert sentence_ids("sw", 3) == ["sw-00000", "sw-00001", "sw-00002"]


def test_signature() -> None:
    line = signature("masakhaner2", ["b" * 64, "a" * 64], "18", ("PER", "ORG", "LOC"))
    assert line == signature("masakhaner2", ["a" * 64, "b" * 64], "18", ("PER", "ORG", "LOC"))
    head, gold, tail = line[: len("bp75|suite:masakhaner2|gold:")], line[28:36], line[36:]
    assert head == "bp75|suite:masakhaner2|gold:"
    assert len(gold) == 8
    assert tail == "|langs:18|types:PER+ORG+LOC|decode:begin|mean:lang|boot:1000/0|v:2"
    assert FLOORS == {"bp25": 0.25, "bp50": 0.5, "bp75": 0.75, "bp100": 1.0}
