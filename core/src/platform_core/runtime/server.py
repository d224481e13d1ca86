"""The server of a release: an immutable version of the site's Lambda function.

    server/<release>.zip      the code, below no prefix that CloudFront may read
    key <release>/server      {"o": host, "k": token, "t": seconds, "a": [], "f": [], "v": []}

The function's address is open, because CloudFront can't sign requests with a body for
Lambda. So each release has a token. The key value store holds it, the viewer function
sends it, and the code, which knows its SHA-256 only, refuses every request without it.

What is made for a release is never changed. A publisher that died at any point is
followed by one that finds what is there and makes the rest.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import secrets
import ssl
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from platform_core.runtime.release import PublishError
from platform_core.runtime.store import Change, Store

__all__ = [
    "GUARD",
    "Code",
    "Server",
    "deploy_server",
    "missing_server",
    "read_server",
    "remove_server",
    "sweep_versions",
    "write_zip",
]

GUARD = Path(__file__).parent / "guard" / "_platform.mjs"
"""What stands before the site's own code, and answers until there is any."""

# Not "_platform.json": a loader that tries endings must find the module first.
_SETTINGS = "_platform-release.json"
_MAX_BYTES = 250 * 1024 * 1024
_MAX_KEY_BYTES = 1_024
_MAX_TRIES = 8
_READY_SECONDS = 60.0
_HEADER = re.compile(r"[a-z0-9-]{1,64}")
_MISSING = frozenset({"ResourceNotFoundException"})
_THERE = frozenset({"ResourceConflictException"})
# Another publisher was faster, or the change before this one is still under way.
_BUSY = frozenset({"ResourceConflictException", "PreconditionFailedException", "InvalidParameterValueException"})


