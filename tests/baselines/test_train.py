"""The trainer: it learns, it can be killed, and the same run gives the same weights."""

import hashlib
import json
import logging
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
import tiny_encoders  # noqa: E402

from boundarybench.cli.main import main  # noqa: E402
from boundarybench.errors import UsageError  # noqa: E402
from boundarybench.schemes import decode  # noqa: E402
from boundarybench_baselines import train as trainer  # noqa: E402
from boundarybench_baselines.stages import alone  # noqa: E402
from boundarybench_baselines.tagging.data import TaggedSentence, fingerprint  # noqa: E402
from boundarybench_baselines.tagging.encoder import load  # noqa: E402
from boundarybench_baselines.tagging.f1 import typed_f1  # noqa: E402
from boundarybench_baselines.train import SCRATCH, TrainingSettings, train  # noqa: E402

CPU = torch.device("cpu")
NAMES = ["Mira", "Osak", "Bukor", "Tundo", "Zeng", "Lirab", "Kwena", "Rusti", "Aluma", "Dorik", "Pesho", "Vanti"]
ABOUT = {"train": "toy", "dev": "toy-dev"}


def toy(count, seed=0):
    """A language in which what stands before a name says its type, and names may have two words."""
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        words, tags = [], []
        for _ in range(draw.randint(1, 3)):
            words += draw.choices(["saw", "met", "left", "and", "the"], k=draw.randint(0, 3))
            tags += ["O"] * (len(words) - len(tags))
            before, type_ = draw.choice([("in", "LOC"), ("mister", "PER"), ("company", "ORG")])
            name = draw.sample(NAMES, draw.randint(1, 2))
            words += [before, *name, "."]
            tags += ["O", f"B-{type_}", *[f"I-{type_}"] * (len(name) - 1), "O"]
        found.append(TaggedSentence(words, tags))
    return found


TRAINING, DEV = toy(40), toy(12, seed=1)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return tiny_encoders.xlm_roberta(tmp_path_factory.mktemp("xlmr"), num_hidden_layers=1)


@pytest.fixture(scope="module")
def settings(checkpoint):
    """Ten batches of four and five steps an epoch."""
    return TrainingSettings(checkpoint, epochs=2, batch_size=4, learning_rate=1e-3)


def watch(batches, epoch, done):
    return iter(batches[done:])


def run(settings, folder, training=TRAINING, dev=DEV, watch=watch, save_every=2):
    return train(settings, training, dev, folder, device=CPU, about=ABOUT, save_every=save_every, watch=watch)


