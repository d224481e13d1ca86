"""The function that logs editors in with GitHub, for a CMS that commits to the site's repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from platform_core.cloud.functions import PythonFunction, PythonFunctionProps
from platform_core.cloud.grants import allow
from platform_core.cloud.secrets import secret_arn
from platform_core.cloud.stack import SiteStack
from platform_core.runtime import github_login

__all__ = ["add_github_login"]

_TIMEOUT = 15


def add_github_login(stack: SiteStack, construct_id: str, name: str, settings: Mapping[str, Any], secret: str) -> None:
    """Add the login function at ``/_platform/<name>/auth`` and ``/_platform/<name>/callback``.

    Without the client id of a GitHub app there is nobody to log in with, and none is made.

    Args:
        stack: The site's stack.
        construct_id: Of the function.
        name: The CMS's part of the address.
        settings: With ``oauth_client_id``, and ``auth_scope``: ``repo`` or ``public_repo``.
        secret: Name of the Secrets Manager entry with the app's client secret.
    """
    if not settings["oauth_client_id"]:
        return
    module = github_login.__name__.rpartition(".")[2]
    login = PythonFunction(
        stack,
        construct_id,
        PythonFunctionProps(
            asset=str(github_login.SCRIPT.parent),
            files=(f"{module}.py",),
            handler=f"{module}.handler",
            environment={
                "LOGIN_NAME": name,
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
        stack.add_route(f"/_platform/{name}/{step}", ["GET"], login.function)
