"""Security headers are data: what a composition asks for, and nothing looser."""

from __future__ import annotations

from platform_core.headers import csp_text, policy_config


def test_every_policy_starts_from_the_strict_base():
    """Frames, forms, base addresses and plugins are closed without anybody asking."""
    text = csp_text({"default-src": ("'self'",)}, https=True)
    assert text.split("; ") == [
        "base-uri 'self'",
        "default-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "object-src 'none'",
        "upgrade-insecure-requests",
    ]


def test_a_plugin_may_open_one_directive():
    """What a plugin names takes the place of the base of that directive only."""
    text = csp_text({"form-action": ("'self'", "https://pay.example")}, https=True)
    assert "form-action 'self' https://pay.example" in text
    assert "object-src 'none'" in text


def test_a_site_on_plain_http_is_not_upgraded():
    """A site on localhost would lose its own files by that directive."""
    assert "upgrade-insecure-requests" not in csp_text({}, https=False)


def test_frames_are_refused_twice():
    """Browsers that know no frame-ancestors read X-Frame-Options."""
    assert policy_config({}, https=True)["securityHeadersConfig"]["frameOptions"]["frameOption"] == "SAMEORIGIN"
    nobody = policy_config({"frame-ancestors": ("'none'",)}, https=True)
    assert nobody["securityHeadersConfig"]["frameOptions"]["frameOption"] == "DENY"


def test_an_editor_elsewhere_may_frame_the_site():
    """X-Frame-Options can't name a host, so it is left out when another host may frame."""
    config = policy_config({"frame-ancestors": ("'self'", "https://editor.example")}, https=True)
    assert "frameOptions" not in config["securityHeadersConfig"]


def test_every_other_header_overrides_the_origin():
    """HSTS, nosniff, referrer and permissions come with each answer."""
    config = policy_config({}, https=True)
    headers = config["securityHeadersConfig"]
    assert headers["strictTransportSecurity"]["accessControlMaxAgeSec"] >= 31_536_000
    assert headers["contentTypeOptions"]["override"]
    assert headers["referrerPolicy"]["referrerPolicy"] == "strict-origin-when-cross-origin"
    assert config["customHeadersConfig"]["items"][0]["header"] == "Permissions-Policy"
