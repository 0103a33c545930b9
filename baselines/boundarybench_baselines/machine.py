"""What a run's models run on, and which checkpoint a name stands for. Imports no torch before it is needed."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from boundarybench.errors import UsageError

if TYPE_CHECKING:
    import torch

Precision = Literal["auto", "fp32", "bf16", "fp16"]
#: Sub-tokens in a batch, padding included: what a GPU of 16 GB takes without noticing.
_BUDGET = 16384
#: An encoder's on a processor: what stays in its cache, since more is slower there (docs/performance.md). A decoder reads one sub-token of
#: each sentence at a time, and so wants many sentences everywhere.
_ENCODER_ON_CPU = 1024


@dataclass(frozen=True, slots=True)
class Machine:
    """Where models run.

    Attributes:
        device: as torch names it; None takes a GPU if there is one.
        precision: of weights and activations; `auto` is bf16 or fp16 on a GPU, fp32 elsewhere.
        budget: sub-tokens in a batch, padding included; None is a default that suits the device.
    """

    device: str | None = None
    precision: Precision = "auto"
    budget: int | None = None

    def torch_device(self) -> "torch.device":
        """The device. Raises UsageError if it cannot be used here."""
        return device(self.device)

    def torch_dtype(self) -> "torch.dtype":
        """The number format on that device."""
        return dtype(self.precision, self.torch_device())

    def batch_budget(self, *, decoding: bool = False) -> int:
        """Sub-tokens in a batch, of an encoder or of a model that writes."""
        return self.budget or (_ENCODER_ON_CPU if self.torch_device().type == "cpu" and not decoding else _BUDGET)


def commit(model: str, revision: str) -> str:
    """What `model` is, for good: the commit that `revision` of a hub id stands for now, or the SHA-256 of a local file or folder.

    Raises:
        UsageError: there is no such model.
    """
    path = Path(model)
    if path.is_dir():
        return _digest(path, _stamped(sorted(file for file in path.rglob("*") if file.is_file())))
    if path.is_file():
        return _digest(path.parent, _stamped([path]))
    return _hub_commit(model, revision)


@cache  # one run sees one commit, even if the branch moves on meanwhile
def _hub_commit(model: str, revision: str) -> str:
    try:
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
    except ModuleNotFoundError:
        raise UsageError(f"{model}: no folder here; a model of the hub needs the extra: pip install 'boundarybench[neural]'") from None
    try:
        return Path(hf_hub_download(model, "config.json", revision=revision)).parent.name
    except (HFValidationError, LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        reason = str(error).strip().splitlines()[0]
        raise UsageError(f"{model}: neither a folder here nor a model that the hub gives ({reason})") from None


def shown(model: str) -> str:
    """The name of a model or data set for others to read: of a path the last part, since the rest of it is nobody's business."""
    return Path(model).name if Path(model).exists() or "{source}" in model else model


#: A file, its size, and when it was written and changed (nanoseconds).
_Stamp = tuple[Path, int, int, int]


def _stamped(files: list[Path]) -> tuple[_Stamp, ...]:
    found = [(path, path.stat()) for path in files]
    return tuple((path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns) for path, stat in found)


@cache  # each language asks, and a large model takes a minute to read: it is read again only if a stamp differs
def _digest(root: Path, files: tuple[_Stamp, ...]) -> str:
    digest = hashlib.sha256()
    for path, *_ in files:
        with path.open("rb") as file:
            digest.update(f"{path.relative_to(root)} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def device(name: str | None) -> "torch.device":
    """The device called `name`; without a name a GPU if there is one, else the CPU.

    Raises:
        UsageError: there is no such device here.
    """
    import torch

    if name is None:
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        found = torch.device(name)
        torch.empty(0, device=found)
    except (RuntimeError, AssertionError) as error:  # torch has no error of its own for this
        reason = str(error).strip().splitlines()[0]
        raise UsageError(f"--device {name}: not usable here ({reason}); leave it out to take what there is") from None
    return found


def dtype(precision: Precision, on: "torch.device") -> "torch.dtype":
    """The number format of weights and activations: `auto` is bf16 on a GPU that has it, fp16 on an older one, and fp32 elsewhere."""
    import torch

    if precision != "auto":
        return {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
    if on.type != "cuda":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
