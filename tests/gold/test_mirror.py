import logging
import unicodedata
from itertools import zip_longest

import pytest
from golds import SENTENCES, columns, fields, gold_of, read_columns

from boundarybench.cli.main import main
from boundarybench.errors import DataError, GoldDiffers, UsageError
from boundarybench.gold import cache, sources
from boundarybench.gold.load import at_hand, load
from boundarybench.gold.sources import Key
from boundarybench.protocol import TYPES
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import pinned

MASAKHANER2 = packaged()["masakhaner2"]
XTREME = packaged()["xtreme"]

#: Scored gold entities (PER, ORG, LOC) of the test sets, as published with the results of annotation projection on these suites.
# fmt: off
PUBLISHED = {
    "masakhaner2": {
        "bam": 1120, "ewe": 2008, "fon": 937, "hau": 3352, "ibo": 2883, "kin": 2990, "lug": 1954, "luo": 2153, "mos": 968,
        "nya": 2978, "sna": 3390, "swa": 3732, "tsn": 1327, "twi": 634, "wol": 1354, "xho": 2553, "yor": 1697, "zul": 1598,
    },
    "xtreme": {
        "af": 1487, "ar": 11259, "bg": 14060, "bn": 1089, "de": 13868, "el": 12164, "es": 12260, "et": 13892, "eu": 13459,
        "fa": 10742, "fi": 14554, "fr": 13369, "he": 13698, "hi": 1228, "hu": 14163, "id": 11447, "it": 13749, "ja": 13976,
        "jv": 117, "ka": 13057, "kk": 1115, "ko": 14423, "ml": 1204, "mr": 1264, "ms": 1115, "my": 119, "nl": 13725,
        "pt": 12823, "ru": 12177, "sw": 1194, "ta": 1241, "te": 1171, "tl": 1034, "tr": 13587, "ur": 1020, "vi": 11305,
        "yo": 111, "zh": 12532,
    },
}
# fmt: on
TESTS = [(suite.name, language.code) for suite in (XTREME, MASAKHANER2) for language in suite.languages if language.code != "th"]

