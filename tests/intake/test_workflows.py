"""The workflows: what their files promise, and their own steps run on repositories in a temporary folder."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from repos import Changes, commit, git, make_main, submission
from workflows import FOLDER, Runner, load

FILE = ("100644", b"x\n")
NAMES = sorted(path.name for path in FOLDER.glob("*.yml"))
OURS = ("submission.yml", "board.yml", "site.yml")
TOKEN = "not-a-token"


def steps(name: str) -> Iterator[dict[str, Any]]:
    for job in load(name)["jobs"].values():
        yield from job["steps"]


class TestTheFiles:
    @pytest.mark.parametrize("name", NAMES)
    def test_actions_are_pinned_by_commit(self, name: str) -> None:
        used = [step["uses"] for step in steps(name) if "uses" in step]
        assert used
        assert all(re.fullmatch(r"[a-z-]+/[a-z-]+(/[a-z-]+)?@[0-9a-f]{40}", use) for use in used)
        assert len(re.findall(r"uses: \S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", (FOLDER / name).read_text(), re.MULTILINE)) == len(used)

    @pytest.mark.parametrize("name", NAMES)
    def test_no_expression_stands_inside_a_script(self, name: str) -> None:
        scripts = [step["run"] for step in steps(name) if "run" in step]
        assert scripts
        assert not any("${{" in script for script in scripts)

    @pytest.mark.parametrize("name", NAMES)
    def test_checkouts_keep_no_credentials(self, name: str) -> None:
        options = [step["with"] for step in steps(name) if step.get("uses", "").startswith("actions/checkout@")]
        assert options
        assert all(option["persist-credentials"] is False for option in options)

    @pytest.mark.parametrize("name", OURS)
    def test_checkouts_have_the_whole_history(self, name: str) -> None:
        """The gate looks for merge bases, and the board says of each pair whether it was declared before there were figures."""
        options = [step["with"] for step in steps(name) if step.get("uses", "").startswith("actions/checkout@")]
        assert [(option["fetch-depth"], "filter" in option) for option in options] == [(0, False)] * len(options)

    @pytest.mark.parametrize("name", NAMES)
    def test_jobs_have_a_timeout_and_a_concurrency_group(self, name: str) -> None:
        workflow = load(name)
        assert workflow["concurrency"]["group"]
        assert all(0 < job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())

    @pytest.mark.parametrize("name", OURS)
    def test_the_top_of_the_file_says_why_it_is_safe(self, name: str) -> None:
        top = (FOLDER / name).read_text().split("\nname:")[0]
        assert all(line.startswith("#") for line in top.split("\n"))
        assert "Why it is safe" in top

    def test_the_check_of_requests_can_only_read(self) -> None:
        workflow = load("submission.yml")
        assert set(workflow["on"]) == {"pull_request"}
        assert workflow["permissions"] == {"contents": "read"}
        assert not any("permissions" in job for job in workflow["jobs"].values())
        text = "\n".join(line for line in (FOLDER / "submission.yml").read_text().split("\n") if not line.lstrip().startswith("#"))
        assert "secrets" not in text
        assert "token" not in text
        assert workflow["concurrency"]["cancel-in-progress"] is True
        # It reads caches and writes none.
        assert all("actions/cache/restore@" in step["uses"] for step in steps("submission.yml") if "actions/cache" in step.get("uses", ""))

    def test_the_check_of_requests_checks_out_the_base_alone(self) -> None:
        (checkout,) = [step for step in steps("submission.yml") if step.get("uses", "").startswith("actions/checkout@")]
        assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
        scripts = "\n".join(step["run"] for step in steps("submission.yml") if "run" in step)
        assert not re.search(r"\b(checkout|switch|worktree|restore|reset|merge|rebase|archive)\b", scripts)

    def test_only_the_last_step_of_the_board_can_write(self) -> None:
        workflow = load("board.yml")
        assert workflow["on"] == {"push": {"branches": ["main"]}}
        assert workflow["permissions"] == {}
        (job,) = workflow["jobs"].values()
        assert job["permissions"] == {"contents": "write"}
        assert workflow["concurrency"]["cancel-in-progress"] is False
        *others, last = job["steps"]
        assert "github.token" in str(last["env"])
        assert "token" not in str(others)
        assert "secrets" not in str(job)
        assert "boundarybench" not in last["run"]
        assert "pip" not in last["run"]

    def test_the_site_is_built_without_and_published_with_rights(self) -> None:
        workflow = load("site.yml")
        assert set(workflow["on"]) == {"workflow_run", "workflow_dispatch"}
        assert workflow["on"]["workflow_run"] == {"workflows": [load("board.yml")["name"]], "types": ["completed"], "branches": ["main"]}
        assert workflow["permissions"] == {}
        build, publish = workflow["jobs"].values()
        assert build["permissions"] == {"contents": "read"}
        assert publish["permissions"] == {"pages": "write", "id-token": "write"}
        assert publish["needs"] == "build"
        assert not any("run" in step for step in publish["steps"])
        (checkout,) = [step for step in build["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert checkout["with"]["ref"] == "main"
        text = (FOLDER / "site.yml").read_text()
        assert "secrets" not in text
        assert "github.token" not in text
        assert "download-artifact" not in text
        # It reads the cache of gold and writes none.
        assert all("actions/cache/restore@" in step["uses"] for step in build["steps"] if "actions/cache" in step.get("uses", ""))


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """The repository on the server, with main and its board."""
    main = make_main(tmp_path / "main")
    git(main, "config", "receive.denyCurrentBranch", "ignore")
    run_board(main, tmp_path / "first")
    return main


def run_board(origin: Path, folder: Path) -> str:
    runner = board(origin, folder)
    done = runner.run()
    assert done.returncode == 0, done.stderr
    return done.stdout


def board(origin: Path, folder: Path) -> Runner:
    return Runner("board.yml", folder, origin, {"github.server_url": "https://example.org", "github.token": TOKEN})


def request(origin: Path, folder: Path, changes: Changes) -> Runner:
    """A pull request with these changes, and the job that checks it."""
    head = commit(origin, changes)
    git(origin, "update-ref", "refs/pull/7/head", head)
    event = "github.event.pull_request"
    context = {f"{event}.number": "7", f"{event}.base.sha": git(origin, "rev-parse", "main"), f"{event}.head.sha": head}
    return Runner("submission.yml", folder, origin, context)


def page(origin: Path) -> str:
    return git(origin, "show", "main:leaderboard.md")


class TestARequest:
    def test_a_good_one_passes_and_its_row_is_shown(self, origin: Path, tmp_path: Path) -> None:
        runner = request(origin, tmp_path / "job", submission("new-system"))
        before = git(origin, "for-each-ref")
        done = runner.run()
        assert done.returncode == 0, done.stderr
        assert "| new-system |" in runner.summary.read_text()
        assert git(origin, "for-each-ref") == before
        assert git(runner.work, "status", "--porcelain", "--ignored") == ""
        assert git(runner.work, "rev-parse", "HEAD") == runner.context["github.event.pull_request.base.sha"]
        assert not (runner.work / "submissions/new-system").exists()

    def test_a_bad_one_fails_and_the_summary_says_why(self, origin: Path, tmp_path: Path) -> None:
        changes = {**submission("new-system"), "code.py": FILE, ".gitattributes": ("100644", b"* filter=evil\n")}
        runner = request(origin, tmp_path / "job", {**changes, "submissions/new-system/xtreme": ("120000", b"/etc")})
        done = runner.run()
        assert done.returncode == 1
        assert "`data-and-code`" in runner.summary.read_text()
        assert "`link`" in runner.summary.read_text()
        assert git(runner.work, "status", "--porcelain", "--ignored") == ""

    def test_one_of_code_alone_is_left_alone(self, origin: Path, tmp_path: Path) -> None:
        runner = request(origin, tmp_path / "job", {"code.py": FILE})
        assert runner.run().returncode == 0
        assert "no submission here" in runner.summary.read_text()

    def test_a_check_that_cannot_be_made_says_so(self, origin: Path, tmp_path: Path) -> None:
        runner = request(origin, tmp_path / "job", {**submission("new-system"), "submissions/new-system/masakhaner2/ewe.jsonl": FILE})
        assert runner.run().returncode == 2
        assert "could not be made" in runner.summary.read_text()

    def test_broken_objects_do_not_come_in(self, origin: Path, tmp_path: Path) -> None:
        """The fetch itself refuses what git would not write."""
        runner = request(origin, tmp_path / "job", {**submission("new-system"), "submissions/new-system/.git": FILE})
        assert runner.run().returncode not in (0, 1)
        assert runner.summary.read_text() == ""


class TestTheBoard:
    def test_a_merge_gets_its_row_in_one_commit(self, origin: Path, tmp_path: Path) -> None:
        git(origin, "update-ref", "refs/heads/main", commit(origin, submission("new-system")))
        merged = git(origin, "rev-parse", "main")
        run_board(origin, tmp_path / "job")
        assert "new-system" in page(origin)
        assert git(origin, "rev-parse", "main~1") == merged
        assert git(origin, "diff", "--name-only", "main~1", "main").split() == [
            "leaderboard.md",
            "results/board.json",
            "results/systems/new-system.json",
        ]

    def test_nothing_new_is_nothing_committed(self, origin: Path, tmp_path: Path) -> None:
        before = git(origin, "rev-parse", "main")
        assert "as it was" in run_board(origin, tmp_path / "job")
        assert git(origin, "rev-parse", "main") == before

    def test_figures_that_were_written_by_hand_do_not_stay(self, origin: Path, tmp_path: Path) -> None:
        """`results/` is never believed."""
        honest = git(origin, "show", "main:results/systems/example-typical-errors.json")
        assert '"exact":' in honest
        forged = re.sub(r'"bp75":0\.\d+', '"bp75":0.999', honest)
        assert forged != honest
        git(
            origin,
            "update-ref",
            "refs/heads/main",
            commit(origin, {"results/systems/example-typical-errors.json": ("100644", forged.encode() + b"\n")}),
        )
        run_board(origin, tmp_path / "job")
        assert git(origin, "show", "main:results/systems/example-typical-errors.json") == honest

    def test_a_submission_that_is_not_valid_leaves_the_board_as_it_was(self, origin: Path, tmp_path: Path) -> None:
        bad = commit(origin, {**submission("new-system"), "submissions/new-system/sample/sw.jsonl": FILE})
        git(origin, "update-ref", "refs/heads/main", bad)
        assert board(origin, tmp_path / "job").run().returncode == 1
        assert git(origin, "rev-parse", "main") == bad

    def test_two_merges_in_either_order_give_the_same_board(self, origin: Path, tmp_path: Path) -> None:
        start, pages = git(origin, "rev-parse", "main"), []
        for order in (("one-system", "two-systems"), ("two-systems", "one-system")):
            git(origin, "update-ref", "refs/heads/main", start)
            for name in order:
                git(origin, "update-ref", "refs/heads/main", commit(origin, submission(name)))
                run_board(origin, tmp_path / f"{order[0]}-{name}")
            pages.append((page(origin), git(origin, "rev-parse", "main:results")))
        assert "one-system" in pages[0][0]
        assert "two-systems" in pages[0][0]
        assert pages[0] == pages[1]

    def test_main_that_moved_meanwhile_is_rebased_on(self, origin: Path, tmp_path: Path) -> None:
        git(origin, "update-ref", "refs/heads/main", commit(origin, submission("one-system")))
        runner = board(origin, tmp_path / "job")
        assert runner.run(until="Commit and push what changed").returncode == 0
        git(origin, "update-ref", "refs/heads/main", commit(origin, submission("two-systems")))
        moved = git(origin, "rev-parse", "main")
        done = runner.run(after="Commit and push what changed")
        assert done.returncode == 0, done.stderr
        assert git(origin, "rev-parse", "main~1") == moved
        assert "one-system" in page(origin)
        # The run of the second push follows, and has both.
        run_board(origin, tmp_path / "next")
        assert "two-systems" in page(origin)

    def test_a_newer_board_is_left_to_its_own_run(self, origin: Path, tmp_path: Path) -> None:
        git(origin, "update-ref", "refs/heads/main", commit(origin, submission("one-system")))
        runner = board(origin, tmp_path / "job")
        assert runner.run(until="Commit and push what changed").returncode == 0
        newer = commit(origin, {"leaderboard.md": FILE, "results/board.json": FILE})
        git(origin, "update-ref", "refs/heads/main", newer)
        done = runner.run(after="Commit and push what changed")
        assert done.returncode == 0, done.stderr
        assert "a board of its own" in done.stdout
        assert git(origin, "rev-parse", "main") == newer

    def test_a_push_that_is_refused_fails_in_the_end(self, origin: Path, tmp_path: Path) -> None:
        git(origin, "update-ref", "refs/heads/main", commit(origin, submission("one-system")))
        hook = origin / ".git/hooks/pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\nexit 1\n")
        hook.chmod(0o755)
        done = board(origin, tmp_path / "job").run()
        assert done.returncode == 1
        assert "could not be pushed" in done.stderr
        assert TOKEN not in done.stdout + done.stderr


class TestTheSite:
    def test_it_is_built_from_main_and_the_folder_is_handed_over(self, origin: Path, tmp_path: Path) -> None:
        git(origin, "update-ref", "refs/heads/main", commit(origin, submission("one-system")))
        run_board(origin, tmp_path / "board")
        runner = Runner("site.yml", tmp_path / "job", origin, {})
        done = runner.run()
        assert done.returncode == 0, done.stderr
        (handed,) = [step["with"]["path"] for step in runner.steps if "upload-pages-artifact@" in step.get("uses", "")]
        assert "one-system" in (runner.work / handed / "index.html").read_text()
        assert (runner.work / handed / "system/one-system.html").exists()
