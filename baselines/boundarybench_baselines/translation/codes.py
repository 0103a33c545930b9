"""What translation models call the languages: NLLB's codes (Politov et al. 2025, table of languages), and the two letters of M2M100."""

from collections.abc import Collection
from types import MappingProxyType

from boundarybench.errors import UsageError
from boundarybench.suites.manifests import find

ENGLISH_NLLB = "eng_Latn"
ENGLISH_M2M = "en"


def _table(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split())


#: NLLB's code of each language, by two letters or by three; it has neither Ghomala (bbj) nor Naija (pcm).
_NLLB = MappingProxyType(
    _table(
        """
        af:afr_Latn am:amh_Ethi ar:arb_Arab bg:bul_Cyrl bn:ben_Beng de:deu_Latn el:ell_Grek en:eng_Latn es:spa_Latn et:est_Latn
        eu:eus_Latn fa:pes_Arab fi:fin_Latn fr:fra_Latn ha:hau_Latn he:heb_Hebr hi:hin_Deva hu:hun_Latn id:ind_Latn it:ita_Latn
        ja:jpn_Jpan jv:jav_Latn ka:kat_Geor kk:kaz_Cyrl ko:kor_Hang ml:mal_Mlym mr:mar_Deva ms:zsm_Latn my:mya_Mymr nl:nld_Latn
        pt:por_Latn ru:rus_Cyrl sw:swh_Latn ta:tam_Taml te:tel_Telu th:tha_Thai tl:tgl_Latn tr:tur_Latn ur:urd_Arab vi:vie_Latn
        sv:swe_Latn yo:yor_Latn zh:zho_Hans zu:zul_Latn
        bam:bam_Latn ewe:ewe_Latn fon:fon_Latn hau:hau_Latn ibo:ibo_Latn kin:kin_Latn lug:lug_Latn luo:luo_Latn mos:mos_Latn
        nya:nya_Latn sna:sna_Latn swa:swh_Latn tsn:tsn_Latn twi:twi_Latn wol:wol_Latn xho:xho_Latn yor:yor_Latn zul:zul_Latn
        """
    )
)
#: The two-letter codes of those that have one, as M2M100 and Marian write them; M2M100 does not cover all of them.
_ISO = MappingProxyType(_table("bam:bm ewe:ee hau:ha ibo:ig kin:rw lug:lg nya:ny sna:sn swa:sw tsn:tn twi:tw wol:wo xho:xh yor:yo zul:zu"))
#: NLLB's codes of languages that a suite has in another script than the one above.
_OTHER_SCRIPTS = MappingProxyType({("zh", "Hant"): "zho_Hant"})
#: Every code of either notation.
ALL = frozenset([*_NLLB, *_NLLB.values(), *_OTHER_SCRIPTS.values(), *_ISO.values()])


def nllb(lang: str, script: str = "") -> str | None:
    """NLLB's code for a language, in a script if that is given; None where NLLB does not cover it, or the code is not known."""
    return _OTHER_SCRIPTS.get((lang, script)) or _NLLB.get(lang)


def iso(lang: str) -> str | None:
    """The two-letter code of a language; None where it has none."""
    return lang if lang in _NLLB and len(lang) == 2 else _ISO.get(lang)


def of_model(known: Collection[str], suite: str, lang: str) -> tuple[str | None, str | None]:
    """The codes of a suite's language and of English, as a model knows them.

    Args:
        known: the language codes in the model's vocabulary; none for a model of one pair of languages.
        suite: of the language.
        lang: as the suite writes it.

    Raises:
        UsageError: the model does not know the language.
    """
    if not known:
        return None, None
    english = ENGLISH_NLLB if ENGLISH_NLLB in known else ENGLISH_M2M
    language = of.language(lang) if (of := find(suite)) else None
    code = nllb(lang, language.script if language else "") if english == ENGLISH_NLLB else iso(lang)
    if code is None or code not in known or english not in known:
        raise UsageError(f"{suite}/{lang}: the translation model does not know this language ({code or 'it has no code for it'})")
    return code, english
