"""Where releases live: one bucket and one CloudFront KeyValueStore. Needs boto3 with its CRT.

The data API of a KeyValueStore takes SigV4A signatures only, which botocore makes with
``awscrt``; that is why core depends on ``boto3[crt]`` and not on ``boto3``.

A KeyValueStore has one version for all its keys. A write names the version that it was
decided on and is refused when somebody else wrote since: what `Store.change` decides
on is therefore still true at the moment it is written.
"""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import boto3
from botocore.compat import HAS_CRT
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from platform_core.runtime.release import Object, PublishError

__all__ = ["WORKERS", "Change", "Pointer", "Store", "Stored", "connect", "in_parallel", "output_changed", "reported"]

WORKERS = 16
# Quotas of a KeyValueStore. Fifty keys of 512 + 1,024 bytes stay far below the 3 MB
# that one update may have, so the number of keys is the only limit to watch.
_MAX_KEYS = 50
_MAX_BYTES = 5 * 1024 * 1024
_MAX_TRIES = 10
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_DENIED = frozenset({"403", "AccessDenied", "AccessDeniedException"})
_OTHER_BYTES = frozenset({"BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch"})
_T = TypeVar("_T")
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as the bucket lists it."""

    size: int
    etag: str
    modified: float


@dataclass(frozen=True, slots=True)
class Change:
    """Keys to write and keys to remove, at once."""

    puts: Mapping[str, str] = field(default_factory=dict)
    deletes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a host's key says.

    Attributes:
        release: The live one.
        previous: The one that was live before; empty when there was none.
        started: When the source of the live one was read, in milliseconds.
    """

    release: str
    previous: str = ""
    started: int = 0

    @classmethod
    def parse(cls, text: str | None) -> Pointer | None:
        """Read a key's value; None when it is no pointer."""
        try:
            found = json.loads(text or "")
            return cls(str(found["r"]), str(found.get("p", "")), int(found.get("t", 0)))
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def value(self, base: str) -> str:
        """Return *base*, which `pointer_value` made, with what only publishers read."""
        return json.dumps({**json.loads(base), "p": self.previous, "t": self.started}, separators=(",", ":"))


