"""A stand-in for GitHub at the HTTP boundary: one repository, and the login of an app.

Written after GitHub's REST documentation (Git database, contents, users) and its description
of the web application flow. Hashes are those of Git, a change needs the hash of what it
replaces, and what GitHub refuses is refused: a bad token, a missing right, a code that was
used. Tests only; nothing here is GitHub.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import http.server
import json
import secrets
import threading
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["GitHubStandIn", "Reply", "github_stand_in"]


@dataclass(frozen=True)
class Reply:
    """An answer."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class GitHubStandIn:
    """The repository ``acme/website`` with the branch ``main``, and who may do what.

    Attributes:
        repository: owner/name.
        client_id: Of the app.
        client_secret: Of the app.
        links: Paths of files that are symbolic links.
        people: Token -> login and whether that person may push.
        asked: Method and path of each request of the API.
        commits: Hash -> message, author's login, parent, files; in order.
        url: Where it answers, without a slash at the end.
    """

    repository: str = "acme/website"
    branch: str = "main"
    client_id: str = "Iv1.0123456789abcdef"
    client_secret: str = "a client secret of tests"  # noqa: S105 - of nothing
    links: set[str] = field(default_factory=set)
    people: dict[str, tuple[str, bool]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    commits: dict[str, dict[str, Any]] = field(default_factory=dict)
    head: str = ""
    url: str = ""
    logs_in: str = ""
    _objects: dict[str, Any] = field(default_factory=dict)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def files(self) -> dict[str, bytes]:
        """What the branch holds now."""
        return dict(self.commits[self.head]["files"]) if self.head else {}

    def push(self, changes: Mapping[str, bytes | None], who: str = "somebody", message: str = "By hand") -> str:
        """Commit changes from outside, None removes a file; return the commit's hash."""
        with self._lock:
            return self._commit(changes, who, message)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request."""
        path, _, query = target.partition("?")
        asked = dict(urllib.parse.parse_qsl(query))
        if path == "/login/oauth/authorize":
            return self._authorize(asked)
        if path == "/login/oauth/access_token":
            return self._exchange(dict(urllib.parse.parse_qsl(body.decode())))
        with self._lock:
            self.asked.append((method, path))
            token = headers.get("authorization", "").removeprefix("Bearer ")
            if token not in self.people:
                return Reply(401, {"message": "Bad credentials"})
            return self._api(method, urllib.parse.unquote(path), asked, self.people[token], body)

    def _api(self, method: str, path: str, query: Mapping[str, str], who: tuple[str, bool], body: bytes) -> Reply:
        login, may_push = who
        if path == "/user":
            return Reply(200, {"login": login, "name": login.title()})
        base = f"/repos/{self.repository}"
        if path != base and not path.startswith(f"{base}/"):
            return Reply(404, {"message": "Not Found"})
        rest = path.removeprefix(base)
        if not rest:
            return Reply(200, {"full_name": self.repository, "permissions": {"pull": True, "push": may_push}})
        if rest.startswith("/contents/") and method in {"PUT", "DELETE"}:
            if not may_push:
                return Reply(403, {"message": "Must have push access to view or change this."})
            return self._change(method, rest.removeprefix("/contents/"), login, json.loads(body))
        found = self._read(rest, query) if method == "GET" else None
        return Reply(404, {"message": "Not Found"}) if found is None else Reply(200, found)

    def _read(self, rest: str, query: Mapping[str, str]) -> Any:
        match rest.split("/")[1:]:
            case ["git", "ref", "heads", *parts] if "/".join(parts) == self.branch:
                return {"ref": f"refs/heads/{self.branch}", "object": {"type": "commit", "sha": self.head}}
            case ["git", "commits", sha] if sha in self.commits:
                commit = self.commits[sha]
                return {"sha": sha, "tree": {"sha": commit["tree"]}, "parents": [{"sha": commit["parent"]}]}
            case ["git", "trees", sha] if isinstance(self._objects.get(sha), list):
                rows = self._recursive(sha, "") if query.get("recursive") else self._objects[sha]
                return {"sha": sha, "tree": rows, "truncated": False}
            case ["git", "blobs", sha] if isinstance(self._objects.get(sha), bytes):
                data = self._objects[sha]
                # GitHub breaks lines here.
                return {
                    "sha": sha,
                    "size": len(data),
                    "encoding": "base64",
                    "content": binascii.b2a_base64(data).decode(),
                }
        return None

    def _change(self, method: str, path: str, login: str, sent: Mapping[str, Any]) -> Reply:
        there = self.files.get(path)
        known = _hash("blob", there) if there is not None else None
        if sent.get("branch") != self.branch or not sent.get("message"):
            return Reply(422, {"message": "Invalid request."})
        if known and "sha" not in sent:
            return Reply(422, {"message": '"sha" is missing.'})
        if "sha" in sent and sent["sha"] != known:
            return Reply(409, {"message": f"{path} does not match {sent['sha']}"})
        parent = self.head
        data = base64.b64decode(sent["content"]) if method == "PUT" else None
        commit = self._commit({path: data}, login, sent["message"])
        content = None if data is None else {"path": path, "sha": _hash("blob", data)}
        return Reply(200, {"content": content, "commit": {"sha": commit, "parents": [{"sha": parent}]}})

    def _commit(self, changes: Mapping[str, bytes | None], who: str, message: str) -> str:
        files = {path: data for path, data in {**self.files, **changes}.items() if data is not None}
        tree = self._tree(files)
        sha = _hash("commit", f"{tree}{self.head}{who}{message}{len(self.commits)}".encode())
        self.commits[sha] = {"tree": tree, "parent": self.head, "files": files, "who": who, "message": message}
        self.head = sha
        return sha

    def _tree(self, files: Mapping[str, bytes], prefix: str = "") -> str:
        below: dict[str, dict[str, bytes]] = {}
        rows: list[dict[str, Any]] = []
        for path, data in files.items():
            name, slash, rest = path.partition("/")
            if slash:
                below.setdefault(name, {})[rest] = data
            else:
                sha = _hash("blob", data)
                self._objects[sha] = data
                mode = "120000" if f"{prefix}{name}" in self.links else "100644"
                rows.append({"path": name, "mode": mode, "type": "blob", "sha": sha, "size": len(data)})
        rows += [
            {"path": name, "mode": "040000", "type": "tree", "sha": self._tree(inner, f"{prefix}{name}/")}
            for name, inner in below.items()
        ]
        rows.sort(key=lambda row: str(row["path"]))
        packed = b"".join(
            f"{row['mode'].lstrip('0')} {row['path']}\0".encode() + bytes.fromhex(row["sha"]) for row in rows
        )
        sha = _hash("tree", packed)
        self._objects[sha] = rows
        return sha

    def _recursive(self, sha: str, prefix: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for row in self._objects[sha]:
            found.append({**row, "path": prefix + row["path"]})
            if row["type"] == "tree":
                found += self._recursive(row["sha"], f"{prefix}{row['path']}/")
        return found

    def _authorize(self, query: Mapping[str, str]) -> Reply:
        code = secrets.token_hex(10)
        self._codes[code] = dict(query)
        back = urllib.parse.urlencode({"code": code, "state": query["state"]})
        return Reply(302, headers={"location": f"{query['redirect_uri']}?{back}"})

    def _exchange(self, fields: Mapping[str, str]) -> Reply:
        began = self._codes.pop(fields.get("code", ""), None)
        if (fields.get("client_id"), fields.get("client_secret")) != (self.client_id, self.client_secret):
            return Reply(200, {"error": "incorrect_client_credentials"})
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not began or began["code_challenge"] != challenge or began["redirect_uri"] != fields.get("redirect_uri"):
            return Reply(200, {"error": "bad_verification_code"})
        return Reply(200, {"access_token": self.logs_in, "scope": began.get("scope", ""), "token_type": "bearer"})


@contextlib.contextmanager
def github_stand_in(**given: Any) -> Iterator[GitHubStandIn]:
    """Run a stand-in on a free loopback port."""
    github = GitHubStandIn(**given)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = github.answer(self.command, self.path, headers, body)
            data = b"" if reply.body is None else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"content-type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = _reply  # noqa: N815  names of http.server

        def log_message(self, *_: object) -> None:
            return None

    class Quiet(http.server.ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """A browser may close a connection that it no longer needs."""

    server = Quiet(("127.0.0.1", 0), Handler)
    github.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _hash(kind: str, data: bytes) -> str:
    return hashlib.sha1(f"{kind} {len(data)}\0".encode() + data, usedforsecurity=False).hexdigest()
