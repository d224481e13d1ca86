"""The stacks that are sold, each a class that anybody's CDK App can hold.

    ZolaTemplateStack(app, "Acme", {"client": "acme", "domain": "www.acme.example"}, "documentation")
    PagesCMSTierStack(app, "Acme", client_id="acme", domain="www.acme.example", ssg_engine="zola")

The classes themselves lie in the plugins; what they have in common is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from aws_cdk import Annotations, Environment
from constructs import Construct

from platform_core.catalogue import Catalogue, installed_catalogue
from platform_core.cloud.profile import Profile
from platform_core.cloud.stack import SiteStack
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.errors import CombinationError, Problem, SiteError
from platform_core.manifest import Kind
from platform_core.site import Site, as_mapping, check_site

__all__ = ["BaseSSGStack", "BundleStack", "ComposedStack", "OfferingStack", "ProviderStack", "installed_catalogue"]

ClientConfig = Mapping[str, Any] | Site


class OfferingStack(SiteStack):
    """A `SiteStack` that composes its site from a few arguments.

    Settings that a component requires may be missing: the stack is drawn without them and
    carries a warning for each, and building the site is what needs them. A combination
    that works and is not certified carries a warning with the reasons.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        client_config: ClientConfig | None = None,
        *,
        client_id: str = "",
        domain: str = "",
        root: Path | None = None,
        stage: Stage | None = None,
        profile: Profile | None = None,
        name: str | None = None,
        env: Environment | None = None,
        fixed: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Compose a site and build its stack.

        Args:
            scope: An App, a CDK Stage, or anything else that may hold a stack.
            construct_id: Of the stack.
            client_config: A `Site`, or the keys of a ``site.toml``.
            client_id: The client, when *client_config* does not name it.
            domain: The site's host name, likewise.
            root: The site's folder; the starter of its variant by default.
            stage: Where the site is going to run; AWS by default.
            profile: See `SiteStack`.
            name: See `SiteStack`.
            env: See `SiteStack`.
            fixed: What the class decides: engine, cms, shop, variant.

        Raises:
            SiteError: The arguments do not make a site; every problem.
            CombinationError: A component is not installed, or they do not combine.
        """
        catalogue = installed_catalogue()
        data = _site_data(client_config, {"client": client_id, "domain": domain}, fixed)
        site = check_site(data, catalogue, where=type(self).__name__, complete=False)
        composition = compose(site, root or _starter(site, catalogue), catalogue)
        super().__init__(
            scope,
            construct_id,
            composition=composition,
            stage=stage or Stage("aws", f"https://{site.domain}"),
            profile=profile,
            name=name,
            env=env,
            complete=False,
        )
        for problem in _missing(composition):
            Annotations.of(self).add_warning_v2(f"platform:{problem.where}", str(problem))
        found = catalogue.check(site.engine, site.cms, site.shop)
        if found.status != "certified":
            text = f"This combination is not certified. {' '.join(found.reasons)}"
            Annotations.of(self).add_warning_v2("platform:not-certified", text)


class _Variants:
    """``SUPPORTED_TEMPLATE_VARIANTS``: what the engine's manifest says, in the form of a mapping."""

    def __get__(self, instance: object, owner: type[BaseSSGStack]) -> dict[str, dict[str, Any]]:
        variants = installed_catalogue().get("ssg", owner.ENGINE).variants
        return {
            name: {"summary": item.summary, "features": list(item.features), "starter": item.starter}
            for name, item in variants.items()
        }


class BaseSSGStack(OfferingStack):
    """A site whose engine is fixed by the class.

    Attributes:
        ENGINE: The engine's id.
        SUPPORTED_TEMPLATE_VARIANTS: Variant -> summary, features and starter; read from
            the engine's manifest, so that it can't disagree with the catalogue.
    """

    ENGINE: ClassVar[str]
    SUPPORTED_TEMPLATE_VARIANTS = _Variants()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        client_config: ClientConfig | str | None = None,
        *positional: str,
        template_variant: str = "",
        **options: Any,
    ) -> None:
        """Build the stack; what else it takes is said at `OfferingStack`.

        Args:
            scope: See `OfferingStack`.
            construct_id: Of the stack.
            client_config: A `Site`, the keys of a ``site.toml``, or the client's id.
            positional: The variant; after a client's id the domain, and then the variant.
            template_variant: The variant, by name.
            options: See `OfferingStack`.

        Raises:
            SiteError: The arguments do not make a site; every problem.
        """
        values = list(positional)
        if isinstance(client_config, str):
            options |= {"client_id": client_config} | ({"domain": values.pop(0)} if values else {})
            client_config = None
        if len(values) > 1:
            raise SiteError("bad-site", f"{type(self).__name__} does not know what {values[1]!r} is for")
        fixed = {"engine": getattr(self, "ENGINE", ""), "variant": template_variant or "".join(values)}
        super().__init__(scope, construct_id, client_config, fixed=fixed, **options)


