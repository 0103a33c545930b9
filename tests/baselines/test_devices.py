"""Devices and number formats that users name."""

from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")
from boundarybench.errors import UsageError  # noqa: E402
from boundarybench_baselines.machine import device, dtype  # noqa: E402


def test_the_cpu():
    assert device("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["gpu", "", "cpu:x", "cuda:99", "meta-physics", "xpu:77"])
def test_a_device_that_is_not_here_is_a_usage_error_of_one_line(name):
    with pytest.raises(UsageError) as caught:
        device(name)
    message = str(caught.value)
    assert message.startswith(f"--device {name}: not usable here (")
    assert "\n" not in message


@pytest.mark.parametrize(("cuda", "mps", "expected"), [(True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")])
def test_without_a_name_a_gpu_is_taken_if_there_is_one(monkeypatch, cuda, mps, expected):
    asked = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    monkeypatch.setattr(torch, "empty", lambda _, device: asked.append(device.type))
    assert device(None).type == expected
    assert asked == [expected]


def test_number_formats(monkeypatch):
    cpu, gpu = torch.device("cpu"), SimpleNamespace(type="cuda")
    assert [dtype(name, cpu) for name in ("auto", "fp32", "bf16", "fp16")] == [torch.float32, torch.float32, torch.bfloat16, torch.float16]
    for has_it, expected in ((True, torch.bfloat16), (False, torch.float16)):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation, has_it=has_it: has_it)
        assert dtype("auto", gpu) is expected
        assert dtype("fp32", gpu) is torch.float32