@dataclass(frozen=True, slots=True)
class Server:
    """What a build left for the server; `platform_core.contributions.ServerBundle` says what each means."""

    folder: Path
    handler: str
    runtime: str
    memory: int
    timeout: int
    environment: Mapping[str, str] = field(default_factory=dict)
    assets: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    vary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A server whose files were read.

    Attributes:
        files: Path in the function's folder -> the file.
        digest: Of everything that decides what the server does.
    """

    server: Server
    files: Mapping[str, Path]
    digest: str


def read_server(server: Server) -> Code:
    """Read the files of a server.

    Raises:
        PublishError: They can't become a function; every problem is named.
    """
    problems: list[tuple[str, str]] = []
    files = dict(_files(server.folder, problems))
    problems += _faults(server, files)
    if problems:
        raise PublishError("bad-server", f"{server.folder} can't become a server", problems=problems)
    settings = [server.handler, server.runtime, server.memory, server.timeout, sorted(server.environment.items())]
    routing = [server.assets, server.routes, server.vary]
    rows = [[path, _sha256(file), os.access(file, os.X_OK)] for path, file in sorted(files.items())]
    data = json.dumps([settings, routing, rows, _sha256(GUARD)], separators=(",", ":"))
    return Code(server, files, hashlib.sha256(data.encode()).hexdigest())


def deploy_server(store: Store, release: str, code: Code) -> None:
    """Make the server of a release, unless it is there; it answers when this returns.

    Raises:
        PublishError: It does not start.
    """
    key = f"{release}/server"
    token = _token(store, key)
    if json.loads(store.key(key) or "{}").get("o"):
        return
    alias = _alias(release)
    if _answer(store.functions.get_alias, FunctionName=store.function, Name=alias) is None:
        version = _publish_version(store, release, code, token)
        _make(store.functions.create_alias, FunctionName=store.function, Name=alias, FunctionVersion=version)
    host = _open_address(store, alias)
    _wait_until_ready(store, host, token, release)
    value = _key_value(code.server, host, token)
    store.change(lambda: Change({key: value}))


def missing_server(store: Store, release: str) -> str:
    """Say what the server of a release lacks; empty when it is whole."""
    if not store.function:
        return "the site's stack has no server any more"
    if not json.loads(store.key(f"{release}/server") or "{}").get("o"):
        return "its address is not known"
    if _answer(store.functions.get_alias, FunctionName=store.function, Name=_alias(release)) is None:
        return "its version of the function is gone"
    return ""


def remove_server(store: Store, release: str) -> None:
    """Remove what was made for a release; what is gone already does not matter."""
    functions, alias = store.functions, _alias(release)
    found = _answer(functions.get_alias, FunctionName=store.function, Name=alias)
    if found is not None:
        _answer(functions.delete_function_url_config, FunctionName=store.function, Qualifier=alias)
        _answer(functions.delete_alias, FunctionName=store.function, Name=alias)
        _delete_version(store, found["FunctionVersion"])
    store.remove([_zip_key(release)])


def sweep_versions(store: Store, deadline: float) -> None:
    """Remove versions without a release: of publishers that died before they named them."""
    functions = store.functions
    aliases = functions.get_paginator("list_aliases").paginate(FunctionName=store.function)
    used = {row["FunctionVersion"] for page in aliases for row in page["Aliases"]}
    versions = functions.get_paginator("list_versions_by_function").paginate(FunctionName=store.function)
    for row in [row for page in versions for row in page["Versions"]]:
        if row["Version"] not in used | {"$LATEST"} and _seconds(row["LastModified"]) < deadline:
            _delete_version(store, row["Version"])


def _delete_version(store: Store, version: str) -> None:
    # Named twice: rights on versions alone are checked against the name.
    name = f"{store.function}:{version}"
    _answer(store.functions.delete_function, FunctionName=name, Qualifier=version)


# -- reading --


def _files(folder: Path, problems: list[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
    try:
        root = folder.resolve(strict=True)
        for parent, names, files in os.walk(root):
            names.sort()
            for name in sorted([*files, *(entry for entry in names if Path(parent, entry).is_symlink())]):
                path = Path(parent, name)
                shown = path.relative_to(root).as_posix()
                real = path.resolve()
                if not real.is_relative_to(root):
                    problems.append((shown, "is a link that leaves the folder"))
                elif path.is_symlink() and real.is_dir():
                    yield from _linked(shown, real, problems)
                elif not real.is_file():
                    problems.append((shown, "is no file"))
                else:
                    yield shown, real
    except OSError as error:
        problems.append((str(folder), f"can't be read: {error}"))


def _linked(shown: str, folder: Path, problems: list[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
    """Yield the plain files of a folder that a link inside the server leads to."""
    for file in sorted(folder.rglob("*")):
        path = f"{shown}/{file.relative_to(folder).as_posix()}"
        if file.is_symlink():
            problems.append((path, "is a link in a folder that is linked itself"))
        elif file.is_file():
            yield path, file


def _faults(server: Server, files: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    module = server.handler.rpartition(".")[0]
    if not any(f"{module}{ending}" in files for ending in (".mjs", ".js", ".cjs")):
        yield server.handler, f"there is no {module}.mjs, .js or .cjs"
    for name in (GUARD.name, _SETTINGS):
        if name in files:
            yield name, "is a name that the platform uses itself"
    size = sum(file.stat().st_size for file in files.values())
    if size > _MAX_BYTES:
        yield "size", f"{size / 2**20:.0f} MB, and Lambda takes {_MAX_BYTES // 2**20}"
    for beginning in (*server.assets, *server.routes):
        if not beginning.startswith("/"):
            yield beginning, "a path begins with a slash"
    for name in server.vary:
        if not _HEADER.fullmatch(name):
            yield name, "is no header's name in lower case"
    if not 1 <= server.timeout <= 60:
        yield "timeout", f"{server.timeout} seconds, and CloudFront waits for 1 to 60"
    if len(_key_value(server, "x" * 80, "x" * 48).encode()) > _MAX_KEY_BYTES:
        yield "routing", "assets, routes and vary do not fit into 1 KB together"


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


# -- making --


def _alias(release: str) -> str:
    return f"r-{release}"


def _zip_key(release: str) -> str:
    return f"server/{release}.zip"


def _key_value(server: Server, host: str, token: str) -> str:
    value = {
        "o": host,
        "k": token,
        "t": server.timeout,
        "a": list(server.assets),
        "f": list(server.routes),
        "v": list(server.vary),
    }
    return json.dumps(value, separators=(",", ":"))


def _token(store: Store, key: str) -> str:
    """Return the token of a release: kept before anything is made that knows its hash."""
    token = ""

    def decide() -> Change | None:
        nonlocal token
        known = json.loads(store.key(key) or "{}").get("k")
        token = known or secrets.token_hex(24)
        return None if known else Change({key: json.dumps({"k": token})})

    store.change(decide)
    return token


def _publish_version(store: Store, release: str, code: Code, token: str) -> str:
    """Upload the code and return the version of the function that consists of it."""
    with tempfile.TemporaryFile() as bundle:
        write_zip(bundle, release, code, token)
        bundle.seek(0)
        digest = base64.b64encode(hashlib.file_digest(bundle, "sha256").digest()).decode()
        bundle.seek(0)
        key = _zip_key(release)
        store.s3.put_object(Bucket=store.bucket, Key=key, Body=bundle, ChecksumSHA256=digest)

    def attempt() -> str | None:
        functions = store.functions
        functions.update_function_code(FunctionName=store.function, S3Bucket=store.bucket, S3Key=key, Publish=False)
        _wait_for_update(store)
        # Refused when another publisher has put other code there in between.
        made = functions.publish_version(FunctionName=store.function, CodeSha256=digest, Description=release)
        return str(made["Version"]) if made["CodeSha256"] == digest else None

    for number in range(_MAX_TRIES):
        try:
            if version := attempt():
                return version
        except ClientError as error:
            if _code(error) not in _BUSY or number == _MAX_TRIES - 1:
                raise
        time.sleep(min(0.1 * 2**number, 5))
    raise PublishError("server-busy", "other publishers change the function all the time", hint="Try again later.")


def write_zip(target: IO[bytes], release: str, code: Code, token: str) -> None:
    """Write what Lambda gets: the site's code, the guard before it, and what the guard has to know."""
    settings = {
        "release": release,
        "handler": code.server.handler,
        "environment": dict(sorted(code.server.environment.items())),
        "token": hashlib.sha256(token.encode()).hexdigest(),
    }
    rows: dict[str, Path | bytes] = {**code.files, GUARD.name: GUARD, _SETTINGS: json.dumps(settings).encode()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        for path, source in sorted(rows.items()):
            # The same files give the same bytes: no times, and only one bit of the mode.
            row = zipfile.ZipInfo(path)
            row.compress_type = zipfile.ZIP_DEFLATED
            executable = isinstance(source, Path) and os.access(source, os.X_OK)
            row.external_attr = (0o100755 if executable else 0o100644) << 16
            bundle.writestr(row, source.read_bytes() if isinstance(source, Path) else source)


def _wait_for_update(store: Store) -> None:
    def state() -> str:
        return str(store.functions.get_function_configuration(FunctionName=store.function).get("LastUpdateStatus"))

    if not _wait(lambda: state() != "InProgress"):
        raise PublishError("server-busy", "Lambda does not finish the update of the function", hint="Try again later.")


def _open_address(store: Store, alias: str) -> str:
    """Give an alias its address, which anybody may call, and return the host."""
    functions, name = store.functions, store.function
    made = _make(functions.create_function_url_config, FunctionName=name, Qualifier=alias, AuthType="NONE")
    if made is None:
        made = functions.get_function_url_config(FunctionName=name, Qualifier=alias)
    common = {"FunctionName": name, "Qualifier": alias, "Principal": "*"}
    _make(
        functions.add_permission,
        **common,
        StatementId="Address",
        Action="lambda:InvokeFunctionUrl",
        FunctionUrlAuthType="NONE",
    )
    _make(
        functions.add_permission,
        **common,
        StatementId="Function",
        Action="lambda:InvokeFunction",
        InvokedViaFunctionUrl=True,
    )
    return str(urlsplit(made["FunctionUrl"]).hostname)


def _wait_until_ready(store: Store, host: str, token: str, release: str) -> None:
    """Ask the server whether its code has loaded; a new address takes a moment to answer."""
    base = f"{store.endpoint}/_aws/lambda-url/{host.partition('.')[0]}" if store.endpoint else f"https://{host}"
    # The address is Lambda's own, or that of an embedded AWS.
    request = urllib.request.Request(f"{base}/_platform/ready", headers={"x-platform-token": token})  # noqa: S310
    context = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE") or None)
    said = ""

    def is_ready() -> bool:
        nonlocal said
        try:
            with urllib.request.urlopen(request, timeout=30, context=context) as answer:  # noqa: S310
                said = answer.read(4096).decode("utf-8", "replace").strip()
                return bool(said == release)
        except urllib.error.HTTPError as error:
            with error:
                said = f"{error.code} {error.read(4096).decode('utf-8', 'replace').strip()}"
            # The guard answered: the code can't be loaded, and waiting does not mend it.
            return error.code == 500
        except OSError as error:
            said = str(error)
            return False

    _wait(is_ready)
    if said != release:
        raise PublishError("server-not-ready", f"the server of release {release} does not start", why=said)


def _wait(condition: Callable[[], bool], seconds: float = _READY_SECONDS) -> bool:
    deadline, pause = time.monotonic() + seconds, 0.05
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 2.0)
    return True


def _make(call: Callable[..., Any], **parameters: Any) -> Any:
    """Call; None when it is there already."""
    return _unless(_THERE, call, parameters)


def _answer(call: Callable[..., Any], **parameters: Any) -> Any:
    """Call; None when it is not there."""
    return _unless(_MISSING, call, parameters)


def _unless(codes: frozenset[str], call: Callable[..., Any], parameters: Mapping[str, Any]) -> Any:
    try:
        return call(**parameters)
    except ClientError as error:
        if _code(error) in codes:
            return None
        raise


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _seconds(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()
