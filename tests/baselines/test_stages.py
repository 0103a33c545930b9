"""Shards: computed once, whole or not at all, right if they are there."""

import threading

import pytest

from boundarybench.errors import UsageError
from boundarybench_baselines import stages
from boundarybench_baselines.stages import Shards, Stage, alone

IDS = [f"aa-{number:05}" for number in range(7)]
ITEMS = [[number, "x" * number] for number in range(7)]


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(stages, "SHARD", 3)


class Computing:
    """Counts what is loaded and computed; dies before the item `dies_at`."""

    def __init__(self, name="tagging", settings=None, dies_at=None):
        self.loaded, self.items = 0, []
        self._dies_at = dies_at
        self.stage = Stage(name, settings or {"model": "abc"}, self._load, self._compute)

    def _load(self):
        self.loaded += 1
        return "model"

    def _compute(self, model, items):
        assert model == "model"
        for item in items:
            if item[0] == self._dies_at:
                raise KeyboardInterrupt
            self.items.append(item)
        return [{"twice": item[0] * 2} for item in items]


def run(root, computing, ids=IDS, items=ITEMS, shards=None):
    done = []
    records = (shards or Shards(root)).of(computing.stage, "suite.aa", ids, items, done.append)
    assert sum(done) == len(items)
    return records


def files(root):
    return {path.relative_to(root): path.read_bytes() for path in sorted(root.rglob("*.jsonl"))}


def test_records_come_in_order_with_their_ids(tmp_path):
    assert run(tmp_path, Computing()) == [{"id": id_, "twice": item[0] * 2} for id_, item in zip(IDS, ITEMS, strict=True)]


def test_what_is_there_is_not_computed_again(tmp_path):
    first = run(tmp_path, Computing())
    again = Computing()
    assert run(tmp_path, again) == first
    assert (again.loaded, again.items) == (0, [])


@pytest.mark.parametrize("dies_at", range(7))
def test_a_run_that_died_goes_on_where_it_stopped(tmp_path, dies_at):
    run(tmp_path / "undisturbed", Computing())
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "killed", Computing(dies_at=dies_at))
    rest = Computing()
    run(tmp_path / "killed", rest)
    assert rest.items == ITEMS[dies_at // 3 * 3 :]
    assert files(tmp_path / "killed") == files(tmp_path / "undisturbed")


def test_half_written_files_go(tmp_path):
    run(tmp_path, Computing())
    [folder] = tmp_path.glob("tagging/*/suite.aa")
    (folder / ".00000-abc.jsonl.xyz.tmp").write_text("{")
    run(tmp_path, Computing())
    assert not list(folder.glob("*.tmp"))


def test_other_inputs_other_settings_and_other_sentences_are_other_shards(tmp_path):
    run(tmp_path, Computing())
    changed = [*ITEMS[:-1], [6, "changed"]]
    for computing, ids, items, expected in [
        (Computing(), IDS, changed, changed[6:]),
        (Computing(settings={"model": "other"}), IDS, ITEMS, ITEMS),
        (Computing(), [*IDS[:-1], "aa-99999"], ITEMS, ITEMS[6:]),
        (Computing(), IDS[:4], ITEMS[:4], ITEMS[3:4]),
    ]:
        run(tmp_path, computing, ids, items)
        assert computing.items == expected


def test_a_model_is_loaded_once_for_all_sets_and_makes_room_for_the_next(tmp_path):
    shards, one, two = Shards(tmp_path), Computing(), Computing(settings={"model": "other"})
    for name in ("suite.aa", "suite.bb"):
        shards.of(one.stage, name, IDS, ITEMS, lambda _: None)
    shards.of(two.stage, "suite.aa", IDS, ITEMS, lambda _: None)
    shards.of(one.stage, "suite.cc", IDS, ITEMS, lambda _: None)
    assert (one.loaded, two.loaded) == (2, 1)


def test_what_is_computed_belongs_to_the_set_though_the_model_is_shared(tmp_path):
    """A translation model is one for all languages; what it is told of the language is not."""
    shards = Shards(tmp_path)
    for lang in ("aa", "bb"):
        stage = Stage("translation", {"model": "m"}, lambda: "model", lambda _, items, lang=lang: [{"lang": lang} for _ in items])
        assert {record["lang"] for record in shards.of(stage, f"suite.{lang}", IDS, ITEMS, lambda _: None)} == {lang}


def test_two_runs_share_a_stage_without_computing_twice(tmp_path):
    both = Computing()
    threads = [threading.Thread(target=run, args=(tmp_path, both)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert both.items == ITEMS


def test_one_run_a_folder(tmp_path):
    with alone(tmp_path / "out"), pytest.raises(UsageError, match="another run is writing"), alone(tmp_path / "out"):
        pass
    with alone(tmp_path / "out"):
        pass


def test_too_few_records_are_an_error(tmp_path):
    stage = Stage("tagging", {}, lambda: None, lambda _, items: [{}] * (len(items) - 1))
    with pytest.raises(ValueError, match="shorter"):
        Shards(tmp_path).of(stage, "suite.aa", IDS, ITEMS, lambda _: None)
    assert not files(tmp_path)
