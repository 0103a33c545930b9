"""system.json: the published schemas, a right example, and faults without end."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from corpus import SYSTEM, dump, good_folder, mutated, system
from hypothesis import given, settings
from hypothesis import strategies as st

from boundarybench.submission.findings import Findings
from boundarybench.submission.folder import scan
from boundarybench.submission.system_json import check, schema
from boundarybench.suites.manifests import packaged

SUITES = packaged()


def checked(root: Path) -> Findings:
    findings = Findings()
    check(scan(root, findings, packaged()), findings)
    return findings


@pytest.mark.parametrize("name", ["prediction", "system"])
def test_a_published_schema_is_one(name: str) -> None:
    assert schema(name)["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
    jsonschema.Draft202012Validator.check_schema(schema(name))


def test_the_example_fits_the_schema() -> None:
    jsonschema.Draft202012Validator(schema("system")).validate(SYSTEM)


@pytest.mark.parametrize("field", schema("system")["properties"])
def test_only_url_and_budget_may_be_left_out(field: str, tmp_path: Path) -> None:
    root = good_folder(tmp_path / "good-system")
    system({field: ...})(root)
    findings = checked(root)
    optional = field in ("url", "budget")
    assert [finding.code for finding in findings.shown] == ([] if optional else ["system-schema"])
    assert optional or field in findings.shown[0].message


@pytest.mark.parametrize(
    "change",
    [
        {"family": "other", "tracks": {"default": "supervised", "xtreme/th": "exposure-unknown"}},
        {"models": [], "authors": ["Ọláwálé", "Владимир", "李四"], "seed": -1, "wall_time_hours": 0},
        {"facets": {**SYSTEM["facets"], "projection_on": None, "ensemble_size": 3, "open": False}},
        {"gold": {**SYSTEM["gold"], "xtreme/de": "0" * 64}},  # no predictions for it: nothing was made against it
        {"budget": {"labelled": [], "text": [], "models": [], "human": []}},  # nothing, and that is stated
        {"mentions_outside_types": "dropped-after-matching", "description": "x" * 500},
    ],
)
def test_what_the_protocol_allows_passes(change: dict[str, Any], tmp_path: Path) -> None:
    root = good_folder(tmp_path / "good-system")
    system(change)(root)
    assert not checked(root).counts


def test_the_patterns_of_tracks_and_gold_know_every_pair() -> None:
    pairs = {f"{suite.name}/{language.code}": "oracle" for suite in SUITES.values() for language in suite.languages}
    fields = {**SYSTEM, "tracks": {"default": "zero-shot", **pairs}, "gold": dict.fromkeys(pairs, "0" * 64)}
    jsonschema.Draft202012Validator(schema("system")).validate(fields)


def test_a_fault_is_named_by_its_place(tmp_path: Path) -> None:
    root = good_folder(tmp_path / "good-system")
    system({"models": [*SYSTEM["models"], {"name": "", "revision": None, "licence": "MIT"}]})(root)
    (finding,) = checked(root).shown
    assert finding.file == str(root / "system.json")
    assert finding.message.startswith("'models/1/name': ")


def test_another_gold_is_named_with_the_pinned_one(tmp_path: Path) -> None:
    root = good_folder(tmp_path / "good-system")
    system({"gold": {"masakhaner2/swa": "0" * 64}})(root)
    (finding,) = checked(root).shown
    assert "masakhaner2/swa: quotes 00000000, pinned is " + SYSTEM["gold"]["masakhaner2/swa"] in finding.message


@settings(max_examples=100)
@given(content=mutated(st.just(dump(SYSTEM)), most=6))
def test_no_bytes_disturb_the_check(content: bytes, tmp_path: Path) -> None:
    """It passes only what the plain parser and the schema pass too."""
    root = tmp_path / "good-system"
    if not root.exists():
        good_folder(root)
    (root / "system.json").write_bytes(content)
    findings = checked(root)
    assert str(findings).replace("\n", "").isprintable()
    if not findings.counts:
        jsonschema.Draft202012Validator(schema("system")).validate(json.loads(content))


_WORDS = st.sampled_from(["", "x", "good-system", "zero-shot", "masakhaner2/swa", "default", "https://a.b", "0" * 64])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2) | st.floats(allow_nan=False, allow_infinity=False) | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=100)
@given(field=st.sampled_from(sorted(SYSTEM)), value=_JSON)
def test_no_value_of_a_field_disturbs_the_check(field: str, value: Any, tmp_path: Path) -> None:
    root = tmp_path / "good-system"
    if not root.exists():
        good_folder(root)
    system({field: value})(root)
    findings = checked(root)
    assert {finding.code for finding in findings.shown} <= {"system-schema", "system-gold"}
    if not jsonschema.Draft202012Validator(schema("system")).is_valid({**SYSTEM, field: value}):
        assert findings.errors
