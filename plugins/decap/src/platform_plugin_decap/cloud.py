"""The stack that is sold as ``decap_cms_tier``, and the login function of any site with Decap."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platform_core.cloud import ProviderStack, PythonFunction, PythonFunctionProps, SiteStack
from platform_core.cloud.grants import allow
from platform_core.cloud.secrets import secret_arn

__all__ = ["DecapCMSTierStack", "add_login"]

_RUNTIME = Path(__file__).parent / "runtime"
_TIMEOUT = 15


class DecapCMSTierStack(ProviderStack):
    """A site that its editors keep in Git, with Decap CMS at ``/admin/``."""

    COMPONENT = ("cms", "decap")


def add_login(stack: SiteStack, settings: Mapping[str, Any], secret: str) -> None:
    """Add the function that logs editors in with GitHub, at ``/_platform/decap/``.

    Without the client id of a GitHub app there is nobody to log in with, and none is made.

    Args:
        stack: The site's stack.
        settings: ``[settings.decap]``.
        secret: Name of the Secrets Manager entry with the app's client secret.
    """
    if not settings["oauth_client_id"]:
        return
    login = PythonFunction(
        stack,
        "DecapLogin",
        PythonFunctionProps(
            asset=str(_RUNTIME),
            files=("oauth.py",),
            handler="oauth.handler",
            environment={
                "SITE_ORIGIN": stack.address,
                "CLIENT_ID": settings["oauth_client_id"],
                "CLIENT_SECRET_NAME": secret,
                "SCOPE": settings["auth_scope"],
            },
            statements=[allow("Secret", ["secretsmanager:GetSecretValue"], [secret_arn(stack, secret)])],
            timeout=_TIMEOUT,
            description=f"Logs the editors of {stack.composition.site.client} in with GitHub.",
        ),
    )
    for step in ("auth", "callback"):
        stack.add_route(f"/_platform/decap/{step}", ["GET"], login.function)
