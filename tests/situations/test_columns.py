"""Column files as people have them: the same sentences in every layout, scheme and spelling, and a plain word where there is doubt."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.cli.main import main
from boundarybench.column_layout import Columns
from boundarybench.columns import decode_sentences, parse
from boundarybench.errors import DataError, UsageError
from boundarybench.gold.own import from_file
from boundarybench.schemes import SCHEMES, Span, decode, encode
from boundarybench_baselines.tagging import data as training

WORDS = (("Neema", "Otu", "left"), ("The", "Kora", "Mill"))
TAGS = (("B-PER", "I-PER", "O"), ("O", "B-ORG", "I-ORG"))
PLAIN = "Neema B-PER\nOtu I-PER\nleft O\n\nThe O\nKora B-ORG\nMill I-ORG\n"

LAYOUTS = {
    "conll 2003": (
        "-DOCSTART- -X- -X- O\n\nNeema NNP B-NP B-PER\nOtu NNP I-NP I-PER\nleft VBD B-VP O\n\nThe DT B-NP O\n"
        "Kora NNP I-NP B-ORG\nMill NNP I-NP I-ORG\n"
    ),
    "conll-u like": (
        "# newdoc id = 7\n# sent_id = 7-1\n# text = Neema Otu left\n1\tNeema\tB-PER\t-\tann\n2\tOtu\tI-PER\t-\tann\n3\tleft\tO\t-\tann\n\n"
        "# sent_id = 7-2\n1\tThe\tO\t-\tann\n2\tKora\tB-ORG\t-\tann\n3\tMill\tI-ORG\t-\tann\n"
    ),
    "words written together": (
        "1\tNeema\tB-PER\n2-3\tOtuleft\t_\n2\tOtu\tI-PER\n3\tleft\tO\n\n1\tThe\tO\n1.1\tbig\t_\n2\tKora\tB-ORG\n3\tMill\tI-ORG\n"
    ),
    "index from 0": "0 Neema B-PER\n1 Otu I-PER\n2 left O\n\n0 The O\n1 Kora B-ORG\n2 Mill I-ORG\n",
    "label studio": (
        "-DOCSTART- -X- O\nNeema -X- _ B-PER\nOtu -X- _ I-PER\nleft -X- _ O\n\nThe -X- _ O\nKora -X- _ B-ORG\nMill -X- _ I-ORG\n"
    ),
    "a column filled with O": "Neema x O B-PER\nOtu x O I-PER\nleft x O O\n\nThe x O O\nKora x O B-ORG\nMill x O I-ORG\n",
    "comments with an id": (
        "# id 3f domain=dev\nNeema _ _ B-PER\nOtu _ _ I-PER\nleft _ _ O\n\n# id 4a domain=dev\nThe _ _ O\nKora _ _ B-ORG\nMill _ _ I-ORG\n"
    ),
    "a comment behind a tab": (
        "#\tpaper of 3 May\n1\tNeema\tB-PER\n2\tOtu\tI-PER\n3\tleft\tO\n\n#\tother\n1\tThe\tO\n2\tKora\tB-ORG\n3\tMill\tI-ORG\n"
    ),
    "begin document": "#begin document (x); part 0\n" + PLAIN + "\n#end document\n",
    "runs of blanks": PLAIN.replace(" ", "    "),
    "tab and blanks": PLAIN.replace(" ", " \t  "),
    "some tabs, some blanks": PLAIN.replace("Otu ", "Otu\t"),
    "tabs and blanks in a line": "Neema x B-PER\nOtu\tx I-PER\nleft x\tO\n\nThe x O\nKora x B-ORG\nMill x I-ORG\n",
    "trailing blanks": PLAIN.replace("\n", " \t\n").replace("\n \t\n", "\n\n"),
    "indented": "  " + PLAIN.replace("\n", "\n  "),
    "blanks between sentences": PLAIN.replace("\n\n", "\n \t \n\t\n"),
    "carriage returns": PLAIN.replace("\n", "\r\n"),
    "byte-order mark": "\ufeff" + PLAIN,
    "no last line feed": PLAIN.rstrip("\n"),
    "language prefix": "".join(f"sw:{line}\n" if line else "\n" for line in PLAIN.split("\n")[:-1]),
    "long language prefix": "".join(f"zh-min-nan:{line}\n" if line else "\n" for line in PLAIN.split("\n")[:-1]),
    "marks with one column": "-DOCSTART-\n\n" + PLAIN.replace("\n\n", "\n\n-DOCSTART-\n\n"),
    "a mark at the end": PLAIN + "\n-DOCSTART-\tO\n\n",
    "a mark with a type": "-DOCSTART- B-MISC\n" + PLAIN,
    "a mark in place of a blank line": PLAIN.replace("\n\n", "\n-DOCSTART- O\n"),
}


@pytest.fixture(params=LAYOUTS)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "any.conll"
    path.write_bytes(LAYOUTS[request.param].encode())
    return path


def written(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def test_every_command_reads_the_same_sentences(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    plain = written(tmp_path / "plain.conll", PLAIN)
    for gold, predictions in ((file, plain), (plain, file)):
        assert main(["convert", "--from", "conll", "--to", "jsonl", "--gold", str(gold), str(predictions), "-o", str(out)]) == 0
        assert [tuple(json.loads(line)["tags"]) for line in out.read_text().splitlines()] == list(TAGS)
    assert main(["gold", "import", str(file), "--as", "layouts", "--lang", "xx"]) == 0
    assert from_file(file).text == from_file(plain).text
    assert [(tuple(words), tuple(tags)) for words, tags in training.read(str(file), "train")] == list(zip(WORDS, TAGS, strict=True))


def test_the_lines_of_tokens_are_those_of_the_file(file: Path) -> None:
    lines = file.read_bytes().decode().split("\n")
    for sentence in decode_sentences(file.read_bytes(), "x"):
        for position, token in enumerate(sentence.tokens or ()):
            assert token in lines[sentence.line_of(position) - 1]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("# O\nOtu B-PER\n", [("#", "Otu")]),
        ("Otu B-PER\n# O\n# B-PER\n", [("Otu", "#", "#")]),
        ("#\tO\nOtu\tB-PER\n", [("#", "Otu")]),
        ("# x O\nOtu x B-PER\n", [("#", "Otu")]),
        ("#kumbo O\nOtu B-PER\n", [("#kumbo", "Otu")]),
        ("# O\n\n# B-PER\n", [("#",), ("#",)]),
        ("# a note\n\n# another one\nOtu B-PER\n", [("Otu",)]),
        ("# text = # O\nOtu\tB-PER\n", [("Otu",)]),
        ("# text = for O\nOtu\tx\ty\tB-PER\n", [("Otu",)]),
        ("Ot\xa0u B-PER\nO\u3000tu I-PER\nO\x85tu\u2009 O\n", [("Ot\xa0u", "O\u3000tu", "O\x85tu\u2009")]),
        ("New Kora\tB-LOC\n", [("New Kora",)]),
        (" O\nOtu B-PER\n", [("", "Otu")]),
    ],
)
def test_a_comment_is_no_token_and_a_token_no_comment(text: str, tokens: list[tuple[str, ...]]) -> None:
    assert [sentence.tokens for sentence in parse(text, "x")] == tokens


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Otu B-PER\n# a note\n", "x:2: bad-columns: 3 column(s) where the file has 2, in '# a note'"),
        ("Otu B-PER\n#kumbo\n", "x:2: bad-columns: 1 column(s) where the file has 2, in '#kumbo'"),
        ("#kumbo\nOtu B-PER\n", "x:1: bad-columns: 1 column(s)"),
        ("Otu\t\t B-PER\nKora \t \nleft\t O\n", "x:2: bad-columns: 1 column(s) where the file has 2, in 'Kora \\t '"),
        ("Otu B-PER\n" + "a " * 90 + "O\n", "x:2: bad-columns: 91 column(s) where the file has 2, in '" + "a " * 39),
        ("Otu x y\nleft x y\n", "x: bad-columns: none of 3 columns holds tags"),
        ("Otu B-PER B-PER\nleft O O\n", "x: ambiguous-columns: more than one column holds tags (2: PER; 3: PER); name"),
        ("1\tOtu\tB-PER\tB-PER\n2\tKora\tO\tB-LOC\n", "x: ambiguous-columns: more than one column holds tags (3: PER; 4: LOC PER)"),
        ("Otu B-PER B-LOC\nleft O O\n", "x: ambiguous-columns: more than one column holds tags (2: PER; 3: LOC)"),
        ("Otu NNP B-NP\nleft VBD B-VP B-PER\nMill NNP B-NP B-PER\nKora NNP B-NP B-NP\n", "x:1: bad-columns: 3 column(s)"),
        ("Otu B-PER O\nleft O O\n", "x: ambiguous-columns: more than one column holds tags (2: PER; 3: no types)"),
        ("Otu x B-NP PER-B\nleft x B-VP O\n", "x: ambiguous-columns: more than one column holds tags (3: NP VP; 4: no types)"),
        ("# only a comment\n\n-DOCSTART- O\n", "x: no-sentences"),
        ("Otu x B-PER\n\n# O\nleft x O\n", "x:3: bad-columns: 2 column(s) where the file has 3, in '# O'"),
        ("Otu x B-PER\n\n#kumbo O\nleft x O\n", "x:3: bad-columns: 2 column(s) where the file has 3, in '#kumbo O'"),
        ("1\tOtu\tB-PER\n\n#\tB-PER\n1\tleft\tO\n", "x:3: bad-columns: 2 column(s) where the file has 3, in '#\\tB-PER'"),
        ("Otu,B-PER\nleft,O\n", "x:1: bad-columns: columns stand between `,`; write `token<TAB>tag`"),
        ('token;tag\nOtu;B-PER\n"left";"O"\n', "x:1: bad-columns: columns stand between `;`; write `token<TAB>tag`"),
        ("# a note\nOtu|NNP|B-PER\n", "x:2: bad-columns: columns stand between `|`; write `token<TAB>tag`"),
    ],
)
def test_what_cannot_be_read_is_said_as_it_stands_in_the_file(text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        parse(text, "x")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (PLAIN.replace("\n", "\r"), 1),
        ("\ufeff" + PLAIN.replace("\n", "\r"), 1),
        (PLAIN.replace("\n", "\r").removesuffix("\r") + "\n", 1),
        (PLAIN + "\n" + PLAIN.replace("\n", "\r"), 9),
        ("Neema\tB-PER\nO\rtu\tI-PER\n", 2),
    ],
)
def test_carriage_returns_that_end_lines_do_not_make_a_file_of_one(text: str, line: int) -> None:
    with pytest.raises(DataError, match=f"^x:{line}: carriage-return: inside a line"):
        decode_sentences(text.encode(), "x")


def test_all_lines_that_have_other_columns_are_named_in_one_pass() -> None:
    with pytest.raises(DataError) as caught:
        parse("Otu B-PER\nleft\nfor Kora O\nMill O\n", "x")
    assert [line.split(" ")[0] for line in str(caught.value).split("\n")] == ["x:2:", "x:3:"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (Columns(tag=2), ("B-PER", "O")),
        (Columns(tag=3), ("O", "B-LOC")),
        (Columns(tag=-1), ("O", "B-LOC")),
        (Columns(token=1, tag=-2), ("B-PER", "O")),
    ],
)
def test_a_column_that_is_named_is_read(columns: Columns, expected: tuple[str, ...]) -> None:
    (sentence,) = parse("Otu B-PER O\nKora O B-LOC\n", "x", columns)
    assert (sentence.tokens, sentence.tags) == (("Otu", "Kora"), expected)


def test_tokens_may_stand_behind_the_tags() -> None:
    for text, columns in (("B-PER Otu\nO left\n", Columns(token=2)), ("B-PER x Otu\nO x left\n", Columns(token=-1, tag=1))):
        (sentence,) = parse(text, "x", columns)
        assert (sentence.tokens, sentence.tags) == (("Otu", "left"), ("B-PER", "O"))


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        (PLAIN, Columns(tag=3), "x: --tag-column 3: the file has 2 column(s); choose 1 to 2, or -1 for the last"),
        (PLAIN, Columns(token=-3, prefix="--gold-"), "x: --gold-token-column -3"),
        (PLAIN, Columns(token=2, tag=-1), "x: tokens and tags cannot both be column 2"),
        ("O\nB-PER\n", Columns(token=1), "x: --token-column 1: the file has only labels"),
    ],
)
def test_a_column_that_is_not_there_is_a_wrong_call(text: str, columns: Columns, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, "x", columns)
    assert str(caught.value).startswith(message)


def test_gold_and_predictions_in_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = str(written(tmp_path / "both.txt", "Otu B-PER O\nKora O B-PER\n"))
    call = ["convert", "--from", "conll", "--to", "jsonl", "--gold", both, both]
    assert main(call) == 1
    assert "--gold-tag-column N" in capsys.readouterr().err
    assert main([*call, "--gold-tag-column", "2"]) == 1
    assert "with --tag-column N" in capsys.readouterr().err
    assert main([*call, "--gold-tag-column", "2", "--tag-column", "-1"]) == 0
    assert json.loads(capsys.readouterr().out) == {"id": "both-00000", "tags": ["O", "B-PER"]}
    assert main(["gold", "import", both, "--as", "both", "--lang", "xx"]) == 1
    assert main(["gold", "import", both, "--as", "both", "--lang", "xx", "--tag-column", "2"]) == 0
    with pytest.raises(DataError, match="ambiguous-columns"):
        training.read(both, "train")
    assert training.read(both, "train", Columns(tag=2))[0].tags == ["B-PER", "O"]


@pytest.mark.parametrize(
    "call",
    [
        ["score", "p.jsonl", "--suite", "sample", "--lang", "sw", "--tag-column", "2"],
        ["score", "p.jsonl", "--suite", "sample", "--lang", "sw", "--gold-scheme", "BIOES"],
        ["convert", "--from", "jsonl", "--to", "conll", "--suite", "sample", "--lang", "sw", "p.jsonl", "--tag-column", "2"],
        ["gold", "import", "--suite", "xtreme", "--lang", "sw", "--as", "y", "--tag-column", "2"],
        ["train", "--model", "crf", "--train", "sample/en", "-o", "t", "--tag-column", "2"],
        ["convert", "--from", "conll", "--to", "jsonl", "p.jsonl"],
    ],
)
def test_options_without_the_file_that_they_are_about(
    call: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "p.jsonl", "{}\n")
    assert main(call) == 2
    assert capsys.readouterr().err.startswith("boundarybench: ")
    assert [path.name for path in tmp_path.iterdir()] == ["p.jsonl"]


@pytest.mark.parametrize("value", ["0", "x", "1.0"])
def test_no_such_number_of_a_column(value: str) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["gold", "import", "any.conll", "--as", "y", "--lang", "xx", "--tag-column", value])
    assert stop.value.code == 2


def scored(gold: Path, tokens: bool, capsys: pytest.CaptureFixture[str], *options: str, prefix: str = "") -> tuple[int, str]:
    lines = [
        {"id": f"any-{i:05d}", "tags": tags} | ({"tokens": [prefix + word for word in words]} if tokens else {})
        for i, (words, tags) in enumerate(zip(WORDS, TAGS, strict=True))
    ]
    path = written(gold.parent / "p.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    code = main(["score", str(path), "--gold", str(gold), "--format", "json", *options])
    return code, capsys.readouterr().err


@pytest.mark.parametrize("prefix", ["", "en:", "be-tarask:", "simple:"])
@pytest.mark.parametrize("on_gold", ["", "en:"])
def test_language_prefixes_go_on_both_sides(tmp_path: Path, capsys: pytest.CaptureFixture[str], prefix: str, on_gold: str) -> None:
    gold = written(tmp_path / "any.tsv", "\n".join(f"{on_gold}{line}" if line else "" for line in PLAIN.split("\n")[:-1]))
    assert scored(gold, True, capsys, prefix=prefix) == (0, "")


def test_a_prefix_of_some_tokens_is_theirs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = written(tmp_path / "any.conll", PLAIN)
    line = json.dumps({"id": "any-00000", "tags": TAGS[0], "tokens": ["en:Neema", "Otu", "en:left"]})
    path = written(tmp_path / "p.jsonl", line + "\n" + json.dumps({"id": "any-00001", "tags": TAGS[1]}) + "\n")
    assert main(["score", str(path), "--gold", str(gold)]) == 1
    assert "token-mismatch: any-00000, token 0: expected 'Neema', got 'en:Neema'" in capsys.readouterr().err


SPANS = [Span(0, 3, "PER"), Span(3, 4, "PER"), Span(5, 6, "LOC"), Span(6, 8, "ORG")]
NAMES = ["Neema", "Otu", "Ada", "Kora", "in", "Ruvo", "Telko", "Mill", "."]


@pytest.mark.parametrize("scheme", ["IOE2", "IOE1", "BIOES", "BILOU", "BMES", "BMEWO"])
def test_gold_in_another_scheme_is_the_same_gold(tmp_path: Path, scheme: str, capsys: pytest.CaptureFixture[str]) -> None:
    def of(name: str) -> Path:
        tags = encode(SPANS, len(NAMES), SCHEMES[name])
        return written(tmp_path / f"any.{name}", "".join(f"{word}\t{tag}\n" for word, tag in zip(NAMES, tags, strict=True)))

    wanted = from_file(of("IOB2"))
    assert from_file(of(scheme)).structure == wanted.structure
    assert from_file(of(scheme), scheme=scheme).structure == wanted.structure
    assert main(["gold", "import", str(of(scheme)), "--as", "schemes", "--lang", "xx"]) == 0
    assert f"any.{scheme}: tags read as {scheme} (--gold-scheme names another)" in capsys.readouterr().err
    assert main(["gold", "import", str(of(scheme)), "--as", "schemes", "--lang", "xx", "--gold-scheme", scheme.lower()]) == 0
    assert capsys.readouterr().err == ""
    assert [span for words, tags in training.read(str(of(scheme)), "train") for span in decode(tags)] == SPANS


def test_score_reads_gold_in_bioes_without_a_word_more_than_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = written(tmp_path / "any.conll", PLAIN.replace("Otu I", "Otu E").replace("Mill I", "Mill E"))
    assert scored(gold, False, capsys) == (0, f"boundarybench: {gold}: tags read as BIOES (--gold-scheme names another)\n")


@pytest.mark.parametrize(
    ("tags", "options", "message"),
    [
        ("S-PER L-PER", [], "unknown-scheme: tags with L S are of more than one scheme; name it with --gold-scheme"),
        ("M-PER U-LOC", [], "unknown-scheme"),
        ("B-PER E-PER E-PER", [], "unknown-scheme: tags with B E could be BIOES, BMEWO"),
        (
            "S-PER O",
            ["--gold-scheme", "BILOU"],
            "any.conll:1: unknown-tag: 'S-PER' is no BILOU tag (1 in the file): S- belongs to BIOES, BMES",
        ),
        ("O PER-B PER-B x", [], "any.conll:2: unknown-tag: 'PER-B' is no IOB2 tag (2 in the file): the prefix stands behind the type"),
    ],
)
def test_tags_of_no_one_scheme(tmp_path: Path, capsys: pytest.CaptureFixture[str], tags: str, options: list[str], message: str) -> None:
    path = written(tmp_path / "any.conll", "".join(f"w {tag}\n" for tag in tags.split()))
    assert main(["gold", "import", str(path), "--as", "schemes", "--lang", "xx", *options]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("tags", "entities"),
    [("PER PER O LOC", {"LOC": 1, "PER": 1}), ("I-PER O geo-loc", {"PER": 1, "geo-loc": 1}), ("O person", {"person": 1})],
)
def test_io_may_have_bare_types(tmp_path: Path, tags: str, entities: dict[str, int]) -> None:
    path = written(tmp_path / "any.conll", "".join(f"w {tag}\n" for tag in tags.split()))
    assert from_file(path, scheme="IO").entities() == entities


@pytest.mark.parametrize("tag", ["PER", "PER-B", "B-PER", "B"])
def test_what_is_no_io_is_refused_as_io(tmp_path: Path, tag: str) -> None:
    path = written(tmp_path / "any.conll", f"w I-PER\nw {tag}\n")
    with pytest.raises(DataError, match=r"any.conll:2: unknown-tag"):
        from_file(path, scheme=None if tag == "PER" else "IO")


def test_tags_that_are_not_valid_in_their_scheme_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "any.conll", "Otu B-PER\nleft O\nAda S-PER\nKora E-PER\n")
    assert main(["gold", "import", str(path), "--as", "schemes", "--lang", "xx"]) == 0
    assert f"warning: {path}:1: 2 tags are not valid BIOES" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "scheme"), [("BMES", "BMES"), ("bmeow", "BMEWO"), ("BMEWO", "BMEWO"), ("bioul", "BILOU"), ("IOBES", "BIOES")]
)
def test_from_scheme_to_scheme_without_gold(tmp_path: Path, name: str, scheme: str) -> None:
    lines = [f"{word}\t{tag}\n" for word, tag in zip(NAMES, encode(SPANS, len(NAMES), SCHEMES[scheme]), strict=True)]
    there, back = tmp_path / "there.conll", tmp_path / "back.conll"
    path = written(tmp_path / "any.conll", "".join(lines) + "\n")
    columns = ["convert", "--from", "conll", "--to", "conll"]
    assert main([*columns, "--scheme", name, str(path), "-o", str(there)]) == 0
    assert [line.split("\t")[1] for line in there.read_text().split("\n") if line] == encode(SPANS, len(NAMES), SCHEMES["IOB2"])
    assert main([*columns, "--to-scheme", name, str(there), "-o", str(back)]) == 0
    assert back.read_text() == path.read_text()


def test_without_gold_labels_alone_and_a_file_without_entities_are_converted_too(tmp_path: Path) -> None:
    out = tmp_path / "out"
    labels = written(tmp_path / "labels.tsv", "S-PER\nO\n\nO\n")
    assert main(["convert", "--from", "xtreme", "--to", "xtreme", "--scheme", "BIOES", str(labels), "-o", str(out)]) == 0
    assert out.read_text() == "B-PER\nO\n\nO\n\n"
    empty = written(tmp_path / "empty.conll", "Otu O\n")
    assert main(["convert", "--from", "conll", "--to", "xtreme", str(empty), "-o", str(out)]) == 0
    assert out.read_text() == "O\n\n"
    wrong = written(tmp_path / "wrong.conll", "Otu S-PER\n")
    assert main(["convert", "--from", "conll", "--to", "xtreme", str(wrong), "-o", str(tmp_path / "none")]) == 1
    assert not (tmp_path / "none").exists()


def test_equal_tokens_and_tags_are_kept_once() -> None:
    one, two = parse(PLAIN + "\n" + PLAIN, "x")[::2]
    assert one.tokens
    assert two.tokens
    assert all(a is b for a, b in zip(one.tokens + one.tags, two.tokens + two.tags, strict=True))


words = st.text(st.characters(exclude_characters=" \t\r\n", exclude_categories=["Cs"]), min_size=1, max_size=6).filter(
    lambda word: not word.startswith(("#", "\ufeff")) and word != "-DOCSTART-"
)
rows = st.tuples(words, st.sampled_from(["O", "B-PER", "I-PER", "B-LOC"]))
blanks = st.sampled_from([" ", "\t", "  ", " \t", "\t "])
breaks = st.sampled_from(["\n", " \n", "\t\n\n", "-DOCSTART- x O\n", "\n# a comment\n", "\n# of = some length\n"])


@given(st.lists(st.tuples(st.lists(st.tuples(rows, blanks), min_size=1, max_size=4), breaks), min_size=1, max_size=5))
def test_no_layout_changes_a_sentence(sentences: list[tuple[list[tuple[tuple[str, str], str]], str]]) -> None:
    text = "".join("".join(f"{word}{blank}{tag}\n" for (word, tag), blank in row) + end for row, end in sentences)
    plain = [(tuple(f"x{word}" for (word, _), _ in row), tuple(tag for (_, tag), _ in row)) for row, _ in sentences]
    marked = "".join("".join(f"x{word}{blank}{tag}\n" for (word, tag), blank in row) + end for row, end in sentences)
    assert [sentence.tags for sentence in parse(text, "x")] == [tags for _, tags in plain]
    assert [(sentence.tokens, sentence.tags) for sentence in parse(marked, "x")] == plain
