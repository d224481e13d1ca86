"""The editor's configuration, drawn from the site's content model.

What a widget writes must be readable by `platform_core.content`: prices are
strings, so that no digit is lost, and times carry their offset.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import yaml

from platform_core.content import PRODUCTS, Collection, Content, Field
from platform_core.contributions import Stage
from platform_core.errors import ContentError, Problem, SiteError
from platform_core.site import Site

__all__ = ["AUTH_ENDPOINT", "SERVICE", "build_config", "optional_fields", "render", "repository"]

AUTH_ENDPOINT = "_platform/decap/auth"
SERVICE = "decap"
_TIME = "YYYY-MM-DDTHH:mm:ssZ"
# fmt: off
_LOCALES = frozenset({
    "bg", "ca", "cs", "da", "de", "en", "es", "fa", "fr", "gr", "he", "hr", "hu", "it", "ja", "ko", "lt", "mk",
    "nb_no", "nl", "nn_no", "pl", "pt", "ro", "ru", "sk", "sl", "sr_Cyrl", "sv", "th", "tr", "uk", "vi", "zh_Hans",
    "zh_Hant",
})
# fmt: on
_OTHER_NAMES = {"el": "gr", "nb": "nb_no", "no": "nb_no", "nn": "nn_no", "sr": "sr_Cyrl", "zh": "zh_Hans"}
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_ /-]*")

_MODES: Mapping[str, tuple[str, ...]] = {
    "git_cms_basic": ("rich_text", "raw"),
    "markdown_focused": ("raw", "rich_text"),
    "developer_friendly": ("raw",),
}
_PRODUCT_WIDGETS: Mapping[str, dict[str, Any]] = {
    "sku": {
        "widget": "string",
        "pattern": [r"^[A-Za-z0-9._-]{1,64}$", "1 to 64 letters, digits, dots, dashes or underscores"],
    },
    "price": {"widget": "string", "pattern": [r"^\d{1,9}(\.\d{1,3})?$", "an amount such as 18.50"]},
    "currency": {"widget": "string", "pattern": ["^[A-Z]{3}$", "three capitals such as EUR"]},
    "stock": {"widget": "number", "value_type": "int", "min": 0},
    "weight": {"widget": "number", "value_type": "int", "min": 0},
}


def build_config(site: Site, settings: Mapping[str, Any], content: Content, stage: Stage) -> dict[str, Any]:
    """Return the configuration as plain data.

    Raises:
        SiteError: On AWS, when the site does not say where its repository is or
            how editors log in.
        ContentError: The content model has something that no form can show.
    """
    collections = content.forms(sells=bool(site.shop))
    _check(collections)
    variant = settings["variant"]
    mode = settings["publish_mode"] or ("editorial_workflow" if variant == "developer_friendly" else "simple")
    prefix = f"{settings['folder']}/" if settings["folder"] and stage.name == "aws" else ""
    return {
        "backend": _backend(site, settings, stage),
        # The local server writes files and knows no pull requests.
        "publish_mode": mode if stage.name == "aws" else "simple",
        "site_url": stage.base_url,
        "display_url": stage.base_url,
        "locale": _locale(settings["locale"], site.locale),
        "media_folder": f"{prefix}static/media",
        "public_folder": "/media",
        "slug": {"encoding": "unicode", "clean_accents": True, "sanitize_replacement": "-"},
        "editor": {"preview": variant != "developer_friendly"},
        "collections": [_collection(item, prefix, variant, content) for item in collections],
    }


def render(config: Mapping[str, Any]) -> bytes:
    """Return *config* as YAML that versions 1.1 and 1.2 read alike."""
    head = "# Made by Platform from site.toml and content.toml; changes here are lost.\n"
    return (head + yaml.dump(dict(config), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)).encode()


def optional_fields(config: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return collection -> fields that a file may leave out."""
    return {
        collection["name"]: [
            item["name"] for item in collection["fields"] if not item["required"] and item["name"] != "body"
        ]
        for collection in config["collections"]
    }


def repository(site: Site, settings: Mapping[str, Any]) -> str:
    """Return ``owner/name``, or an empty string when the site has none."""
    return str(settings["repository"] or site.aws.repository)