def weights(folder):
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def undisturbed(settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "undisturbed"
    return folder, run(settings, folder)


def f1(folder, sentences):
    tagger = load(str(folder), "main", device=CPU, dtype=torch.float32, budget=4096)
    found = tagger.tag([words for words, _ in sentences])
    return typed_f1((decode(tags) for _, tags in sentences), (decode(each.tags) for each in found))


@pytest.mark.slow
def test_from_scratch_it_learns_a_toy_language(tmp_path):
    told = TrainingSettings(SCRATCH, epochs=12, batch_size=8, accumulation=1, learning_rate=2e-3)
    report = run(told, tmp_path / "m", toy(150, seed=2), DEV, save_every=1000)
    held_out = toy(60, seed=3)
    assert f1(tmp_path / "m", held_out) > 90
    assert f1(tmp_path / "m", DEV) == pytest.approx(max(report["dev_typed_f1"]))


@pytest.mark.slow
def test_the_tokenizer_that_is_learnt_is_the_same_in_every_process():
    """Else a run from scratch that goes on would read other sub-tokens than those that it began with."""
    learnt = "characters.tokenizer(words for words, _ in t.toy(80))"
    told = f"import test_train as t; from boundarybench_baselines.tagging import characters; print(hash_({learnt}))"
    hashed = "import hashlib; hash_ = lambda each: hashlib.sha256(each.backend_tokenizer.to_str().encode()).hexdigest(); "
    here = Path(__file__).parent
    paths = f"import sys; sys.path[:0] = {[str(here), str(here.parent / 'checkpoints')]!r}; "
    ran = [subprocess.run([sys.executable, "-c", paths + hashed + told], capture_output=True, text=True, check=True).stdout for _ in "ab"]
    assert len(ran[0]) > 60
    assert ran[0] == ran[1]


@pytest.mark.slow
def test_from_scratch_it_learns_the_samples_english_by_the_defaults(tmp_path):
    assert main(["train", "--model", "scratch", "--train", "sample/en", "-o", str(tmp_path / "m")]) == 0
    from boundarybench_baselines.tagging.data import read

    assert f1(tmp_path / "m", read("sample/en", "train")) > 95


@pytest.mark.parametrize("make", [tiny_encoders.xlm_roberta, tiny_encoders.deberta, tiny_encoders.bert])
def test_fine_tuning_makes_a_tagger_of_an_encoder(tmp_path, make):
    start = make(tmp_path / "start", num_hidden_layers=2)
    report = run(TrainingSettings(start, epochs=2, learning_rate=3e-3, batch_size=8, accumulation=1), tmp_path / "m")
    tagger = load(str(tmp_path / "m"), "main", device=CPU, dtype=torch.float32, budget=4096)
    assert tagger.labels == ("O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PER", "I-PER")
    assert len(report["dev_typed_f1"]) == 2
    assert f1(tmp_path / "m", DEV) == pytest.approx(max(report["dev_typed_f1"]))
    assert not list((tmp_path / "m").glob("*.pt"))


def test_a_tagger_for_other_labels_is_trained_anew(tmp_path):
    start = tiny_encoders.bert(tmp_path / "start", tiny_encoders.IOB1, num_hidden_layers=1)
    run(TrainingSettings(start, epochs=1), tmp_path / "m")
    assert len(load(str(tmp_path / "m"), "main", device=CPU, dtype=torch.float32, budget=4096).labels) == 7


class Killed(BaseException):
    """No handler may hold it up."""


@pytest.mark.parametrize("deaths", [[(1, 0)], [(1, 1)], [(1, 5)], [(1, 9)], [(2, 0)], [(1, 2), (1, 7), (2, 3), (2, 9)]])
def test_a_run_that_dies_and_goes_on_ends_with_the_same_weights(settings, undisturbed, tmp_path, deaths):
    folder = tmp_path / "m"
    for epoch, batch in deaths:

        def dies(batches, name, done, at=(epoch, batch)):
            for number in batches[done:]:
                if (int(name.split()[1]), number) == at:
                    raise Killed
                yield number

        with pytest.raises(Killed):
            run(settings, folder, watch=dies)
        assert not (folder / "training.json").exists()
    report = run(settings, folder)
    expected, expected_report = undisturbed
    assert report == expected_report
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {path.name: path.read_bytes() for path in expected.iterdir()}


@pytest.mark.parametrize("step", ["save_pretrained", "card"])
def test_a_death_while_the_model_is_written_is_made_good(settings, undisturbed, tmp_path, monkeypatch, step):
    def dies(*_, **__):
        raise Killed

    places = {
        "card": "boundarybench_baselines.tagging.model_card.card",
        "save_pretrained": "transformers.PreTrainedTokenizerBase.save_pretrained",
    }
    with monkeypatch.context() as patched:
        patched.setattr(places[step], dies)
        with pytest.raises(Killed):
            run(settings, tmp_path / "m")
    (tmp_path / "m" / ".boundarybench-abc.tmp").write_bytes(b"half")
    assert run(settings, tmp_path / "m") == undisturbed[1]
    assert weights(tmp_path / "m") == weights(undisturbed[0])
    assert not list((tmp_path / "m").glob(".*"))


_KILLER = """
import os, random, signal, sys
from pathlib import Path
sys.path[:0] = sys.argv[4:]
import torch
torch.set_num_threads(1)
import test_train as tests
def mortal(call):
    def counted(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **options)
    return counted
checkpoint, folder, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
settings = tests.TrainingSettings(checkpoint, epochs=2, batch_size=4, learning_rate=1e-3)
tests.run(settings, folder / "undisturbed", save_every=1)
draw, kills = random.Random(seed), 0
while kills < 12:
    left = draw.randrange(40)  # steps of the optimiser and changes of the disk, each of which may be the last
    child = os.fork()
    if child == 0:
        torch.optim.AdamW.step = mortal(torch.optim.AdamW.step)
        for name in ("fsync", "replace", "mkdir", "rename", "unlink"):
            setattr(os, name, mortal(getattr(os, name)))
        tests.run(settings, folder / "killed", save_every=1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        break  # it was done before
    kills += 1
tests.run(settings, folder / "killed", save_every=1)
print(kills, tests.weights(folder / "undisturbed") == tests.weights(folder / "killed"), len(list((folder / "killed").glob(".*"))))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="forks")
def test_kill_9_at_drawn_steps(checkpoint, tmp_path):
    here = Path(__file__).parent
    paths = [str(here), str(here.parent / "checkpoints")]
    ran = subprocess.run(
        [sys.executable, "-c", _KILLER, checkpoint, str(tmp_path), "7", *paths], capture_output=True, text=True, check=True
    )
    kills, same, left = ran.stdout.split()
    assert int(kills) > 0
    assert (same, left) == ("True", "0")


def test_a_run_that_has_ended_is_not_run_again(settings, undisturbed, caplog):
    folder, report = undisturbed
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}

    def never(batches, epoch, done):
        raise AssertionError

    with caplog.at_level(logging.INFO, "boundarybench"):
        assert run(settings, folder, watch=never) == report
    assert "this run has ended already" in caplog.text
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_another_run_in_the_folder_is_refused(settings, undisturbed, tmp_path):
    folder, _ = undisturbed
    for other in ({"settings": replace(settings, seed=1)}, {"training": TRAINING[1:]}, {"dev": DEV[1:]}):
        with pytest.raises(UsageError, match="holds a model trained with other settings or data"):
            run(**{"settings": settings, "folder": folder} | other)

    def dies(batches, epoch, done):
        yield from batches[done:2]
        raise Killed

    with pytest.raises(Killed):
        run(settings, tmp_path / "begun", watch=dies, save_every=1)
    with pytest.raises(UsageError, match="holds a run with other settings or data"):
        run(replace(settings, epochs=9), tmp_path / "begun")


@pytest.mark.parametrize("name", ["notes.txt", "training.json"])
def test_a_folder_that_holds_something_else_is_left_alone(settings, tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match="not empty, and no run that could go on"):
        run(settings, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with pytest.raises(UsageError, match="not a folder"):
        run(settings, tmp_path / name)


def test_another_checkpoint_under_the_same_name_is_another_run(settings, undisturbed, checkpoint):
    config = Path(checkpoint) / "config.json"
    before = config.read_text()
    try:
        config.write_text(before + "\n")
        with pytest.raises(UsageError, match="other settings or data"):
            run(settings, undisturbed[0])
    finally:
        config.write_text(before)


def test_the_epoch_that_is_best_on_dev_is_taken_of_equals_the_first(settings, tmp_path, monkeypatch):
    seen = []

    def score(model, encoding, dev):
        seen.append({name: tensor.clone() for name, tensor in model.state_dict().items()})
        return [10.0, 30.0, 30.0, 20.0][len(seen) - 1]

    monkeypatch.setattr(trainer, "_dev_score", score)
    report = run(replace(settings, epochs=4), tmp_path / "m")
    assert (report["dev_typed_f1"], report["chosen_epoch"]) == ([10.0, 30.0, 30.0, 20.0], 2)
    tagger = load(str(tmp_path / "m"), "main", device=CPU, dtype=torch.float32, budget=4096)
    same = [all(torch.equal(tensor, each[name]) for name, tensor in tagger._model.state_dict().items()) for each in seen]
    assert same == [False, True, False, False]


def test_an_epoch_of_f1_0_is_still_an_epoch(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(trainer, "_dev_score", lambda *_: 0.0)
    assert run(settings, tmp_path / "m")["chosen_epoch"] == 1


def test_without_dev_the_last_epoch_is_taken_and_dev_does_not_touch_the_training(settings, tmp_path, monkeypatch):
    last = run(settings, tmp_path / "without", dev=[])
    assert (last["dev_typed_f1"], last["chosen_epoch"]) == ([], 2)
    scores = iter([1.0, 2.0])
    plain = trainer._dev_score
    monkeypatch.setattr(trainer, "_dev_score", lambda *given: plain(*given) * 0 + next(scores))
    run(settings, tmp_path / "with")
    assert weights(tmp_path / "without") == weights(tmp_path / "with")


def test_the_seed_decides_the_weights(settings, undisturbed, tmp_path):
    run(settings, tmp_path / "same")
    run(replace(settings, seed=43), tmp_path / "other")
    assert weights(tmp_path / "same") == weights(undisturbed[0]) != weights(tmp_path / "other")


def test_two_batches_of_eight_make_the_step_of_one_of_sixteen(tmp_path):
    still = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "num_hidden_layers": 1}
    start = tiny_encoders.xlm_roberta(tmp_path / "start", **still)
    even = [TaggedSentence(words[:4], tags[:4]) for words, tags in toy(60, seed=4) if len(words) >= 4][:36]
    found = {}
    for size, accumulation in ((8, 2), (16, 1)):
        folder = tmp_path / str(size)
        run(TrainingSettings(start, epochs=2, batch_size=size, accumulation=accumulation, learning_rate=1e-3), folder, even, [])
        found[size] = load(str(folder), "main", device=CPU, dtype=torch.float32, budget=4096)._model.state_dict()
    assert all(torch.allclose(found[8][name], found[16][name], atol=2e-4) for name in found[8])
    changed = load_base(start)
    assert not all(torch.allclose(found[16][name], changed[name], atol=2e-4) for name in changed if name in found[16])


def load_base(folder):
    from transformers import AutoModelForTokenClassification

    return AutoModelForTokenClassification.from_pretrained(folder).roberta.state_dict(prefix="roberta.")


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_mixed_precision_on_the_cpu(settings, undisturbed, tmp_path, precision):
    report = run(replace(settings, precision=precision), tmp_path / "m")
    assert report["settings"]["precision"] == {"bf16": "torch.bfloat16", "fp16": "torch.float16"}[precision]
    tagger = load(str(tmp_path / "m"), "main", device=CPU, dtype=torch.float32, budget=4096)
    assert {tensor.dtype for tensor in tagger._model.state_dict().values()} <= {torch.float32, torch.int64}
    assert weights(tmp_path / "m") != weights(undisturbed[0])


def test_a_loss_that_is_not_finite_is_a_usage_error(settings, tmp_path):
    with pytest.raises(UsageError, match=r"the loss is nan in epoch \d: lower --learning-rate"):
        run(replace(settings, learning_rate=1e30, epochs=3), tmp_path / "m")


def test_a_dev_sentence_that_does_not_fit_is_not_taken_for_one_without_entities(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(trainer.EncoderTagger, "tag", lambda _, sentences: [None] * len(sentences))
    with pytest.raises(UsageError, match="12 sentences of the dev set do not fit into memory"):
        run(settings, tmp_path / "m")


def test_the_published_settings_are_the_defaults(checkpoint, tmp_path):
    told = TrainingSettings(checkpoint)
    assert (told.batch_size * told.accumulation, told.warmup, told.weight_decay, told.seed) == (32, 0.0, 0.0, 42)
    steps = []
    report = run(told, tmp_path / "m", dev=[], watch=lambda batches, epoch, done: steps.append(epoch) or iter(batches[done:]))
    assert (report["settings"]["epochs"], report["settings"]["learning_rate"]) == (5, 2e-5)
    assert steps[-1] == "epoch 5 of 5"


def test_sentences_longer_than_the_window_are_trained_on_whole(tmp_path):
    narrow = tiny_encoders.xlm_roberta(tmp_path / "start", num_hidden_layers=1, max_position_embeddings=22)
    long = [TaggedSentence([w for s in TRAINING[:6] for w in s.words], [t for s in TRAINING[:6] for t in s.tags])]
    run(TrainingSettings(narrow, epochs=1), tmp_path / "m", long, long)
    model, encoding = trainer._start(TrainingSettings(narrow), long, None)
    examples = trainer._examples(encoding, long, model.config.label2id)
    assert len(examples) > 3
    assert sum(label != -100 for example in examples for label in example.labels) == len(long[0].words)
    names = [model.config.id2label[label] for example in examples for label in example.labels if label != -100]
    assert names == list(long[0].tags)


def test_the_report_and_the_card_say_what_was_trained_and_on_what(settings, undisturbed):
    folder, report = undisturbed
    assert json.loads((folder / "training.json").read_text()) == json.loads(json.dumps(report))
    assert report["data"] == {
        "train": {"name": "toy", "sentences": 40, "sha256": fingerprint(TRAINING)},
        "dev": {"name": "toy-dev", "sentences": 12, "sha256": fingerprint(DEV)},
    }
    assert report["weights"] == {"model.safetensors": weights(folder)}
    card = (folder / "README.md").read_text()
    assert card.startswith("---\n")
    for part in (fingerprint(TRAINING), fingerprint(DEV), report["settings"]["checkpoint"], weights(folder), "| seed "):
        assert part in card
    assert f"{max(report['dev_typed_f1']):.2f}" in card


def test_what_is_no_encoder_is_a_usage_error(tmp_path):
    (tmp_path / "empty").mkdir()
    for model, message in ((tmp_path / "none", "neither a folder here nor a model"), (tmp_path / "empty", "no encoder can be loaded")):
        with pytest.raises(UsageError, match=message):
            run(TrainingSettings(str(model)), tmp_path / "m")
    assert not (tmp_path / "m").exists()


def written(tmp_path):
    path = tmp_path / "train.txt"
    path.write_text("\n\n".join("\n".join(f"{w} {t}" for w, t in zip(*s, strict=True)) for s in TRAINING))
    return str(path)


def test_the_command(checkpoint, tmp_path, capsys):
    told = ["train", "--model", checkpoint, "--train", written(tmp_path), "-o", str(tmp_path / "m"), "--epochs", "1"]
    assert main(told) == 0
    assert main(told) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'm'}\n" * 2
    assert main([*told, "--seed", "3"]) == 2
    assert "holds a model trained with other settings" in capsys.readouterr().err
    with alone((tmp_path / "m").resolve()):
        assert main(told) == 2
    assert "another run is writing to it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--epochs", "0"], "--epochs must be greater than 0"),
        (["--learning-rate", "nan"], "--learning-rate must be greater than 0"),
        (["--warmup", "2"], "--warmup must be between 0 and 1"),
        (["--device", "gpu"], "--device gpu: not usable here"),
    ],
)
def test_the_command_refuses_numbers_that_make_no_sense(checkpoint, tmp_path, capsys, more, message):
    assert main(["train", "--model", checkpoint, "--train", written(tmp_path), "-o", str(tmp_path / "m"), *more]) == 2
    assert message in capsys.readouterr().err


def test_a_crf_that_has_ended_is_not_run_again(tmp_path, capsys):
    pytest.importorskip("pycrfsuite")
    told = ["train", "--model", "crf", "--train", written(tmp_path), "-o", str(tmp_path / "m")]
    assert main(told) == 0
    before = (tmp_path / "m" / "model.crfsuite").stat().st_mtime_ns
    assert main(told) == 0
    assert (tmp_path / "m" / "model.crfsuite").stat().st_mtime_ns == before
    assert main([*told, "--dev", "sample/en"]) in (1, 2)
    (tmp_path / "more.txt").write_text("Mira B-PER\n")
    assert main([*told[:3], "--train", str(tmp_path / "more.txt"), *told[5:]]) == 2
    assert "holds a model trained with other settings" in capsys.readouterr().err