class ProviderStack(OfferingStack):
    """A site with a CMS or a shop that is fixed by the class, on any engine that can.

    Attributes:
        COMPONENT: Kind and id of the provider.
    """

    COMPONENT: ClassVar[tuple[Kind, str]]
    _KEYS: ClassVar[Mapping[str, str]] = {"cms": "cms", "ecommerce": "shop"}

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        client_config: ClientConfig | None = None,
        *,
        ssg_engine: str = "",
        template_variant: str = "",
        **options: Any,
    ) -> None:
        """Build the stack; *ssg_engine* is the first certified one that is installed, by default."""
        kind, component = self.COMPONENT
        chosen = {self._KEYS[kind]: component, "variant": template_variant}
        if ssg_engine or not _names_engine(client_config):
            chosen["engine"] = ssg_engine or _certified_engine(kind, component)
        super().__init__(scope, construct_id, client_config, fixed=chosen, **options)


class ComposedStack(OfferingStack):
    """A site with a CMS and a shop on one engine."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        client_config: ClientConfig | None = None,
        *,
        cms_provider: str,
        ecommerce_provider: str,
        ssg_engine: str,
        template_variant: str = "",
        **options: Any,
    ) -> None:
        """Build the stack; what else it takes is said at `OfferingStack`."""
        super().__init__(
            scope,
            construct_id,
            client_config,
            fixed={
                "engine": ssg_engine,
                "cms": cms_provider,
                "shop": ecommerce_provider,
                "variant": template_variant,
            },
            **options,
        )


class BundleStack(ComposedStack):
    """A CMS and a shop that are sold together under a name of their own.

    Attributes:
        PARTS: The ids of CMS and shop.
        ENGINE: The engine that is proposed first.
    """

    PARTS: ClassVar[tuple[str, str]]
    ENGINE: ClassVar[str]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        client_config: ClientConfig | None = None,
        *,
        ssg_engine: str = "",
        **options: Any,
    ) -> None:
        """Build the stack; *ssg_engine* is the one that is proposed first, by default."""
        cms, shop = self.PARTS
        named = client_config.engine if isinstance(client_config, Site) else (client_config or {}).get("engine")
        super().__init__(
            scope,
            construct_id,
            client_config,
            cms_provider=cms,
            ecommerce_provider=shop,
            ssg_engine=ssg_engine or str(named or self.ENGINE),
            **options,
        )


def _site_data(config: ClientConfig | None, arguments: Mapping[str, str], fixed: Mapping[str, str]) -> dict[str, Any]:
    """Merge what the caller brought with what the class fixes; a contradiction is refused."""
    data = as_mapping(config) if isinstance(config, Site) else dict(config or {})
    if "client_id" in data:
        data["client"] = data.pop("client_id")
    given = {key: value for key, value in {**arguments, **fixed}.items() if value}
    problems = [
        Problem(key, f"the configuration says {data[key]!r}, and {value!r} is asked for.")
        for key, value in given.items()
        if data.get(key) not in (None, "", value) and key != "variant"
    ]
    if problems:
        raise SiteError("bad-site", "the arguments contradict each other", problems=problems)
    return {**data, **given}


def _names_engine(config: ClientConfig | None) -> bool:
    return isinstance(config, Site) or bool(config and config.get("engine"))


def _certified_engine(kind: Kind, component: str) -> str:
    catalogue = installed_catalogue()
    manifest = catalogue.get(kind, component)
    installed = {item.id for item in catalogue.of_kind("ssg")}
    engine = next((engine for engine in manifest.certified_engines if engine in installed), "")
    if not engine:
        names = ", ".join(manifest.certified_engines)
        raise CombinationError(
            "no-engine",
            f"no engine on which {manifest.name} is certified is installed (it is on {names})",
            hint=f"pip install platform-plugin-{manifest.certified_engines[0]}"
            if names
            else "Name one: ssg_engine=...",
        )
    return engine


def _starter(site: Site, catalogue: Catalogue) -> Path:
    """Return the starter of the site's variant, or this folder when it has none."""
    variant = catalogue.get("ssg", site.engine).variants.get(site.variant)
    package = next(item.package for item in catalogue.plugins if (item.kind, item.id) == ("ssg", site.engine))
    folder = package / variant.starter if package and variant and variant.starter else None
    return folder if folder and folder.is_dir() else Path.cwd()


def _missing(composition: Composition) -> list[Problem]:
    return [
        Problem(f"settings.{member.id}.{name}", "is needed before the site can be built.", setting.description)
        for member in composition.members
        for name, setting in member.manifest.settings.items()
        if setting.required and not member.settings.get(name)
    ]