@dataclass(frozen=True)
class Store:
    """The bucket and the key value store of a site, and one of its hosts.

    The bucket encrypts with S3's own keys, as ours does: then an ETag is the MD5 of the
    bytes, and one listing tells of every object whether it is the right one.

    Attributes:
        preview: The host is not the distribution's own, whose 404 page all hosts show.
        function: The name of the function that renders; empty for a site without a server.
        functions: Lambda's client.
        endpoint: The address of an embedded AWS.
    """

    bucket: str
    store_arn: str
    host: str
    s3: Any
    kvs: Any
    preview: bool = False
    function: str = ""
    functions: Any = None
    endpoint: str = ""

    # -- objects --

    def objects(self, prefix: str) -> dict[str, Stored]:
        """Return what the bucket holds below *prefix*; keys without it."""
        found = {}
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for row in page.get("Contents", ()):
                etag = row["ETag"].strip('"')
                found[row["Key"][len(prefix) :]] = Stored(row["Size"], etag, row["LastModified"].timestamp())
        return found

    def folders(self, prefix: str) -> tuple[str, ...]:
        """Return the names directly below *prefix* that have something below them."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/")
        return tuple(row["Prefix"][len(prefix) : -1] for page in pages for row in page.get("CommonPrefixes", ()))

    def read(self, key: str) -> bytes | None:
        """Return the bytes of an object; None when there is none."""
        try:
            return bytes(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        except ClientError as error:
            if self._is_gone(error, key):
                return None
            raise

    def etag(self, key: str) -> str | None:
        """Return the ETag of an object; None when there is none."""
        # Not by HEAD: that answers 403 for what is missing, when a role may list some prefixes only.
        for row in self.s3.list_objects_v2(Bucket=self.bucket, Prefix=key, MaxKeys=1).get("Contents", ()):
            if row["Key"] == key:
                return str(row["ETag"]).strip('"')
        return None

    def upload(self, key: str, item: Object, file: Path) -> None:
        """Put one object.

        Raises:
            PublishError: The bytes are not those that were scanned.
        """
        headers: Any = {
            "ContentType": item.content_type,
            "CacheControl": item.cache_control,
            "ChecksumSHA256": base64.b64encode(bytes.fromhex(item.sha256)).decode(),
        }
        try:
            if item.content is not None:
                self.s3.put_object(Bucket=self.bucket, Key=key, Body=item.content, **headers)
                return
            with file.open("rb") as body:
                self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **headers)
        except OSError as error:
            raise output_changed([(item.path, f"can't be read any more: {error}")]) from None
        except ClientError as error:
            if _code(error) not in _OTHER_BYTES:
                raise
            raise output_changed([(item.path, "changed while it was published")]) from None

    def copy(self, source: str, key: str, item: Object, *, cache_control: str = "") -> bool:
        """Copy an object inside the bucket; False when the source is gone or is another.

        Args:
            source: A key that should hold *item*.
            key: The new key.
            item: What is copied.
            cache_control: In place of the item's own.
        """
        headers: Any = {}
        if cache_control:
            headers = {
                "MetadataDirective": "REPLACE",
                "ContentType": item.content_type,
                "CacheControl": cache_control,
            }
        try:
            self.s3.copy_object(
                Bucket=self.bucket,
                Key=key,
                CopySource={"Bucket": self.bucket, "Key": source},
                CopySourceIfMatch=f'"{item.md5}"',
                **headers,
            )
        except ClientError as error:
            if _code(error) == "PreconditionFailed" or self._is_gone(error, source):
                return False
            raise
        return True

    def _is_gone(self, error: ClientError, key: str) -> bool:
        code = _code(error)
        return code in _MISSING or (code in _DENIED and self.etag(key) is None)

    def write(self, key: str, data: bytes) -> None:
        """Put a JSON document."""
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType="application/json")

    def remove(self, keys: Iterable[str]) -> None:
        """Delete objects, a thousand at a time; missing ones don't matter."""
        rows = [{"Key": key} for key in keys]
        for start in range(0, len(rows), 1000):
            batch: Any = {"Objects": rows[start : start + 1000], "Quiet": True}
            failed = self.s3.delete_objects(Bucket=self.bucket, Delete=batch).get("Errors", [])
            if failed:
                problems = [(row.get("Key", ""), row.get("Message", "")) for row in failed]
                raise PublishError("not-deleted", f"{len(failed)} objects can't be deleted", problems=problems)

    # -- keys --

    def pointer(self) -> Pointer | None:
        """Return which release is live for the host; None when none is."""
        return Pointer.parse(self.key(self.host))

    def key(self, name: str) -> str | None:
        """Return the value of one key; None when there is none."""
        try:
            return str(self.kvs.get_key(KvsARN=self.store_arn, Key=name)["Value"])
        except self.kvs.exceptions.ResourceNotFoundException:
            return None

    def keys(self) -> dict[str, str]:
        """Return every key with its value."""
        pages = self.kvs.get_paginator("list_keys").paginate(KvsARN=self.store_arn, MaxResults=_MAX_KEYS)
        return {row["Key"]: row["Value"] for page in pages for row in page.get("Items", ())}

    def room(self) -> int:
        """Return how many bytes the key value store still takes."""
        return _MAX_BYTES - int(self.kvs.describe_key_value_store(KvsARN=self.store_arn)["TotalSizeInBytes"])

    def change(self, decide: Callable[[], Change | None]) -> bool:
        """Write what *decide* returns, provided that nobody wrote since it was asked.

        Args:
            decide: Reads the store; is asked again when somebody else was faster.

        Returns:
            False when there was nothing to write.
        """
        for attempt in range(_MAX_TRIES):
            version = self.kvs.describe_key_value_store(KvsARN=self.store_arn)["ETag"]
            change = decide()
            if change is None:
                return False
            rows: Any = {
                "Puts": [{"Key": key, "Value": value} for key, value in change.puts.items()],
                "Deletes": [{"Key": key} for key in change.deletes],
            }
            try:
                self.kvs.update_keys(
                    KvsARN=self.store_arn, IfMatch=version, **{name: row for name, row in rows.items() if row}
                )
            except self.kvs.exceptions.ConflictException:
                # Somebody else writes too: step back for a random moment, so that one of us gets through.
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
            else:
                return True
        raise PublishError(
            "store-busy",
            "the key value store changes faster than it can be written",
            hint="Another publisher is at work. Try again when it is done.",
        )

    def change_many(self, *, puts: Mapping[str, str] | None = None, deletes: Iterable[str] = ()) -> None:
        """Write and remove any number of keys, in steps; for keys that nobody reads yet, or any more."""
        rows: list[tuple[str, str | None]] = [*(puts or {}).items(), *((key, None) for key in deletes)]
        for start in range(0, len(rows), _MAX_KEYS):
            batch = rows[start : start + _MAX_KEYS]
            step = Change(
                {key: value for key, value in batch if value is not None},
                tuple(key for key, value in batch if value is None),
            )
            self.change(lambda step=step: step)  # type: ignore[misc]


