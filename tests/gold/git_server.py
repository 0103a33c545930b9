"""A server of repositories' files on the loopback, answered from memory, that can misbehave; every request is written down."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

PAGE = b"\n<!DOCTYPE html>\n<html><title>Sign in</title></html>\n"


class GitServer:
    """`with GitServer({"/<revision>/<lang>/test.txt": content}) as server:` serves until the block ends.

    Attributes:
        files: what is served; may change meanwhile.
        behaviour: by path, what happens in place of an answer: `cut` (half of the file), `silent` (no answer), `stalls` (half of
            the file, then silence), `page` (a redirect to a web page), a status code, or `flaky` (503, once).
        asked: the paths that were asked for.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.behaviour: dict[str, str] = {"/login": "login"}
        self.asked: list[str] = []
        self.closing = Event()
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "GitServer":
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: GitServer

    def do_GET(self) -> None:
        owner, content = self.owner, self.owner.files.get(self.path)
        owner.asked.append(self.path)
        how = owner.behaviour.get(self.path, "")
        if how == "silent":
            owner.closing.wait(10)
        elif how == "page":
            self._answer(302, b"", {"Location": f"{owner.url}/login"})
        elif how == "login":
            self._answer(200, PAGE)
        elif how == "flaky":
            del owner.behaviour[self.path]
            self._answer(503, b"")
        elif how.isdigit():
            self._answer(int(how), b"")
        elif content is None:
            self._answer(404, b"")
        else:
            self._answer(200, content, kept_back=len(content) // 2 if how in ("cut", "stalls") else 0)
            if how == "stalls":
                self.wfile.flush()
                owner.closing.wait(10)

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None, kept_back: int = 0) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) - kept_back])

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests read `asked`."""
