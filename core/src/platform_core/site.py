"""The site: one client's ``site.toml``, checked whole before anything happens.

Unknown keys are refused with a suggestion. All problems of a file come at once,
each with file, line, table and key.
"""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model

from platform_core.catalogue import Catalogue
from platform_core.errors import CombinationError, Problem, SiteError, did_you_mean
from platform_core.manifest import Kind, Manifest, Setting
from platform_core.site_values import host_name, hosts, policy, product_file
from platform_core.toml_lines import Lines

__all__ = [
    "Aws",
    "Mode",
    "Rendering",
    "Site",
    "as_json",
    "as_mapping",
    "check_site",
    "load_site",
    "parse_site",
    "site_schema",
]

Mode = Literal["direct", "event-driven"]
Rendering = Literal["static", "server"]
_STRICT = ConfigDict(extra="forbid", frozen=True)
_SERVER = "runtime.server"
_CLIENT = r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$"


class Aws(BaseModel):
    """Where the site is deployed. Nothing here is secret."""

    model_config = _STRICT

    region: str = Field(
        "us-east-1", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", description="Region of everything but the certificate."
    )
    account: str = Field("", pattern=r"^(\d{12})?$", description="Refuse to deploy into any other account.")
    hosted_zone_id: str = Field(
        "",
        pattern=r"^(Z[A-Z0-9]{1,31})?$",
        description="Route 53 zone of the domain; brings certificate and DNS records.",
    )
    hosted_zone_name: str = Field("", description="Name of that zone; the domain itself when empty.")
    repository: str = Field(
        "",
        pattern=r"^([A-Za-z0-9-]+/[A-Za-z0-9._-]+)?$",
        description="GitHub owner/name that the build machine reads; when empty, `platform deploy` uploads the site's folder.",
    )
    connection: str = Field(
        "",
        pattern=r"^(arn:aws[a-z-]*:code(connections|star-connections):.+)?$",
        description="CodeConnections ARN for a private repository.",
    )
    releases_kept: int = Field(5, ge=2, le=50, description="Releases that stay ready for a rollback.")
    builds_per_day: int = Field(
        200, ge=1, le=1000, description="Builds that events may start within 24 hours; later ones wait."
    )
    rebuild: Literal["", "hourly", "daily"] = Field(
        "",
        description="Build at fixed times too, so that entries with `publish_at` or `expire_at` come and go; each is a build.",
    )
    alarm_email: str = Field("", pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$", description="Who hears of alarms.")


class Site(BaseModel):
    """One client's site.

    Attributes:
        client: Short name; part of stack, secret and resource names.
        domain: The host name, in ASCII form.
    """

    model_config = _STRICT

    client: str = Field(pattern=_CLIENT, description="Lower-case letters, digits and dashes, 2 to 40 of them.")
    domain: Annotated[str, AfterValidator(host_name)] = Field(
        description="The site's host name, for example www.example.com."
    )
    title: str = Field("", max_length=200, description="The site's name for people; the client's when empty.")
    locale: str = Field("en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="Language of the content.")
    engine: str = Field(description="Id of an installed engine.")
    variant: str = Field("", description="The engine's variant; its first one when empty.")
    mode: Mode | None = Field(
        None, description="How webhooks lead to builds; event-driven when CMS and shop are composed."
    )
    rendering: Rendering = Field(
        "static", description="Where pages are made: all of them by the build, or also on a server when asked."
    )
    cms: str | None = Field(None, description="Id of an installed CMS.")
    shop: str | None = Field(None, description="Id of an installed shop.")
    services: tuple[str, ...] = Field((), description="Ids of installed services.")
    products: Annotated[str, AfterValidator(product_file)] = Field(
        "", description="File with the products, `.csv` or `.json`, below the site's folder; entries come of it."
    )
    product_currency: str = Field(
        "", pattern=r"^([A-Z]{3})?$", description="What prices of that file are in when it does not say; ISO 4217."
    )
    product_image_hosts: Annotated[tuple[str, ...], AfterValidator(hosts)] = Field(
        (), description="Hosts from which pictures are fetched that the file names by address; others are left out."
    )
    adopted: bool = Field(
        False, description="The site was not started by Platform: no starter is laid over it, and its addresses stay."
    )
    csp: Annotated[Mapping[str, tuple[str, ...]], AfterValidator(policy)] = Field(
        default_factory=dict,
        description="Directive -> sources that the site's own pages need beyond the strict policy.",
    )
    aws: Aws = Field(default_factory=lambda: Aws.model_validate({}))
    settings: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict, description="[settings.<component id>]")

    @property
    def name(self) -> str:
        """The title, or the client when there is none."""
        return self.title or self.client

    @property
    def integration(self) -> Mode:
        """The mode that is used: the chosen one, or what the composition asks for."""
        return self.mode or ("event-driven" if self.cms and self.shop else "direct")

    @property
    def components(self) -> tuple[tuple[Kind, str], ...]:
        """Kind and id of every chosen component, the engine first."""
        chosen: list[tuple[Kind, str]] = [("ssg", self.engine)]
        chosen += [("cms", self.cms)] if self.cms else []
        chosen += [("ecommerce", self.shop)] if self.shop else []
        return (*chosen, *(("service", service) for service in self.services))


def load_site(path: Path, catalogue: Catalogue) -> Site:
    """Read and check ``site.toml``.

    Args:
        path: The file, or the folder that holds it.
        catalogue: The components that the site may choose.

    Raises:
        SiteError: With every problem of the file.
    """
    file = path / "site.toml" if path.is_dir() else path
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        hint = "Run `platform init` in this folder, or name the folder that holds the site."
        raise SiteError("no-site", f"there is no {file.name} in {file.parent}", hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SiteError("unreadable-site", f"{file} can't be read", why=str(error)) from None
    return parse_site(text, catalogue, where=file.name)


def parse_site(text: str, catalogue: Catalogue, *, where: str = "site.toml") -> Site:
    """Check the text of a ``site.toml``; see `load_site`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = Problem(where, f"not TOML: {error}.")
        raise SiteError("bad-site", f"{where} can't be read", problems=[problem]) from None
    return _check(data, catalogue, Lines(text, where), complete=True)


def check_site(
    data: Mapping[str, Any], catalogue: Catalogue, *, where: str = "client_config", complete: bool = True
) -> Site:
    """Check what a caller brings as a mapping in place of a ``site.toml``.

    Args:
        data: The keys of a ``site.toml``.
        catalogue: The components that the site may choose.
        where: How messages name it.
        complete: Whether required settings must be there. Without them a stack can be
            drawn, and not yet a site built.

    Raises:
        SiteError: With every problem.
    """
    return _check(data, catalogue, Lines("", where), complete=complete)


def _check(data: Mapping[str, Any], catalogue: Catalogue, lines: Lines, *, complete: bool) -> Site:
    problems: list[Problem] = []
    site: Site | None = None
    try:
        site = Site.model_validate(data)
    except ValidationError as error:
        problems += [_problem(item, lines, Site) for item in error.errors()]
    problems += _check_components(data, catalogue, lines)
    settings, wrong = _check_settings(data, catalogue, lines, complete=complete)
    problems += wrong
    if problems or site is None:
        raise SiteError("bad-site", f"{lines.where} has {_count(problems)}", problems=problems)
    return site.model_copy(update={"settings": settings, "variant": site.variant or _first_variant(site, catalogue)})


def site_schema(catalogue: Catalogue) -> dict[str, Any]:
    """Return the JSON Schema of a ``site.toml``, for editors."""
    schema = Site.model_json_schema()
    properties = schema["properties"]
    for key, kind in _SLOTS.items():
        ids = [item.id for item in catalogue.of_kind(kind)]
        target = properties[key]["items"] if key == "services" else properties[key]
        target.pop("anyOf", None)
        target |= {"type": "string", "enum": ids}
    properties["settings"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            item.id: settings_model(item).model_json_schema()
            for kind in _SLOTS.values()
            for item in catalogue.of_kind(kind)
        },
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "site.toml", **schema}


_models: dict[tuple[int, bool], tuple[Manifest, type[BaseModel]]] = {}


def settings_model(manifest: Manifest, *, complete: bool = True) -> type[BaseModel]:
    """Build the model of a component's settings from its manifest, once."""
    key = (id(manifest), complete)
    if key not in _models:
        fields = {name: _field(setting, complete=complete) for name, setting in manifest.settings.items()}
        model = create_model(f"{manifest.id} settings", __config__=_STRICT, **fields)  # type: ignore[call-overload]
        # The manifest is kept too, so that no other one gets its id.
        _models[key] = manifest, model
    return _models[key][1]


_SLOTS: Mapping[str, Kind] = {"engine": "ssg", "cms": "cms", "shop": "ecommerce", "services": "service"}
_SCALARS: Mapping[str, Any] = {"integer": int, "boolean": bool, "number": float, "strings": tuple[str, ...]}
_SECRET_NAME = r"([A-Za-z0-9/_+=.@-]{1,512})?"  # noqa: S105  a pattern, not a secret


def _field(setting: Setting, *, complete: bool = True) -> tuple[Any, Any]:
    kind: Any = _SCALARS.get(setting.type, str)
    pattern, shown_as = setting.pattern, setting.shown_as
    description = setting.description
    if setting.type == "secret":
        pattern, shown_as = _SECRET_NAME, "the name of a Secrets Manager entry"
        description = f"{description} The name of a Secrets Manager entry, never its value."
    extra: dict[str, Any] = {}
    if setting.choices:
        kind = Literal[setting.choices]
    elif pattern:
        # In Python, `$` would let a newline through, so the whole string is matched.
        kind = Annotated[kind, AfterValidator(functools.partial(_matches, pattern=pattern, shown_as=shown_as))]
        extra = {"pattern": f"^(?:{pattern})$"}
    default: Any = ... if setting.required and complete else setting.default
    if default is None:
        default = {"strings": (), "integer": 0, "boolean": False, "number": 0.0}.get(setting.type, "")
    strict = setting.type in {"integer", "boolean"}
    return kind, Field(default, description=description, strict=strict or None, json_schema_extra=extra)


def _matches(value: str, *, pattern: str, shown_as: str) -> str:
    if not re.fullmatch(pattern, value):
        # The value stays out of the message: somebody may have pasted a secret here.
        raise ValueError(f"the value is not {shown_as or 'of the form ' + pattern}")
    return value


def _first_variant(site: Site, catalogue: Catalogue) -> str:
    return next(iter(catalogue.get("ssg", site.engine).variants), "")


def _check_components(data: Mapping[str, Any], catalogue: Catalogue, lines: Lines) -> Iterator[Problem]:
    """Check that each chosen component is there, and that they combine."""
    known = True
    for key, kind, component in _chosen(data):
        try:
            manifest = catalogue.get(kind, component)
        except CombinationError as error:
            known = False
            yield Problem(lines.at(key), f"{error.what}. {error.why}".rstrip(), error.hint)
            continue
        variant = data.get("variant")
        if key == "engine" and variant and variant not in manifest.variants:
            names = ", ".join(manifest.variants) or "none"
            hint = did_you_mean(str(variant), manifest.variants)
            yield Problem(lines.at("variant"), f"{manifest.name} has no variant {variant!r} (it has {names}).", hint)
        if key == "engine" and data.get("rendering") == "server" and _SERVER not in manifest.provides:
            yield _no_server(manifest, catalogue, lines)
    engine, cms, shop = (data.get(key) or None for key in ("engine", "cms", "shop"))
    if known and isinstance(engine, str):
        found = catalogue.check(engine, cms, shop)
        if found.status == "impossible":
            near = " or ".join(_spell(item.parts) for item in catalogue.nearest(found))
            for reason in found.reasons:
                yield Problem(lines.at("engine"), reason, f"Nearest that work: {near}." if near else "")


def _no_server(engine: Manifest, catalogue: Catalogue, lines: Lines) -> Problem:
    why = f" ({reason})" if (reason := engine.lacks.get(_SERVER, "").rstrip(".")) else ""
    able = [item.id for item in catalogue.of_kind("ssg") if _SERVER in item.provides]
    hint = f"Engines that do: {', '.join(able)}." if able else "No installed engine does; leave the key out."
    return Problem(lines.at("rendering"), f"{engine.name} renders nothing on a server{why}.", hint)


def _spell(parts: tuple[str | None, ...]) -> str:
    return " + ".join(part for part in parts if part)


def _chosen(data: Mapping[str, Any]) -> Iterator[tuple[str, Kind, str]]:
    for key, kind in _SLOTS.items():
        value = data.get(key)
        for component in value if isinstance(value, list) else [value]:
            if isinstance(component, str) and component:
                yield key, kind, component


def _check_settings(
    data: Mapping[str, Any], catalogue: Catalogue, lines: Lines, *, complete: bool
) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
    """Check ``[settings.<id>]`` of each chosen component; fill defaults in."""
    given = data.get("settings")
    given = given if isinstance(given, dict) else {}
    chosen = {component: kind for _, kind, component in _chosen(data)}
    settings: dict[str, dict[str, Any]] = {}
    problems = [
        Problem(lines.at("settings", name), f"{name!r} is not part of this site.", did_you_mean(name, chosen))
        for name in given
        if name not in chosen
    ]
    for component, kind in chosen.items():
        try:
            model = settings_model(catalogue.get(kind, component), complete=complete)
        except CombinationError:
            continue  # told by _check_components
        try:
            settings[component] = model.model_validate(given.get(component, {})).model_dump()
        except ValidationError as error:
            problems += [_problem(item, lines, model, "settings", component) for item in error.errors()]
    return settings, problems


def _problem(item: Any, lines: Lines, model: type[BaseModel], *prefix: str) -> Problem:
    path = [str(part) for part in item["loc"]]
    where = lines.at(*prefix, *path)
    if item["type"] == "extra_forbidden":
        table = Aws if path[:-1] == ["aws"] else model
        return Problem(where, f"unknown key {path[-1]!r}.", did_you_mean(path[-1], table.model_fields))
    if item["type"] == "missing":
        field = model.model_fields.get(path[-1])
        return Problem(where, f"{path[-1]!r} is missing.", (field.description or "") if field else "")
    field = (Aws if path[0] == "aws" else model).model_fields.get(path[-1])
    text = item["msg"].removeprefix("Value error, ")
    if item["type"] == "string_pattern_mismatch":
        text = f"{item['input']!r} is not allowed here"
    return Problem(where, f"{text}.", (field.description or "") if field else "")


def _count(problems: list[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"


def as_mapping(site: Site) -> dict[str, Any]:
    """Return the keys of a ``site.toml`` that make this site; `check_site` takes them."""
    return site.model_dump(mode="json", exclude_none=True)


def as_json(site: Site) -> str:
    """Return the site as JSON with stable order; equal sites give equal text."""
    return json.dumps(site.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
