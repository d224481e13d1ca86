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
import secrets
import ssl
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from platform_core.runtime.release import PublishError
from platform_core.runtime.server_code import Code, key_value, write_zip
from platform_core.runtime.store import Change, Store

__all__ = ["deploy_server", "missing_server", "remove_server", "sweep_versions"]

_MAX_TRIES = 8
_READY_SECONDS = 60.0
_MISSING = frozenset({"ResourceNotFoundException"})
_THERE = frozenset({"ResourceConflictException"})
# Another publisher was faster, or the change before this one is still under way.
_BUSY = frozenset({"ResourceConflictException", "PreconditionFailedException", "InvalidParameterValueException"})


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
    value = key_value(code.server, host, token)
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


def _alias(release: str) -> str:
    return f"r-{release}"


def _zip_key(release: str) -> str:
    return f"server/{release}.zip"


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
