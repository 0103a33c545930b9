"""The gate's codes and the page that explains them."""

import re
from pathlib import Path

from boundarybench.intake.catalogue import CODES, MAX_FILES, SHOWN
from boundarybench.submission import folder
from boundarybench.submission.finding_codes import CODES as VALIDATOR

PAGE = Path(__file__).parents[2] / "docs" / "maintaining.md"


def test_the_page_explains_every_code_in_order() -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (.+) \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    plain = [(name, *(cell.replace("`", "") for cell in cells)) for name, *cells in rows]
    assert plain == [(name, *(cell.replace("`", "") for cell in rule)) for name, rule in CODES.items()]
    assert not re.search(r"<(?!/)", re.sub(r"```.*?```|`[^`]*`", "", PAGE.read_text("utf-8"), flags=re.DOTALL))


def test_the_page_states_the_cap() -> None:
    assert f"first {SHOWN} are shown" in PAGE.read_text("utf-8")


def test_a_code_that_the_validator_has_too_means_the_same() -> None:
    shared = CODES.keys() & VALIDATOR.keys()
    assert shared == {"file-too-large", "submission-too-large", "too-many-files"}
    # The gate sees files as they are stored; the validator unpacks.
    said = {name: VALIDATOR[name].meaning.replace("the file is", "a file").replace(", unpacked", "") for name in shared}
    assert said == {name: CODES[name].meaning for name in shared}


def test_what_the_gate_lets_in_the_validator_lists_to_the_end() -> None:
    assert MAX_FILES <= folder._MAX_ENTRIES
