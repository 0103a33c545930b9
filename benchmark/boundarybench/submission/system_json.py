"""`system.json`: what a submission says of itself, checked against the published schema."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..columns import BOM
from ..suites.manifests import find, packaged
from ..suites.pins import pinned
from . import strict_json
from .findings import COUNTED, Findings, show
from .folder import Submission, read_file

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

MAX_BYTES = 1 << 20


@cache
def schema(name: str) -> dict[str, Any]:
    """A published JSON Schema: `prediction` or `system`."""
    loaded: dict[str, Any] = json.loads(files(__package__).joinpath("schemas", f"{name}.schema.json").read_bytes())
    return loaded


def check(submission: Submission, findings: Findings) -> dict[str, Any] | None:
    """Add everything that is wrong with a submission's system.json to `findings`.

    Returns:
        The object, with an int for every whole number; None where there is an error.

    Raises:
        UsageError: the file cannot be read.
    """
    if submission.system is None:
        findings.add("system-missing", str(submission.path), None, "no system.json")
        return None
    name = str(submission.system)
    data = read_file(submission.system, name, findings, MAX_BYTES)
    value = None if data is None else _parse(data, name, findings)
    if value is None:
        return None
    before = findings.errors
    for code, message in _problems(value[0], submission):
        if findings.errors - before == COUNTED:
            findings.add("too-many-findings", name, None, f"stopped after {COUNTED:,}")
            break
        findings.add(code, name, None, message)
    return None if findings.errors > before else strict_json.with_integers(value[0])


def _parse(data: bytes, name: str, findings: Findings) -> tuple[Any] | None:
    """The JSON value in a file, whatever it is (null, too); None where there is none to be had."""
    if data.startswith(BOM):
        findings.add("byte-order-mark", name, 1, "the file begins with EF BB BF")
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        findings.add("not-utf-8", name, data.count(b"\n", 0, error.start) + 1, f"byte {data[error.start]:#04x}")
        return None
    before = findings.errors
    value = strict_json.loads(text, lambda code, message: findings.add(code, name, None, message))
    return None if findings.errors > before else (value,)


def _problems(value: Any, submission: Submission) -> Iterator[tuple[str, str]]:
    """(code, message) of whatever is wrong with the value of a system.json, one after another: there can be half a million."""
    wrong: set[str | int] = set()
    for error in _validator().iter_errors(value):
        wrong.update(islice(error.absolute_path, 1))
        yield "system-schema", f"{show('/'.join(map(str, error.absolute_path)) or 'the object')}: {_message(error)}"
    for string in strict_json.strings(value):
        if not string.replace("\n", "").isprintable():
            yield "system-schema", f"{show(string)}: control, bidirectional and other invisible characters are refused"
    # What the schema cannot say, of the fields that it has nothing against.
    right = {key: part for key, part in value.items() if key not in wrong} if isinstance(value, dict) else {}
    if "name" in right and right["name"] != submission.path.resolve().name:
        yield "system-schema", f"name: {show(right['name'])} is not the folder's name"
    for pair in [*right.get("tracks", ()), *right.get("gold", ())]:
        suite, _, lang = pair.partition("/")
        if pair != "default" and ((known := find(suite)) is None or known.language(lang) is None):
            yield "system-schema", f"{show(pair)} is no language of a suite"
    if "gold" in right:
        yield from _gold_problems(right["gold"], submission)


def _message(error: "ValidationError") -> str:
    """What an error says, with its limit where it is one of size; of a long value the beginning, but the whole of what is wrong."""
    value = repr(error.instance)
    size = error.validator_value
    limit = f" ({error.validator}: {size})" if type(size) is int and str(size) not in error.message else ""
    if error.message.startswith(value):
        return show(error.instance) + error.message.removeprefix(value) + limit
    return show(error.message) + limit


def _gold_problems(quoted: dict[str, str], submission: Submission) -> Iterator[tuple[str, str]]:
    for suite, lang in dict.fromkeys((file.suite, file.lang) for file in submission.files):
        pin = pinned(suite, lang) if suite in packaged() else None
        fingerprint = quoted.get(f"{suite}/{lang}", "nothing")
        if pin is not None and fingerprint != pin.structure:
            yield "system-gold", f"gold of {suite}/{lang}: quotes {fingerprint[:8]}, pinned is {pin.structure}"


@cache
def _validator() -> "Validator":
    """A validator of system.json that does not look into what is longer than the schema allows, and knows dates."""
    import jsonschema  # a tenth of a second that scoring does without

    plain = jsonschema.Draft202012Validator

    def unless_too_long(keyword: str, limit: str) -> Callable[..., Iterator[Any]]:
        look_inside = plain.VALIDATORS[keyword]

        def check(validator: Any, value: Any, instance: Any, parent: dict[str, Any]) -> Iterator[Any]:
            if not isinstance(instance, list | dict) or len(instance) <= parent.get(limit, len(instance)):
                yield from look_inside(validator, value, instance, parent) or ()

        return check

    bounded = {"items": unless_too_long("items", "maxItems"), "patternProperties": unless_too_long("patternProperties", "maxProperties")}
    kind: type[Validator] = jsonschema.validators.extend(plain, bounded)  # type: ignore[no-untyped-call]
    return kind(schema("system"), format_checker=plain.FORMAT_CHECKER)
