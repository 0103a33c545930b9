"""Gold through `datasets` itself, from a hub on the loopback. Every process that imports `datasets` costs a second: few are started."""

import re
import subprocess
import sys
from collections import namedtuple

import pytest
from golds import SENTENCES, columns, fields, gold_of, read_columns
from hub_server import Hub, card, parquet

from boundarybench.errors import UsageError
from boundarybench.gold.importing import import_files
from boundarybench.gold.load import load
from boundarybench.suites.manifests import own_folder, packaged
from boundarybench.suites.pins import pinned

#: Labels in other orders than ours: a number means something else in each data set.
PANX_LABELS = ["I-LOC", "B-LOC", "O", "I-ORG", "B-ORG", "I-PER", "B-PER"]
MASAKHANER_LABELS = ["B-DATE", "I-DATE", *PANX_LABELS]
DATED = [*SENTENCES, (["ne", "Mindu", "Talo"], ["O", "B-DATE", "I-DATE"])]
STRIPPED = [(tokens, ["O"] * len(tags)) for tokens, tags in SENTENCES]

#: What is wrong with a language of the hub, its file, and what the user reads.
BROKEN = {
    "af": (parquet(SENTENCES, None), "expected columns `tokens` and `ner_tags` (class labels), got "),
    "ar": (parquet(STRIPPED, PANX_LABELS), "no-entities: gold without a single entity is refused"),
    "bg": (parquet([(["Zora\nMin"], ["B-PER"])], PANX_LABELS), "a token holds a line feed"),
    "bn": (parquet([(["Zora"], ["B-MISC"])], ["O", "B-MISC"]), "unknown-tag: 'B-MISC' in sentence bn-00000"),
    "de": (b"PAR1 this is no parquet PAR1", "no gold at hand: the hub gave no google/xtreme (PAN-X.de, test): "),
}
#: Files that are no gold, each in a way of its own: a label or a token that is missing, columns of two lengths, a label without a name.
UNLABELLED = {
    "af": parquet([(["Zora"], ["B-PER"]), (["ne"], [None])], PANX_LABELS),
    "ar": parquet([(["Zora"], ["B-PER"]), (["ne"], [-1])], PANX_LABELS),
    "bg": parquet([(["Zora"], ["B-PER"]), (None, ["O"])], PANX_LABELS),
    "bn": parquet([(["Zora"], ["B-PER"]), ([None], ["O"])], PANX_LABELS),
    "de": parquet([(["Zora"], ["B-PER"]), (["ne", "aba"], ["O"])], PANX_LABELS),
    "el": parquet([(["Zora"], ["B-PER"]), (["ne"], [len(PANX_LABELS)])], PANX_LABELS),
}
Done = namedtuple("Done", "code out err")


def panx(files):
    """The repository of PAN-X: `files` by language and split."""
    configs = {f"PAN-X.{lang}": list(splits) for lang, splits in files.items()}
    paths = {f"PAN-X.{lang}/{split}-00000-of-00001.parquet": file for lang, splits in files.items() for split, file in splits.items()}
    return {"google/xtreme@main": {"README.md": card(configs), **paths}}


def masakhaner(files):
    """The repository of MasakhaNER 2.0: a script that nobody runs any more, and the hub's own branch with parquet files."""
    return {
        "masakhane/masakhaner2@main": {"README.md": b"", "masakhaner2.py": b""},
        "masakhane/masakhaner2@refs/convert/parquet": {
            f"{lang}/{split}/0000.parquet": file for lang, splits in files.items() for split, file in splits.items()
        },
    }


