"""Findings: the caps, the forms they are shown in, and the page that explains every code."""

import json
import re
from pathlib import Path

import pytest

from boundarybench.submission.finding_codes import CODES
from boundarybench.submission.findings import COUNTED, SHOWN, Finding, Findings, FindingsError, show

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"


def test_the_page_explains_every_code_in_order() -> None:
    """Backticks in the page alone: without them `<suite>` would vanish from what is shown."""
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (\w+) \| (.+) \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    plain = [tuple(cell.replace("`", "") for cell in row) for row in rows]
    assert plain == [(name, *(cell.replace("`", "") for cell in code)) for name, code in CODES.items()]
    assert not re.search(r"<(?!/)", re.sub(r"`[^`]*`", "", PAGE.read_text("utf-8")))


def test_the_page_states_the_caps() -> None:
    text = PAGE.read_text("utf-8")
    assert f"first {SHOWN} findings" in text
    assert f"{COUNTED:,} errors" in text


def test_codes_are_stable_names_with_a_severity_a_meaning_and_a_fix() -> None:
    for name, code in CODES.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert code.severity in ("error", "warning")
        assert code.meaning
        assert code.fix
        assert "|" not in "".join(code)


def test_twenty_findings_of_a_code_and_file_are_shown_and_the_rest_counted() -> None:
    findings = Findings()
    for number in range(1, 26):
        findings.add("unknown-tag", "a", number, "")
        findings.add("unknown-id", "a", number, "")
    for number in range(1, 21):
        findings.add("unknown-tag", "b", number, "")
    assert [(f.file, f.line) for f in findings.shown if f.code == "unknown-tag"] == [(n, k) for n in "ab" for k in range(1, 21)]
    assert findings.as_json()["more"] == [
        {"file": "a", "code": "unknown-tag", "count": 5},
        {"file": "a", "code": "unknown-id", "count": 5},
    ]
    assert str(findings).endswith("a: … and 5 more: unknown-tag\na: … and 5 more: unknown-id")
    assert findings.errors == 70


def test_a_warning_is_no_error() -> None:
    findings = Findings()
    findings.add("token-normalisation", "a", 1, "")
    assert (findings.errors, len(findings.shown), findings.shown[0].severity) == (0, 1, "warning")


def test_a_finding_says_where_what_and_how_to_mend_it() -> None:
    finding = Finding("missing-key", "swa.jsonl", 3, "no 'tags'")
    assert str(finding) == "swa.jsonl:3: error: missing-key: no 'tags'; fix: add it"
    assert str(Finding("missing-key", "swa.jsonl", None, "m")).startswith("swa.jsonl: error: ")
    assert finding.as_json() == {
        "code": "missing-key",
        "severity": "error",
        "file": "swa.jsonl",
        "line": 3,
        "message": "no 'tags'",
        "fix": "add it",
    }


def test_no_finding_is_no_text() -> None:
    assert (str(Findings()), Findings().as_json()) == ("", {"findings": [], "more": []})


def test_an_error_about_findings_holds_them_and_exits_with_1() -> None:
    findings = Findings()
    findings.add("unknown-id", "a", 1, "id 'x'")
    error = FindingsError(findings)
    assert (error.findings, str(error), error.exit_code) == (findings, str(findings), 1)


@pytest.mark.parametrize("name", ["\x1b[2J", "a\nb: error: ", "\u202egnp", "\u2066", "\udcff", "\x00", "\x85"])
def test_a_file_name_reaches_no_terminal_as_it_is(name: str) -> None:
    findings = Findings()
    for _ in range(SHOWN + 1):
        findings.add("unexpected-file", f"sys/{name}", None, "")
    assert len(str(findings).split("\n")) == SHOWN + 1
    assert str(findings).replace("\n", "").isprintable()
    json.dumps(findings.as_json(), ensure_ascii=False).encode()


@pytest.mark.parametrize("value", ["x" * 1000, list(range(1000)), {"a": "b" * 1000}, 10**250])
def test_a_shown_value_is_short(value: object) -> None:
    assert len(show(value)) == 80
    assert show(value).endswith("…")


@pytest.mark.parametrize("text", ["\x1b[31m", "\r\n", "\u202e", "\u2066", "\u200b", "\ufeff", "\ud800", "\x7f", "\u0085", "\u2028"])
def test_a_shown_value_has_no_invisible_character(text: str) -> None:
    assert show(text).isprintable()
    assert show([text]).isprintable()
    assert show(f"é{text}中").startswith("'é\\")


def test_letters_of_every_script_are_shown_as_they_are() -> None:
    assert show("Ọ̀ Ш 中 አ") == "'Ọ̀ Ш 中 አ'"
