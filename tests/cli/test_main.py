"""The command line as a whole: help, version, closed pipes and interruptions."""

import os
import signal
import subprocess
import sys

import pytest

from boundarybench.cli.main import VERBS, main


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "boundarybench", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("verb", VERBS)
def test_help_has_examples(verb: str) -> None:
    done = command(verb, "--help")
    assert done.returncode == 0
    assert "example" in done.stdout
    assert f"boundarybench {verb}" in done.stdout


def test_version_and_usage() -> None:
    assert command("--version").stdout.startswith("boundarybench ")
    assert command().returncode == 2
    assert command("nosuch").returncode == 2


def test_cite_and_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cite"]) == 0
    assert capsys.readouterr().out.count("\n@") == 8
    assert main(["languages", "--suite", "masakhaner2"]) == 0
    table = capsys.readouterr().out
    assert table.count("masakhaner2") == 20
    assert table.count("shown apart") == 2


def test_a_closed_pipe_is_no_error() -> None:
    writer = subprocess.Popen([sys.executable, "-m", "boundarybench", "languages"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.close()
    assert b"Traceback" not in writer.stderr.read()
    assert writer.wait() == 0
    writer.stderr.close()


def test_ctrl_c_says_so_and_shows_no_traceback() -> None:
    script = (
        "import sys, os, signal; from boundarybench.cli import main, cite\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # where the tests run in the background it is ignored
        "def wait(args): print('ready', flush=True); os.read(0, 1)\n"
        "cite.run = wait\n"
        "sys.exit(main.main(['cite']))"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", script], text=True, **pipes) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.send_signal(signal.SIGINT)
        _, error = running.communicate()
    assert running.returncode == 130
    assert error == "boundarybench: interrupted\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")  # noqa: PTH110
def test_a_full_disk_is_one_line() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run([sys.executable, "-m", "boundarybench", "cite"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("boundarybench: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("verb", "threads"), [("score", "1"), ("validate", "1"), ("compare", "None"), ("train", "None"), ("run", "None")])
def test_only_verbs_without_linear_algebra_keep_blas_to_one_thread(verb: str, threads: str) -> None:
    script = (
        "import atexit, os, sys; from boundarybench.cli.main import main\n"
        "atexit.register(lambda: print('threads', os.environ.get('OPENBLAS_NUM_THREADS')))\n"
        f"main([{verb!r}, '--help'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == f"threads {threads}"
