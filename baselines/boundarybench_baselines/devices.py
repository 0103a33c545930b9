"""Where models run, and in which precision."""

from typing import Literal

import torch

from boundarybench.errors import UsageError

Precision = Literal["auto", "fp32", "bf16", "fp16"]
_TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def device(name: str | None) -> torch.device:
    """The device called `name`; without a name a GPU if there is one, else the CPU.

    Raises:
        UsageError: there is no such device here.
    """
    if name is None:
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        found = torch.device(name)
        torch.empty(0, device=found)
    except (RuntimeError, AssertionError) as error:  # torch has no error of its own for this
        reason = str(error).strip().splitlines()[0]
        raise UsageError(f"--device {name}: not usable here ({reason}); leave it out to take what there is") from None
    return found


def dtype(precision: Precision, on: torch.device) -> torch.dtype:
    """The number format of weights and activations: `auto` is bf16 on a GPU that has it, fp16 on an older one, and fp32 elsewhere."""
    if precision != "auto":
        return _TYPES[precision]
    if on.type != "cuda":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