def run(folder, url, *command, **environment):
    """A run of `python *command` that takes `url` for the hub, and for its proxy, and keeps all its files in `folder`."""
    own = {"HOME": folder, "HF_HOME": folder / "hf", "BOUNDARYBENCH_HOME": folder / "home", "HF_ENDPOINT": url}
    proxies = {"HTTP_PROXY": url, "HTTPS_PROXY": url, "NO_PROXY": "127.0.0.1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    variables = {name: str(value) for name, value in {**own, **proxies, **environment}.items()}
    done = subprocess.run([sys.executable, *command], env=variables, capture_output=True, encoding="utf-8", check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def fetch(folder, url, *options, before="pass", **environment):
    """A run of `gold fetch`, after the Python statement `before`."""
    main = f"import sys; {before}; from boundarybench.cli.main import main; sys.exit(main(sys.argv[1:]))"
    return run(folder, url, "-c", main, "gold", "fetch", *options, **environment)


def message(done, name):
    """The one line that a run wrote to stderr about the set `name`."""
    (line,) = [line for line in done.err.splitlines() if f"{name}: " in line]
    return line


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def hub():
    def splits(sentences, labels):
        """All three: whoever takes the wrong one gets one sentence only."""
        wrong = parquet(sentences[:1], labels)
        return {"train": wrong, "validation": wrong, "test": parquet(sentences, labels)}

    files = {lang: {"test": file} for lang, (file, _) in BROKEN.items()}
    files |= {"el": {"train": parquet(SENTENCES, PANX_LABELS)}, "sw": splits(SENTENCES, PANX_LABELS), "th": splits(SENTENCES, PANX_LABELS)}
    dated = {"swa": splits(DATED, MASAKHANER_LABELS), "zul": splits(DATED, MASAKHANER_LABELS)}
    with Hub(panx(files) | masakhaner(dated)) as hub:
        yield hub


@pytest.fixture(scope="module")
def fetched(hub, folder):
    """A first run, over good and bad sets."""
    return fetch(folder, hub.url, "--lang", *BROKEN, "el", "es", "sw", "th", "swa")


@pytest.fixture
def closed():
    """The address of a hub that has gone."""
    with Hub({}) as hub:
        pass
    return hub.url


def test_gold_of_the_hub_is_that_of_its_sentences_with_labels_read_by_name(fetched, folder, monkeypatch):
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(folder / "home"))
    assert "xtreme/th/test: 4 sentences, 6 entities\n" in fetched.out
    assert fields(load("xtreme", "th")) == fields(gold_of(SENTENCES))


def test_an_unpinned_set_is_loaded_with_a_warning_that_reports_its_fingerprints(fetched):
    gold = gold_of(SENTENCES)
    assert message(fetched, "xtreme/th/test").startswith("boundarybench: warning: ")
    assert message(fetched, "xtreme/th/test").endswith(f"report structure {gold.structure}, text {gold.text}")


@pytest.mark.parametrize(("key", "sentences"), [(("xtreme", "sw", "test"), SENTENCES), (("masakhaner2", "swa", "test"), DATED)])
def test_a_copy_of_another_structure_is_refused_with_both_fingerprints_and_the_first_difference(fetched, folder, key, sentences):
    name = "/".join(key)
    line = message(fetched, name)
    assert fetched.code == 1
    assert f"structure {gold_of(sentences, *key).structure} is not the pinned {pinned(*key).structure}; " in line
    assert f"first difference at sentence {key[1]}-00000: here it has 4 tokens and entities [0-2:PER 3-4:LOC]. " in line
    assert f"{name}: " not in fetched.out
    assert not list((folder / "home" / "gold").glob(f"*-{key[1]}-*"))


@pytest.mark.parametrize("lang", BROKEN)
def test_what_the_hub_holds_instead_of_gold_is_told_in_one_line(fetched, lang):
    (line,) = [line for line in fetched.err.splitlines() if f"(PAN-X.{lang}, test)" in line and ": loading" not in line]
    assert BROKEN[lang][1] in line


@pytest.mark.parametrize("lang", ["el", "es"])
def test_a_split_or_a_configuration_that_the_hub_lacks_is_told_in_one_line(fetched, lang):
    assert f"no gold at hand: the hub gave no google/xtreme (PAN-X.{lang}, test): " in message(fetched, f"xtreme/{lang}/test")


@pytest.mark.usefixtures("fetched")
def test_a_second_run_asks_nobody(hub, folder, closed):
    assert any("PAN-X.th/test" in request for request in hub.asked)
    asked = len(hub.asked)
    runs = [fetch(folder, url, "--suite", "xtreme", "--lang", "th") for url in (hub.url, closed)]
    assert [(done.code, done.out) for done in runs] == [(0, "xtreme/th/test: 4 sentences, 6 entities\n")] * 2
    assert len(hub.asked) == asked


@pytest.mark.parametrize(
    ("before", "variables", "said"),
    [
        ("import time; time.sleep = lambda seconds: None", {}, "Couldn't reach 'google/xtreme' on the Hub"),  # `datasets` tries 5 times
        ("pass", {"HF_HUB_OFFLINE": "1"}, "Couldn't reach 'google/xtreme' on the Hub"),
        ("sys.modules['datasets'] = None", {}, "pip install 'boundarybench[hub]'"),
    ],
    ids=["closed port", "offline", "no datasets"],
)
def test_a_hub_out_of_reach_is_one_line_and_a_way_out(tmp_path, closed, before, variables, said):
    done = fetch(tmp_path, closed, "--suite", "xtreme", "--lang", "sw", before=before, **variables)
    line = message(done, "xtreme/sw/test")
    assert (done.code, done.out) == (2, "")
    assert said in line
    assert "set BOUNDARYBENCH_DATA to a local copy" in line


def test_a_missing_label_or_token_is_told_in_one_line(tmp_path):
    script = """
from boundarybench.errors import DataError
from boundarybench.gold.sources import Key, from_hub
from boundarybench.suites.manifests import packaged
for lang in ("af", "ar", "bg", "bn", "de", "el"):
    try:
        print(lang, from_hub(packaged()["xtreme"], Key("xtreme", lang, "test")))
    except Exception as error:
        print(lang, type(error).__name__, error)
"""
    with Hub(panx({lang: {"test": file} for lang, file in UNLABELLED.items()})) as hub:
        done = run(tmp_path, hub.url, "-c", script)
    assert [line.split()[:2] for line in done.out.splitlines()] == [[lang, "DataError"] for lang in UNLABELLED]


def test_the_real_test_sets_are_accepted_as_pinned(data, tmp_path, closed):
    def real(place, labels):
        return {"test": parquet(read_columns((data / place).read_text(encoding="utf-8").replace(" ", "\t")), labels)}

    panx_sw, masakhaner_swa = real("panx/test-sw.tsv", PANX_LABELS), real("masakhaner2/swa/test.txt", MASAKHANER_LABELS)
    with Hub(panx({"sw": panx_sw}) | masakhaner({"swa": masakhaner_swa})) as hub:
        done = fetch(tmp_path, hub.url, "--lang", "sw", "swa")
    pins = {name: pinned(*name.split("/")) for name in ("xtreme/sw/test", "masakhaner2/swa/test")}
    assert done.out == "".join(f"{name}: {pin.sentences} sentences, {sum(pin.entities.values())} entities\n" for name, pin in pins.items())
    assert done.code == 0
    assert not re.search("warning|error", done.err)
    verified = run(tmp_path, closed, "-m", "boundarybench", "gold", "verify", "--suite", "masakhaner2")
    assert (verified.code, verified.out) == (0, "1 of 1 sets at hand are the pinned ones\n")


def test_refused_gold_can_be_imported_as_a_suite_of_its_own(tmp_path, closed, monkeypatch):
    (tmp_path / "mine.txt").write_text(columns(SENTENCES, " ", "sw:"), encoding="utf-8")
    done = run(tmp_path, closed, "-m", "boundarybench", "gold", "import", str(tmp_path / "mine.txt"), "--as", "my-corpus", "--lang", "sw")
    assert done.code == 0
    assert done.out.startswith("my-corpus/sw: 4 sentences, 14 tokens, entities LOC 2, ORG 2, PER 2\n")
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path / "home"))
    gold = load("my-corpus", "sw")
    assert fields(gold) == fields(gold_of(SENTENCES, "my-corpus", "sw"))
    assert not gold.pinned


@pytest.mark.parametrize(
    ("name", "lang"), [*((suite, "sw") for suite in packaged()), ("../x", "sw"), ("", "sw"), ("X", "sw"), ("x", "../y")]
)
def test_an_imported_suite_takes_no_name_of_the_protocol_and_no_path(tmp_path, name, lang):
    (tmp_path / "mine.txt").write_text(columns(SENTENCES), encoding="utf-8")
    with pytest.raises(UsageError, match=re.escape(repr(name if lang == "sw" else lang))):
        import_files({lang: tmp_path / "mine.txt"}, name)
    assert not own_folder().exists()
