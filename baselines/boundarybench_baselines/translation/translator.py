"""Translation as a stage: target words in, the translation's words out; English, unless a file or lexicon has another language.

By a model; from a file; word by word from a lexicon; or, for a suite whose languages translate each other, its English sentences.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from boundarybench.errors import DataError
from boundarybench.gold.load import load
from boundarybench.protocol import sentence_ids
from boundarybench.spans import offsets
from boundarybench.submission.budget import Budget
from boundarybench.suites.manifests import find

from ..alignment import pharaoh
from ..alignment.links import Links
from ..machine import Machine, commit
from ..stages import Record, Stage
from . import codes, stored_translations, word_splitting

if TYPE_CHECKING:
    from .ctranslate import CTranslate2Translator
    from .neural import TransformersTranslator

_ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class TranslatorSettings:
    """A translator as a system names it.

    Attributes:
        kind: a `model`; a `file` of translations; `gloss`, word by word from a lexicon; `parallel`, the suite's own English sentences.
        model: a folder or a hub id; `{lang}` in it stands for the language, as in Helsinki-NLP/opus-mt-{lang}-en.
        revision: of the hub id.
        licence: of the model, for `system.json`.
        engine: what runs the model; `ctranslate2-int8` rounds weights to 8 bits, which is faster still and can change translations.
        num_beams: of the search; 1 is greedy.
        max_new_tokens: a translation that is longer than this has failed.
        path: of the file or the lexicon; `{suite}` and `{lang}` in it stand for the set.
        into: the language of the lexicon's translations, by the set's language; English where none is given. A file of translations says
            it itself.
        about: what it is, for `system.json`; a model is its own name.
        splitter: how translations become words: `treebank` as published, `moses` for the CRF tagger.
        budget: what model, file or lexicon were made from, for `system.json`.
    """

    kind: Literal["model", "file", "gloss", "parallel"] = "model"
    model: str | None = None
    revision: str = "main"
    licence: str = "not stated"
    engine: Literal["transformers", "ctranslate2", "ctranslate2-int8"] = "transformers"
    num_beams: int = 1
    max_new_tokens: int = 256
    path: str | None = None
    into: dict[str, str] = field(default_factory=dict)
    about: str | None = None
    splitter: Literal["treebank", "moses"] = "treebank"
    budget: Budget | None = None

    def __post_init__(self) -> None:
        if (self.kind == "model") != (self.model is not None):
            raise ValueError('`model` goes with kind = "model", and it needs one')
        if (self.kind in ("file", "gloss")) != (self.path is not None):
            raise ValueError('`path` goes with kind = "file" and kind = "gloss", and they need one')
        if self.path is not None and self.about is None:
            raise ValueError("`about` must say what is in the file, as in 'human translations (MAFAND-MT)'")


def covers(settings: TranslatorSettings, suite: str, lang: str) -> bool:
    """Whether sentences of a set can be translated at all: not every suite is parallel to English, NLLB has no Naija."""
    if settings.kind == "parallel":
        known = find(suite)
        language = known.language(lang) if known else None
        return known is not None and language is not None and known.parallel == _ENGLISH != lang and language.parallel
    if settings.kind == "model" and lang == "en":
        return False
    return settings.kind != "model" or codes.nllb(lang) is not None or codes.iso(lang) is not None


def stage(settings: TranslatorSettings, suite: str, lang: str, machine: Machine) -> Stage:
    """The stage of a set, by a model; items are texts, records have `text`, or `failed`.

    Raises:
        UsageError: there is no such model.
    """
    model = _named(settings.model or "", suite, lang)
    identity = commit(model, settings.revision)
    told: Record = {
        "model": identity,
        "num_beams": settings.num_beams,
        "max_new_tokens": settings.max_new_tokens,
        "engine": settings.engine,
    }
    revision = settings.revision if Path(model).exists() else identity
    told["precision"] = str(machine.torch_dtype())
    return Stage(
        "translation",
        told,
        lambda: _model(settings, model, revision, identity, machine),
        lambda translator, items: _translated(translator, items, suite, lang),
    )


def direct(settings: TranslatorSettings, suite: str, lang: str, ids: Sequence[str], tokens: Sequence[Sequence[str]]) -> list[Record]:
    """The records of a set where no model is needed: `text`, or `words` (with `links` by a lexicon), or `failed`; and `language`.

    Raises:
        UsageError: there is no such file.
        DataError: it is broken.
    """
    if settings.kind == "gloss":
        return _glossed(settings, suite, lang, ids, tokens)
    if settings.kind == "file":
        path = Path(_named(settings.path or "", suite, lang))
        found = {each.id: {"text": each.translation, "language": each.source_lang} for each in stored_translations.read(path)}
        return [{"id": id_} | found.get(id_, {"failed": "no translation in the file"}) for id_ in ids]
    english = _english(suite)
    return [{"id": id_, "words": words} for id_, words in zip(sentence_ids(lang, len(english)), english, strict=True)][: len(ids)]


def _english(suite: str) -> list[list[str]]:
    """The English sentences of a suite whose languages translate them."""
    gold = load(suite, _ENGLISH)
    words = gold.token_list() or []
    return [words[start:end] for start, end in pairwise(offsets(gold.lengths).tolist())]


def language_of(records: Iterable[Record], where: str) -> str:
    """The language that a set is translated into.

    Raises:
        DataError: there are several.
    """
    found = {record.get("language", _ENGLISH) for record in records if "failed" not in record}
    if len(found) > 1:
        raise DataError(f"{where}: translations in {', '.join(sorted(found))}; a set is translated into one language")
    return found.pop() if found else _ENGLISH


def words_of(record: Record, settings: TranslatorSettings) -> list[str]:
    """The words of a translation, as the tagger expects them."""
    if "words" in record:
        return list(record["words"])
    if settings.splitter == "moses":
        return word_splitting.split(record["text"], record.get("language", _ENGLISH))
    from .treebank import split

    return split(record["text"])


def links_of(record: Record) -> Links:
    """The word links that a lexicon translated by."""
    return pharaoh.parse(record["links"]).possible


def text_of(tokens: Sequence[str], lang: str) -> str:
    """Target words as running text."""
    from .detokenise import detokenise

    return detokenise(tokens, lang)


def _named(template: str, suite: str, lang: str) -> str:
    return template.replace("{suite}", suite).replace("{lang}", lang)


def _glossed(settings: TranslatorSettings, suite: str, lang: str, ids: Sequence[str], tokens: Sequence[Sequence[str]]) -> list[Record]:
    from . import gloss

    lexicon = gloss.read(Path(_named(settings.path or "", suite, lang)))
    records: list[Record] = []
    for id_, sentence in zip(ids, tokens, strict=True):
        glossed = gloss.translate(sentence, lexicon)
        shown = pharaoh.show(pharaoh.Alignment(glossed.links, glossed.links))
        records.append({"id": id_, "words": list(glossed.words), "links": shown, "language": settings.into.get(lang, _ENGLISH)})
    return records


def _model(
    settings: TranslatorSettings, model: str, revision: str, identity: str, machine: Machine
) -> "TransformersTranslator | CTranslate2Translator":
    from . import neural

    decoding = neural.Decoding(settings.num_beams, settings.max_new_tokens)
    where: dict[str, Any] = {
        "device": machine.torch_device(),
        "dtype": machine.torch_dtype(),
        "budget": machine.batch_budget(decoding=True),
    }
    if settings.engine == "transformers":
        return neural.TransformersTranslator(model, revision, decoding, **where)
    from . import ctranslate

    int8 = settings.engine == "ctranslate2-int8"
    return ctranslate.CTranslate2Translator(model, revision, decoding, identity=identity, int8=int8, **where)


def _translated(translator: "TransformersTranslator | CTranslate2Translator", texts: Sequence[str], suite: str, lang: str) -> list[Record]:
    source, target = codes.of_model(translator.codes, suite, lang)
    return [{"text": each} if isinstance(each, str) else {"failed": each.reason} for each in translator.translate(texts, source, target)]
