"""`system.json`: what a submission says of itself, checked against the published schema."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from ..columns import BOM
from ..gold import manifest
from ..protocol import SUITES
from . import strict_json
from .findings import Findings, show
from .folder import Submission, read_file

MAX_BYTES = 1 << 20


@cache
def schema(name: str) -> dict[str, Any]:
    """A published JSON Schema: `prediction` or `system`."""
    loaded: dict[str, Any] = json.loads(files(__package__).joinpath("schemas", f"{name}.schema.json").read_bytes())
    return loaded


def check(submission: Submission, findings: Findings) -> None:
    """Add to `findings` everything that is wrong with a submission's system.json. Raises UsageError if it cannot be read."""
    if submission.system is None:
        findings.add("system-missing", str(submission.path), None, "no system.json")
        return
    name = str(submission.system)
    data = read_file(submission.system, name, findings, MAX_BYTES)
    if data is None:
        return
    if data.startswith(BOM):
        findings.add("byte-order-mark", name, 1, "the file begins with EF BB BF")
        return
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        findings.add("not-utf-8", name, data.count(b"\n", 0, error.start) + 1, f"byte {data[error.start]:#04x}")
        return
    before = findings.errors
    value = strict_json.loads(text, lambda code, message: findings.add(code, name, None, message))
    if findings.errors == before:
        _check_value(value, name, submission, findings)


def _check_value(value: Any, name: str, submission: Submission, findings: Findings) -> None:
    import jsonschema  # a tenth of a second that scoring does without

    def report(message: str) -> None:
        findings.add("system-schema", name, None, message)

    errors = sorted(
        jsonschema.Draft202012Validator(schema("system")).iter_errors(value), key=lambda error: list(map(str, error.absolute_path))
    )
    for error in errors:
        report(f"{show('/'.join(map(str, error.absolute_path)) or 'the object')}: {show(error.message)}")
    for string in strict_json.strings(value):
        if not string.replace("\n", "").isprintable():
            report(f"{show(string)}: control, bidirectional and other invisible characters are refused")
    # What the schema cannot say, of the fields that it has nothing against.
    wrong = {error.absolute_path[0] for error in errors if error.absolute_path}
    right = {key: part for key, part in value.items() if key not in wrong} if isinstance(value, dict) else {}
    if "name" in right and right["name"] != submission.path.resolve().name:
        report(f"name: {show(right['name'])} is not the folder's name")
    for pair in [*right.get("tracks", ()), *right.get("gold", ())]:
        suite, _, lang = pair.partition("/")
        if pair != "default" and (suite not in SUITES or SUITES[suite].language(lang) is None):
            report(f"{show(pair)} is no language of a suite")
    if "gold" in right:
        _check_gold(right["gold"], name, submission, findings)


def _check_gold(quoted: dict[str, str], name: str, submission: Submission, findings: Findings) -> None:
    for suite, lang in dict.fromkeys((file.suite, file.lang) for file in submission.files):
        pin = manifest.pins().get(manifest.key(suite, lang, "test"))
        fingerprint = quoted.get(f"{suite}/{lang}", "nothing")
        if pin is not None and fingerprint != pin.structure:
            message = f"gold of {suite}/{lang}: quotes {fingerprint[:8]}, pinned is {pin.structure}"
            findings.add("system-gold", name, None, message)
