"""Security headers of a composition: pure data, hashed, without any construct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from platform_core.composition import Composition
from platform_core.contributions import Stage

__all__ = ["POLICY", "csp_text", "header_policies", "policy_config"]

POLICY = "PLATFORM_CSP"
"""The variable in which a site's server finds the policy of the site."""

_YEAR = 31_536_000
_BASE: Mapping[str, tuple[str, ...]] = {
    "base-uri": ("'self'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'self'",),
    "object-src": ("'none'",),
}
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "camera", "geolocation", "gyroscope", "magnetometer", "microphone", "usb")
)


def header_policies(composition: Composition, stage: Stage) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return path pattern -> content security policy; the pattern ``*`` is the site's own."""
    own = composition.csp(stage)
    policies = {"*": own}
    for item in composition.files(stage):
        if item.value.csp and item.value.route:
            pattern = f"{item.value.route}*"
            policies[pattern] = _joined(policies.get(pattern, own), item.value.csp)
    return policies


def _joined(policy: Mapping[str, Sequence[str]], more: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    joined = {directive: tuple(sources) for directive, sources in policy.items()}
    for directive, sources in more.items():
        known = joined.get(directive, ("'self'",))
        joined[directive] = tuple(dict.fromkeys((*known, *sources)))
    return joined


def csp_text(policy: Mapping[str, Sequence[str]], *, https: bool) -> str:
    """Return the value of the header ``Content-Security-Policy``.

    Args:
        policy: Directive -> sources.
        https: Whether the browser should fetch everything over TLS; a site on
            ``http://localhost`` would lose its own files by that.
    """
    directives = {**_BASE, **policy}
    parts = [" ".join((directive, *sources)) for directive, sources in sorted(directives.items())]
    return "; ".join([*parts, "upgrade-insecure-requests"] if https else parts)


def policy_config(policy: Mapping[str, Sequence[str]], *, https: bool) -> dict[str, object]:
    """Return a CloudFront response headers policy, but for its name.

    X-Frame-Options can say "nobody" and "this site" only, so it is left out when the
    content security policy lets other sites frame a page.
    """
    framed_by = tuple(policy.get("frame-ancestors", ("'self'",)))
    headers: dict[str, object] = {
        # Files never bring a policy. The guard of a site's server brings one with the hashes of the page's own inline code.
        "contentSecurityPolicy": {"contentSecurityPolicy": csp_text(policy, https=https), "override": False},
        "contentTypeOptions": {"override": True},
        "referrerPolicy": {"referrerPolicy": "strict-origin-when-cross-origin", "override": True},
        "strictTransportSecurity": {
            "accessControlMaxAgeSec": _YEAR,
            "includeSubdomains": False,
            "preload": False,
            "override": True,
        },
    }
    if framed_by in (("'self'",), ("'none'",)):
        option = "SAMEORIGIN" if framed_by == ("'self'",) else "DENY"
        headers["frameOptions"] = {"frameOption": option, "override": True}
    custom = [{"header": "Permissions-Policy", "value": _PERMISSIONS, "override": True}]
    return {"securityHeadersConfig": headers, "customHeadersConfig": {"items": custom}}