def connect(
    *,
    bucket: str,
    store_arn: str,
    host: str,
    preview: bool = False,
    function: str = "",
    session: boto3.Session | None = None,
    endpoint: str | None = None,
) -> Store:
    """Return the store of a site.

    Args:
        bucket: The name of the bucket.
        store_arn: The address of the key value store.
        host: The host name that `publish` and `rollback` switch.
        preview: It is not the distribution's own host.
        function: The name of the function that renders, when the site has a server.
        session: Credentials and region; by default those of the environment.
        endpoint: The address of an embedded AWS.

    Raises:
        PublishError: botocore lacks its CRT.
    """
    if not HAS_CRT:
        raise PublishError(
            "no-crt",
            "botocore can't sign for a KeyValueStore",
            why="Its API takes SigV4A signatures, which botocore makes with awscrt.",
            hint="pip install 'boto3[crt]', and leave BOTO_DISABLE_CRT unset.",
        )
    session = session or boto3.Session()
    retries: Any = {"mode": "standard", "total_max_attempts": 5}
    style: Any = {"addressing_style": "path"} if endpoint else {}
    config = Config(max_pool_connections=WORKERS, retries=retries, s3=style)
    s3 = session.client("s3", endpoint_url=endpoint, config=config)
    # The data API is global; a region is asked for all the same.
    kvs = session.client("cloudfront-keyvaluestore", "us-east-1", endpoint_url=endpoint, config=config)
    if not (urlsplit(kvs.meta.endpoint_url).hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn")):
        kvs.meta.events.register("before-call.cloudfront-keyvaluestore", _without_account(kvs.meta.endpoint_url))
    functions = session.client("lambda", endpoint_url=endpoint, config=config) if function else None
    return Store(bucket, store_arn, host.lower(), s3, kvs, preview, function, functions, (endpoint or "").rstrip("/"))


@contextmanager
def reported(what: str) -> Iterator[None]:
    """Turn what AWS refuses into a `PublishError` that says *what* failed."""
    try:
        yield
    except ClientError as error:
        operation = error.operation_name
        raise PublishError(
            "aws-refused", f"{what} failed at {operation}", why=str(error), hint=_hint(_code(error))
        ) from error
    except BotoCoreError as error:
        raise PublishError("aws-unreachable", f"{what} failed", why=str(error)) from error


def output_changed(problems: Iterable[tuple[str, str]]) -> PublishError:
    """Return the error for a build that did not stay as it was."""
    hint = "Let the build end first, and nothing write into its output. What is live stays as it is."
    return PublishError("output-changed", "the build changed while it was published", hint=hint, problems=problems)


def in_parallel(work: Callable[[_T], _R], items: Iterable[_T], done: Callable[[], None] | None = None) -> list[_R]:
    """Work on all *items* with a bounded number of threads; the first failure ends it."""
    with ThreadPoolExecutor(WORKERS) as pool:
        futures = [pool.submit(work, item) for item in items]
        for future in futures:
            future.add_done_callback(lambda future: done() if done and not future.cancelled() else None)
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            # Also when Ctrl-C ends the wait: what has not begun need not begin.
            pool.shutdown(wait=True, cancel_futures=True)
        failed = [error for future in futures if not future.cancelled() and (error := future.exception())]
        if failed:
            raise failed[0]
        return [future.result() for future in futures]


def _without_account(endpoint: str) -> Callable[..., None]:
    """Make a handler that takes the account out of a host name which no resolver knows.

    botocore puts the account before the endpoint's host, as the real service has it:
    000000000000.127.0.0.1 leads nowhere. This is before signing, so the signature fits.
    """
    base = endpoint.rstrip("/")

    def handler(params: dict[str, Any], **_: Any) -> None:
        url = urlsplit(params["url"])
        params["url"] = base + url.path + (f"?{url.query}" if url.query else "")

    return handler


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _hint(code: str) -> str:
    if code in _DENIED:
        return "The credentials lack a permission. Publish with the role of the site's stack."
    return ""
