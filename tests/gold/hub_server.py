"""A hub on the loopback: the few endpoints that `datasets` asks for, answered from memory; every request is written down.

It is its clients' proxy too, so that a request to any other host shows up here instead of leaving the machine.
"""

import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

Sentence = tuple[Sequence[str], Sequence[str]]  # tokens and tags
Repositories = Mapping[str, Mapping[str, bytes]]  # owner/name@revision -> path -> content


class Hub:
    """`with Hub(repositories) as hub:` serves until the block ends; `hub.asked` lists what was asked, as "GET /datasets/..."."""

    def __init__(self, repositories: Repositories) -> None:
        self.asked: list[str] = []
        handler = type("Handler", (_Handler,), {"repositories": repositories, "asked": self.asked})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Hub":
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def parquet(sentences: Iterable[Sentence], labels: Sequence[str] | None) -> bytes:
    """`sentences` as the hub stores them: tags are numbers and the schema names them; plain strings where `labels` is None.

    What is no label (-1, None) stays what it is.
    """
    tokens, tags = map(list, zip(*sentences, strict=True))
    numbers = [[labels.index(tag) if tag in labels else tag for tag in sentence] for sentence in tags] if labels else tags
    table = pa.table({"tokens": tokens, "ner_tags": numbers})
    if labels:
        features = {
            "tokens": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "Sequence"},
            "ner_tags": {"feature": {"names": list(labels), "_type": "ClassLabel"}, "_type": "Sequence"},
        }
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def card(configs: Mapping[str, Sequence[str]]) -> bytes:
    """A README.md that names configurations and their splits; each has a folder."""
    lines = ["---", "configs:"]
    for name, splits in configs.items():
        lines += [f"- config_name: {name}", "  data_files:"]
        lines += [line for split in splits for line in (f"  - split: {split}", f"    path: {name}/{split}-*")]
    return "\n".join([*lines, "---", ""]).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    repositories: Repositories
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlsplit(self.path)
        found = re.fullmatch(r"/(?:api/)?datasets/([^/]+/[^/]+)(?:/(resolve|revision|tree|paths-info)/([^/]+)/?(.*))?", url.path)
        repository, action, revision, path = (unquote(part or "") for part in found.groups()) if found else [""] * 4
        wanted = {f"{repository}@{revision or 'main'}", revision}  # a commit is the hash of all that
        name = next((name for name in self.repositories if not wanted.isdisjoint((name, _digest(name.encode())))), None)
        if name is None:
            self._answer(404, b"", {"X-Error-Code": "RepoNotFound"})
            return
        files, commit = self.repositories[name], {"X-Repo-Commit": _digest(name.encode())}
        if action == "resolve" and path in files:
            self._answer(200, files[path], commit | {"ETag": f'"{_digest(files[path])}"'})
        elif action == "resolve":
            self._answer(404, b"", commit | {"X-Error-Code": "EntryNotFound"})
        elif action == "tree":
            deep = parse_qs(url.query).get("recursive") == ["true"]
            inside = [entry for entry in _entries(files) if entry["path"].startswith(f"{path}/" if path else "")]
            depth = path.count("/") + 1 if path else 0
            self._json([entry for entry in inside if deep or entry["path"].count("/") == depth])
        elif action == "paths-info":
            paths = json.loads(body)["paths"] if body.startswith(b"{") else parse_qs(body.decode())["paths"]
            self._json([entry for entry in _entries(files) if entry["path"] in paths])
        else:
            siblings = [{"rfilename": path} for path in files]
            self._json(
                {"id": repository, "sha": commit["X-Repo-Commit"], "private": False, "tags": [], "downloads": 0, "siblings": siblings}
            )

    do_HEAD = do_POST = do_CONNECT = do_GET

    def _json(self, value: object) -> None:
        self._answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests read `asked`."""


def _entries(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """What the hub lists: every folder and every file."""
    folders = {str(folder) for name in files for folder in PurePosixPath(name).parents} - {"."}
    return [{"type": "directory", "path": name, "oid": _digest(name.encode()), "size": 0} for name in sorted(folders)] + [
        {"type": "file", "path": name, "oid": _digest(content), "size": len(content)} for name, content in files.items()
    ]


def _digest(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()