# libyaml's emitter, where PyYAML has it, is several times faster.
_BaseDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_BaseDumper):  # type: ignore[misc]  # one of two classes
    """Quotes every string that is not plainly a word: 1.1 and 1.2 differ on the rest."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if _PLAIN.fullmatch(value) else '"')


_Dumper.add_representer(str, _string)


def _backend(site: Site, settings: Mapping[str, Any], stage: Stage) -> dict[str, Any]:
    if stage.name == "local":
        service = stage.services.get(SERVICE, f"/_local/{SERVICE}").rstrip("/")
        return {"name": "proxy", "proxy_url": f"{service}/api/v1", "branch": settings["branch"]}
    missing = [
        Problem(f"site.toml [settings.decap] {key}", what, hint)
        for key, value, what, hint in (
            (
                "repository",
                repository(site, settings),
                "the GitHub repository that Decap writes to is missing.",
                'Set it, as in repository = "acme/website".',
            ),
            (
                "oauth_client_id",
                settings["oauth_client_id"],
                "the client id with which editors log in is missing.",
                f"Make a GitHub App with the callback {stage.base_url}/_platform/decap/callback and copy its client id.",
            ),
        )
        if not value
    ]
    if missing:
        raise SiteError("incomplete-cms", "Decap CMS can't be deployed yet", problems=missing)
    return {
        "name": "github",
        "repo": repository(site, settings),
        "branch": settings["branch"],
        "base_url": stage.base_url,
        "auth_endpoint": AUTH_ENDPOINT,
        "auth_scope": settings["auth_scope"],
    }


def _locale(chosen: str, site_locale: str) -> str:
    language, _, region = site_locale.partition("-")
    if language == "zh" and region.lower() in {"hant", "tw", "hk", "mo"}:
        own = "zh_Hant"
    else:
        own = _OTHER_NAMES.get(language, language)
    return chosen or (own if own in _LOCALES else "en")


def _name(item: Collection) -> str:
    # Names are part of the editor's addresses, which a slash would break.
    return item.name.replace("/", "-") or "pages"


def _check(collections: tuple[Collection, ...]) -> None:
    """Refuse what the editor would only refuse in the browser."""
    problems: list[Problem] = []
    for name, times in Counter(map(_name, collections)).items():
        if times > 1:
            problems.append(Problem("content.toml", f"{times} collections are called {name!r} in the editor."))
    if problems:
        raise ContentError("bad-content-model", "the editor can't be made from this content model", problems=problems)


def _collection(item: Collection, prefix: str, variant: str, content: Content) -> dict[str, Any]:
    folder = "/".join(part for part in ("content", item.name) if part)
    result: dict[str, Any] = {
        "name": _name(item),
        "label": item.label,
        "label_singular": item.label_singular,
        "folder": f"{prefix}{folder}",
        "create": True,
        "extension": "md",
        "format": "yaml-frontmatter",
        "identifier_field": "title",
        "slug": re.sub(r"\{(slug|year|month|day)\}", r"{{\1}}", item.slug),
        "preview_path": f"{item.name}/{{{{slug}}}}/".lstrip("/"),
        "editor": {"preview": variant != "developer_friendly"},
    }
    if item.description:
        result["description"] = item.description
    if item.name == PRODUCTS:
        result["fields"] = _product_fields(item.fields, content, variant)
    else:
        result["fields"] = [_field(field, variant) for field in item.fields]
    return result


def _product_fields(fields: tuple[Field, ...], content: Content, variant: str) -> list[dict[str, Any]]:
    result = [
        _field(field, variant) | (_PRODUCT_WIDGETS.get(field.name, {}) if field.type != "select" else {})
        for field in fields
    ]
    currency = next(item for item in result if item["name"] == "currency")
    used = Counter(product.currency for product in content.products)
    if used and "default" not in currency:
        currency["default"] = used.most_common(1)[0][0]
    return [*(item for item in result if item["name"] != "options"), *_options(content)]


def _options(content: Content) -> list[dict[str, Any]]:
    """Offer the options that the shop's products have; a new one starts in a file."""
    names = dict.fromkeys(name for product in content.products for name in product.options)
    # Inside the editor a dot in a name is a path.
    fields = [
        {
            "name": name,
            "label": name,
            "widget": "list",
            "required": False,
            "field": {"name": "choice", "label": "Choice", "widget": "string"},
        }
        for name in names
        if "." not in name
    ]
    if not fields:
        return []
    hint = "What a customer chooses from; an option without choices is left out."
    return [
        {"name": "options", "label": "Options", "widget": "object", "required": False, "hint": hint, "fields": fields}
    ]


def _field(field: Field, variant: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "name": field.name,
        "label": field.label,
        **_widget(field, variant),
        "required": field.required,
    }
    default = _default(field)
    if default is not None:
        result["default"] = default
    if field.hint:
        result["hint"] = field.hint
    return result


def _widget(field: Field, variant: str) -> dict[str, Any]:
    match field.type:
        case "markdown":
            return {"widget": "markdown", "modes": list(_MODES[variant])}
        case "datetime":
            return {"widget": "datetime", "format": _TIME}
        case "number":
            return {"widget": "number", "value_type": "float"}
        case "image":
            # A picture from elsewhere would not pass the site's security policy.
            return {"widget": "image", "choose_url": False}
        case "select":
            return {"widget": "select", "options": list(field.choices)}
        case _:
            return {"widget": field.type}


def _default(field: Field) -> Any:
    if isinstance(field.default, dt.date):
        return field.default.isoformat()
    if field.default is None and field.type == "datetime" and field.required:
        # Without it publishing waits for a click on "Now" that nobody expects.
        return "{{now}}"
    if field.default is None and field.type == "boolean":
        return False
    return field.default