YORUBA = Key("xtreme", "yo", "test")
PIN = pinned("xtreme", "yo")


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Puts a file into a mirror of the test's own: Thai's, which is not pinned, if nothing else is said."""

    def put(content, place="panx/test-th.tsv"):
        file = tmp_path / "mirror" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        monkeypatch.setenv("BOUNDARYBENCH_DATA", str(tmp_path / "mirror"))
        return file

    return put


@pytest.fixture
def yoruba(data):
    """The sentences of the smallest real test set."""
    return read_columns((data / "panx" / "test-yo.tsv").read_text(encoding="utf-8"))


@pytest.fixture
def put_yoruba(yoruba, put):
    return lambda sentences: put(columns(sentences), "panx/test-yo.tsv")


@pytest.mark.parametrize(("suite", "lang"), TESTS)
def test_every_test_set_is_the_pinned_one_with_the_published_number_of_entities(data, caplog, suite, lang):
    gold = load(suite, lang)
    entities = gold.entities()
    assert gold.pinned
    assert not caplog.records
    assert entities == pinned(suite, lang).entities
    assert lang in ("en", "bbj", "pcm") or sum(entities[kind] for kind in TYPES) == PUBLISHED[suite][lang]


@pytest.mark.parametrize(
    ("place", "key", "separator", "prefix"),
    [
        ("panx/test-th.tsv", ("xtreme", "th", "test"), "\t", ""),
        ("panx/test-th.tsv", ("xtreme", "th", "test"), "\t", "th:"),
        ("panx/dev-af.tsv", ("xtreme", "af", "dev"), "\t", ""),
        ("masakhaner2/swa/test.txt", ("masakhaner2", "swa", "test"), " ", ""),
        ("masakhaner2/swa/train.txt", ("masakhaner2", "swa", "train"), "\t", "swa:"),
    ],
)
def test_a_mirror_has_a_file_for_every_set(put, place, key, separator, prefix):
    file = put(columns(SENTENCES, separator, prefix), place)
    suite, wanted = packaged()[key[0]], Key(*key)
    assert sources.mirrored(suite, wanted) == file
    assert fields(sources.decode(file.read_bytes(), str(file), suite, wanted)) == fields(gold_of(SENTENCES, *key))


def test_the_language_prefix_of_xtreme_makes_no_difference(put, yoruba, caplog):
    plain = load(*YORUBA)
    put(columns(yoruba, prefix="yo:"), "panx/test-yo.tsv")
    assert fields(load(*YORUBA)) == fields(plain)
    assert not caplog.records


@pytest.mark.parametrize(
    ("tokens", "kept"),
    [
        (["th:Zora", "th:ba"], ["Zora", "ba"]),
        (["th:", "th:ba"], ["", "ba"]),
        (["th:th:ba"], ["th:ba"]),
        (["th:Zora", "ba"], ["th:Zora", "ba"]),
        (["th:Zora", "sw:ba"], ["th:Zora", "sw:ba"]),
        (["TH:Zora"], ["TH:Zora"]),
        (["http:ba"], ["http:ba"]),
    ],
)
def test_a_prefix_goes_only_where_every_token_has_it(put, tokens, kept):
    put(columns([(tokens, ["B-PER", *["O"] * (len(tokens) - 1)])]))
    assert load("xtreme", "th").token_list() == kept


def moved_boundary(sentences):
    tags = next(tags for _, tags in sentences[40:] if any(tag.startswith("I-") for tag in tags))
    tags[max(i for i, tag in enumerate(tags) if tag.startswith("I-"))] = "O"


def other_type(sentences):
    tags = next(tags for _, tags in sentences[60:] if any(tag.endswith("LOC") for tag in tags))
    tags[:] = [tag.replace("LOC", "ORG") for tag in tags]


def added_token(sentences):
    sentences[37][0].append("zub")
    sentences[37][1].append("O")


def lost_sentence(sentences):
    del sentences[12]


def cut_off(sentences):
    del sentences[70:]


def cut_within_a_sentence(sentences):
    del sentences[81:]
    for column in sentences[80]:
        column.pop()


def appended_sentence(sentences):
    sentences.append((["zub"], ["O"]))


def unlabelled_sentence(sentences):
    sentences[5] = (sentences[5][0], ["O"] * len(sentences[5][0]))


@pytest.mark.parametrize(
    "change",
    [moved_boundary, other_type, added_token, lost_sentence, cut_off, cut_within_a_sentence, appended_sentence, unlabelled_sentence],
)
def test_another_structure_is_refused_with_both_fingerprints_and_the_first_sentence_that_differs(yoruba, put_yoruba, change):
    before = [list(tags) for _, tags in yoruba]
    change(yoruba)
    after = [list(tags) for _, tags in yoruba]
    first = next(index for index, pair in enumerate(zip_longest(before, after)) if pair[0] != pair[1])
    put_yoruba(yoruba)
    with pytest.raises(GoldDiffers) as caught:
        load(*YORUBA)
    message = str(caught.value)
    assert message.count("yo-") == 1
    assert f"first difference at sentence yo-{first:05d}: " in message
    assert ("it is missing here" in message) == (first == len(after))
    assert ("the pinned set ends at 100 sentences" in message) == (first == len(before))
    assert PIN.structure in message
    assert gold_of(yoruba, "xtreme", "yo").structure in message
    assert "gold import --suite xtreme --lang yo --as NAME" in message


def test_no_truncated_file_is_taken_for_the_pinned_one(data, put):
    whole = (data / "panx" / "test-yo.tsv").read_bytes().rstrip(b"\n")
    for size in range(0, len(whole), 41):
        put(whole[:size], "panx/test-yo.tsv")
        with pytest.raises(DataError, match=r"gold-differs|not-utf-8|bad-columns|unknown-tag|no-sentences|no-entities"):
            load(*YORUBA)


def test_a_refused_copy_is_refused_again_from_the_cache(yoruba, put_yoruba):
    cut_off(yoruba)
    put_yoruba(yoruba)
    messages = []
    for _ in range(2):
        with pytest.raises(GoldDiffers) as caught:
            load(*YORUBA)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_another_normal_form_is_the_same_gold_without_a_warning(yoruba, put_yoruba, caplog, form):
    put_yoruba([([unicodedata.normalize(form, token) for token in tokens], tags) for tokens, tags in yoruba])
    gold = load(*YORUBA)
    assert (gold.pinned, gold.structure, gold.text) == (True, PIN.structure, PIN.text[0])
    assert not caplog.records


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(("sentence", "token"), [(0, 0), (8, 1), (54, 0), (99, -1)])
def test_other_text_is_one_warning_that_names_the_first_token(yoruba, put_yoruba, caplog, sentence, token, form):
    yoruba = [([unicodedata.normalize(form, token) for token in tokens], tags) for tokens, tags in yoruba]
    tokens = yoruba[sentence][0]
    token %= len(tokens)
    tokens[token] += "\u200d"
    yoruba[99][0][-1] += "\u200d"  # a later one is not named
    put_yoruba(yoruba)
    gold = load(*YORUBA)
    assert (gold.pinned, gold.structure) == (True, PIN.structure)
    assert gold.text not in PIN.text
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert f"first at sentence yo-{sentence:05d}, token {token}: {tokens[token]!a}" in record.getMessage()


def test_verification_tells_of_other_text(yoruba, put_yoruba, capsys, monkeypatch):
    monkeypatch.setattr(logging.getLogger("boundarybench"), "handlers", [])
    yoruba[8][0][1] += "\u200d"
    put_yoruba(yoruba)
    assert main(["gold", "verify", "--suite", "xtreme", "--lang", "yo"]) == 0
    assert "xtreme/yo/test: ok: text differs" in capsys.readouterr().out


def test_other_text_in_a_split_without_token_digests_is_a_warning_too(data, put, caplog):
    sentences = read_columns((data / "panx" / "dev-yo.tsv").read_text(encoding="utf-8"))
    sentences[3][0][0] += "\u200d"
    put(columns(sentences), "panx/dev-yo.tsv")
    assert load("xtreme", "yo", "dev").pinned
    (record,) = caplog.records
    assert "text differs" in record.getMessage()
    assert "no digests are kept for this split" in record.getMessage()


def test_a_copy_that_writes_a_stray_beginning_properly_is_the_pinned_one(data, put, caplog):
    """Luo's development set has one `I-` that continues nothing: *begin* reads it like the `B-` that other copies may have."""
    lines = (data / "masakhaner2" / "luo" / "dev.txt").read_text(encoding="utf-8").split("\n")
    tags = [(line.rpartition(" ")[2] or "O") for line in lines]
    stray = [k for k, tag in enumerate(tags) if tag.startswith("I-") and tags[k - 1][2:] != tag[2:]]
    assert len(stray) == pinned("masakhaner2", "luo", "dev").invalid == 1
    lines[stray[0]] = lines[stray[0]].replace(" I-", " B-")
    put("\n".join(lines), "masakhaner2/luo/dev.txt")
    assert load("masakhaner2", "luo", "dev").pinned
    assert not caplog.records


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        (" O\nZora B-PER\n", [["", "Zora"]]),
        ("\tO\nZora\tB-PER\n", [["", "Zora"]]),
        ("Zo\x85ra B-PER\nba O\n", [["Zo\x85ra", "ba"]]),
        ("Zo\u2028ra B-PER\nb\x0ba O\nb\x0ca O\n", [["Zo\u2028ra", "b\x0ba", "b\x0ca"]]),
        ("Zora\tB-PER\r\nba\tO\r\n\r\nKumbo\tB-LOC\r\n", [["Zora", "ba"], ["Kumbo"]]),
        ("\n\nZora B-PER\n\n\nba O", [["Zora"], ["ba"]]),
        ("Zora Min\tB-PER\n", [["Zora Min"]]),
        ("Zo\xa0ra B-PER\n", [["Zo\xa0ra"]]),
        ("ba O\n\ufeffZora B-PER\n", [["ba", "\ufeffZora"]]),
        ("\ufeffZora B-PER\n", [["Zora"]]),
        ("Zora x B-PER\nba x O\n", [["Zora", "ba"]]),
        ("Zora B-PER\n \nba O\n", [["Zora"], ["ba"]]),
    ],
    ids=[
        "empty token",
        "empty token, tabs",
        "NEL",
        "LS, VT, FF",
        "CRLF",
        "blank lines",
        "space",
        "no-break space",
        "U+FEFF inside",
        "U+FEFF first",
        "3 columns",
        "a blank between",
    ],
)
def test_lines_end_at_line_feeds_and_tokens_may_be_anything_else(put, content, sentences):
    put(content)
    gold = load("xtreme", "th")
    assert gold.token_list() == [token for sentence in sentences for token in sentence]
    assert gold.lengths.tolist() == list(map(len, sentences))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Zora B-PER\n".encode("utf-16"), ":1: not-utf-8"),
        (b"Zora B-PER\nb\xe9 O\n", ":2: not-utf-8: byte 0xe9"),
        (b"Zora B-PER\n\xed\xa0\x80 O\n", ":2: not-utf-8"),
        ("Zora B-PER\nba x O\n", ":2: bad-columns"),
        ("Zora\tB-PER\nba\tx\tO\n", ":2: bad-columns"),
        ("Zora B-PER\n\nba\n", ":3: bad-columns"),
        ("Zora B-PER\nba \n", ":2: bad-columns"),
        ("B-PER\nO\n", ": bad-columns: one column"),
        ("", ": no-sentences"),
        ("\n\r\n\n", ": no-sentences"),
        ("Zora O\n\nba O\n", ": no-entities"),
        ("ba O\n\nZora B-DATE\n", ": unknown-tag: 'B-DATE' in sentence th-00001"),
        ("ba O\n\nZora PER\n", ":3: unknown-tag: 'PER' is no IOB2 tag (1 in the file): no prefix"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_line(put, content, message):
    file = put(content)
    with pytest.raises(DataError) as caught:
        load("xtreme", "th")
    assert str(caught.value).startswith(f"{file}{message}")


def test_a_mirror_that_is_no_folder_is_an_error_not_a_download(tmp_path, monkeypatch):
    monkeypatch.setenv("BOUNDARYBENCH_DATA", str(tmp_path / "gone"))
    with pytest.raises(UsageError, match=r"BOUNDARYBENCH_DATA=.*gone: no such folder"):
        load("xtreme", "th")


def test_a_set_that_the_mirror_lacks_is_taken_from_the_cache_of_the_hub(put, tmp_path, monkeypatch):
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path / "home"))
    key = Key("xtreme", "th", "test")
    put(columns(SENTENCES), "panx/test-sw.tsv")
    assert at_hand(key) is None
    cache.write(cache.cache_path(key, "hub"), gold_of(SENTENCES))
    assert at_hand(key).token_list()[0] == "Zora"
    put("Ruvo B-PER\n")
    assert at_hand(key).token_list() == ["Ruvo"]


def test_something_else_than_a_file_is_refused(put):
    file = put(columns(SENTENCES))
    file.unlink()
    file.mkdir()
    with pytest.raises(UsageError, match="not a regular file"):
        load("xtreme", "th")


def test_fetching_goes_on_where_the_mirror_lacks_a_set(data, capsys):
    assert main(["gold", "fetch", "--suite", "xtreme", "--lang", "th", "tl", "yo"]) == 2
    out = capsys.readouterr()
    assert [line.split(":")[0] for line in out.out.splitlines()] == ["xtreme/tl/test", "xtreme/yo/test"]
    assert main(["gold", "fetch", "--suite", "masakhaner2", "--lang", "swa"]) == 0
