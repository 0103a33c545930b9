"""Results of a stage, kept as shards: files of JSON lines that are written whole or not at all.

    STAGES/<stage>/<settings>/stage.json                      what was set, for people
    STAGES/<stage>/<settings>/<suite>.<lang>/<shard>.jsonl    one line per sentence

`<settings>` is a hash of the stage's settings and its model's identity; `<shard>` is a number and a hash of what went in. So a file is
right if it is there: a killed run goes on with the first shard that is missing, systems that share a stage share its results, and nothing
is ever out of date.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from filelock import FileLock, Timeout

from boundarybench import atomic
from boundarybench.errors import UsageError

log = logging.getLogger("boundarybench")

#: Sentences in a shard: what a killed run loses at most, and what is sorted by length together.
SHARD = 512

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a system for one set: its name, all that its results depend on besides its inputs, and how they are computed.

    Attributes:
        name: the folder's name.
        settings: JSON: models with their identity, methods, numbers.
        load: gives what `compute` works with, a model in most cases; called only if a shard is missing, and shared between sets.
        compute: the records of some items, in their order.
    """

    name: str
    settings: Mapping[str, Any]
    load: Callable[[], Any]
    compute: Callable[[Any, Sequence[Any]], list[Record]]

    def folder(self, root: Path) -> Path:
        """Where its results are."""
        return root / self.name / _hash(self.settings)[:12]


class Shards:
    """Results of stages below one folder: read where they are there, computed where not. Keeps the last model of each kind of stage."""

    def __init__(self, root: Path) -> None:
        """Take the folder of all stages; it is made where it is missing."""
        self._root = root
        self._loaded: dict[str, tuple[Path, Any]] = {}
        self.seconds = 0.0

    def of(self, stage: Stage, set_name: str, ids: Sequence[str], items: Sequence[Any], watch: Callable[[int], None]) -> list[Record]:
        """The records of all sentences, in their order.

        Args:
            stage: that gives them.
            set_name: `suite.lang`.
            ids: of the sentences.
            items: what goes in, one JSON value per sentence.
            watch: is told how many sentences are done after each shard.
        """
        folder = stage.folder(self._root) / set_name
        folder.mkdir(parents=True, exist_ok=True)
        with _cleaned(folder.parent):
            if not (about := folder.parent / "stage.json").exists():
                atomic.write_bytes(about, msgspec.json.format(msgspec.json.encode(stage.settings), indent=2) + b"\n")
        records: list[Record] = []
        # Two runs may share a stage: the second one waits, and then reads what the first has written.
        with _cleaned(folder):
            for number, start in enumerate(range(0, len(items), SHARD)):
                shard = slice(start, start + SHARD)
                path = folder / f"{number:05}-{_hash([ids[shard], items[shard]])[:12]}.jsonl"
                records += self._shard(stage, path, ids[shard], items[shard])
                watch(len(items[shard]))
        return records

    def forget(self) -> None:
        """Drop the loaded models."""
        self._loaded.clear()

    def _shard(self, stage: Stage, path: Path, ids: Sequence[str], items: Sequence[Any]) -> list[Record]:
        if not path.exists():
            began = time.perf_counter()
            found = stage.compute(self._model(stage), items)
            records = [{"id": id_} | record for id_, record in zip(ids, found, strict=True)]
            atomic.write_bytes(path, b"".join(msgspec.json.encode(record) + b"\n" for record in records))
            self.seconds += time.perf_counter() - began
        # What goes on is what is in the file, so that a resumed run and an undisturbed one see the same.
        return [msgspec.json.decode(line) for line in path.read_bytes().split(b"\n")[:-1]]

    def _model(self, stage: Stage) -> Any:
        folder, model = self._loaded.get(stage.name, (None, None))
        if folder != stage.folder(self._root):
            self._loaded.pop(stage.name, None)  # room for the new one
            model = stage.load()
            self._loaded[stage.name] = (stage.folder(self._root), model)
        return model


@contextmanager
def _cleaned(folder: Path) -> Iterator[None]:
    """Wait until no other run writes to `folder`, and remove what a killed one has left half-written."""
    with FileLock(folder / ".lock"):
        for half_written in folder.glob(".*.tmp"):
            half_written.unlink()
        yield


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep every other run from writing to `path` until the block ends.

    Raises:
        UsageError: another run does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path.parent / f".{path.name}.lock", timeout=0):
            yield
    except Timeout:
        raise UsageError(f"{path}: another run is writing to it; wait for it, or choose another folder") from None


def _hash(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()
