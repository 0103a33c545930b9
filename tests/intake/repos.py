"""Repositories made for a test: a main with the example submissions, and pull requests written object by object."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": str(Path(__file__).with_name("no-such-file")),
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "n"), ("EMAIL", "n@example.org"))},
}

#: A path of the request to (mode, bytes), or to (mode, name of an object); None deletes it.
Changes = dict[str | bytes, tuple[str, bytes | str] | None]


def git(repo: Path, *arguments: str | bytes, data: bytes | None = None) -> str:
    done = subprocess.run(["git", "-C", str(repo), *arguments], input=data, capture_output=True, check=False, env=ENVIRONMENT)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode(errors="surrogateescape").strip()


def make_main(repo: Path, *, only: str = "example-*") -> Path:
    """A repository whose branch main holds the example submissions and the board."""
    repo.mkdir()
    git(repo, "init", "-q", "-b", "main", ".")
    (repo / "submissions").mkdir()
    for folder in sorted((ROOT / "submissions").glob(only)):
        shutil.copytree(folder, repo / "submissions" / folder.name)
    (repo / "submissions" / "README.md").write_text("How to submit.\n")
    (repo / "code.py").write_text("pass\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "main")
    return repo


def blob(repo: Path, data: bytes) -> str:
    return git(repo, "hash-object", "-w", "--stdin", "--no-filters", data=data)


def commit(repo: Path, changes: Changes, parent: str = "main", *parents: str) -> str:
    """A commit on `parent` with these changes, made without a work tree: any name and any mode."""
    old = {path: entry for entry, path in _listed(repo, parent)}
    for name, change in changes.items():
        path = name.encode() if isinstance(name, str) else name
        if change is None:
            assert any(key == path or key.startswith(path + b"/") for key in old), path
            old = {key: entry for key, entry in old.items() if key != path and not key.startswith(path + b"/")}
        else:
            mode, data = change
            # A link or a file in the place of a folder takes its place.
            old = {key: entry for key, entry in old.items() if not key.startswith(path + b"/")}
            old[path] = (mode, data if isinstance(data, str) else blob(repo, data))
    return commit_tree(repo, write_tree(repo, old), parent, *parents)


def commit_tree(repo: Path, tree: str, *parents: str) -> str:
    return git(repo, "commit-tree", tree, "-m", "request", *(part for parent in parents for part in ("-p", parent)))


def _listed(repo: Path, revision: str) -> list[tuple[tuple[str, str], bytes]]:
    done = subprocess.run(["git", "-C", str(repo), "ls-tree", "-r", "-z", revision], capture_output=True, check=True, env=ENVIRONMENT)
    rows = [line.split(b"\t", 1) for line in done.stdout.split(b"\0") if line]
    return [((head.split()[0].decode(), head.split()[2].decode()), path) for head, path in rows]


def write_tree(repo: Path, files: dict[bytes, tuple[str, str]]) -> str:
    """A tree written byte by byte: git would refuse some of these names."""
    here: list[tuple[bytes, str, str]] = []
    folders: dict[bytes, dict[bytes, tuple[str, str]]] = {}
    for path, (mode, name) in files.items():
        first, slash, rest = path.partition(b"/")
        if slash:
            folders.setdefault(first, {})[rest] = (mode, name)
        else:
            here.append((path, mode, name))
    here += [(name, "40000", write_tree(repo, below)) for name, below in folders.items()]
    here.sort(key=lambda entry: entry[0] + (b"/" if entry[1] == "40000" else b""))
    return raw_tree(repo, here)


def raw_tree(repo: Path, entries: list[tuple[bytes, str, str]]) -> str:
    data = b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(object_id) for name, mode, object_id in entries)
    return git(repo, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", data=data)


def submission(name: str, copy_of: str = "example-typical-errors") -> Changes:
    """A new folder that is a copy of an example, under its own name."""
    folder = ROOT / "submissions" / copy_of
    changes: Changes = {}
    for path in sorted(file for file in folder.rglob("*") if file.is_file()):
        data = path.read_bytes()
        if path.name == "system.json":
            data = data.replace(copy_of.encode(), name.encode())
        changes[f"submissions/{name}/{path.relative_to(folder).as_posix()}"] = ("100644", data)
    return changes


def state(repo: Path) -> dict[str, str]:
    """Everything that a check may not touch: files, index, refs, work tree."""
    files = {str(path.relative_to(repo)): str(path.lstat().st_mtime_ns) for path in repo.rglob("*") if ".git" not in path.parts}
    asked = {"status": ("status", "--porcelain", "--ignored"), "refs": ("for-each-ref",), "head": ("rev-parse", "HEAD")}
    return {**files, **{name: git(repo, *arguments) for name, arguments in asked.items()}}
