"""The sample suite: a small parallel text with gold, written for this project and shipped inside the package.

`<split>/<lang>.conll` holds `token<TAB>tag` lines; `README.md` is the data card.
"""

from importlib.resources import files

from ...columns import decode_text, parse
from ...protocol import SAMPLE
from ..model import Gold, build


def load(lang: str, split: str) -> Gold | None:
    """The gold of a sample set; None where the suite has no such split."""
    file = files(__package__).joinpath(split, f"{lang}.conll")
    if not file.is_file():
        return None
    sentences = parse(decode_text(file.read_bytes(), str(file)), str(file))
    tokens = [sentence.tokens or () for sentence in sentences]
    return build(SAMPLE.name, lang, split, [sentence.tags for sentence in sentences], tokens, SAMPLE.types, str(file))
