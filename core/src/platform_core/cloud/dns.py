"""Certificate and DNS records of a site whose zone is in Route 53."""

from __future__ import annotations

from aws_cdk import CfnOutput, Environment, Fn, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from platform_core.cloud.shared import Neighbours
from platform_core.site import Site

__all__ = ["CERTIFICATE_REGION", "CertificateStack", "certificate_for", "point_to"]

CERTIFICATE_REGION = "us-east-1"
"""The only region whose certificates CloudFront takes."""


class CertificateStack(Stack):
    """The certificate of a site whose own stack lies in another region.

    The site's stack reads the output ``CertificateArn`` with ``Fn::GetStackOutput``,
    which crosses regions without a custom resource.
    """

    OUTPUT = "CertificateArn"

    def __init__(self, scope: Construct, construct_id: str, *, site: Site, name: str, account: str | None) -> None:
        super().__init__(
            scope,
            construct_id,
            stack_name=name,
            env=Environment(account=account, region=CERTIFICATE_REGION),
            description=f"Certificate of {site.domain}.",
            tags={"client": site.client, "domain": site.domain, "platform:part": "certificate"},
            analytics_reporting=False,
        )
        certificate = _certificate(self, site)
        CfnOutput(self, self.OUTPUT, value=certificate.certificate_arn)


def certificate_for(stack: Stack, neighbours: Neighbours, site: Site) -> acm.ICertificate:
    """Return the site's certificate, made where CloudFront wants it."""
    if neighbours.region in (CERTIFICATE_REGION, None):
        return _certificate(stack, site)
    name = f"{stack.stack_name}-certificate"
    made = CertificateStack(
        neighbours.app, f"{stack.node.id}-certificate", site=site, name=name, account=neighbours.account
    )
    stack.add_stack_dependency(made)
    arn = Fn.get_stack_output(name, CertificateStack.OUTPUT, CERTIFICATE_REGION)
    return acm.Certificate.from_certificate_arn(stack, "Certificate", arn)


def point_to(scope: Construct, site: Site, distribution: cloudfront.IDistribution) -> None:
    """Make the records that lead the site's name to the distribution."""
    target = route53.RecordTarget.from_alias(targets.CloudFrontTarget(distribution))
    zone = _zone(scope, site)
    for kind, record in (("A", route53.ARecord), ("Aaaa", route53.AaaaRecord)):
        record(scope, f"Record{kind}", zone=zone, record_name=f"{site.domain}.", target=target)


def _certificate(scope: Construct, site: Site) -> acm.Certificate:
    return acm.Certificate(
        scope,
        "Certificate",
        domain_name=site.domain,
        validation=acm.CertificateValidation.from_dns(_zone(scope, site)),
    )


def _zone(scope: Construct, site: Site) -> route53.IHostedZone:
    found = scope.node.try_find_child("Zone")
    if found is not None:
        return found  # type: ignore[return-value]  # made below
    return route53.HostedZone.from_hosted_zone_attributes(
        scope,
        "Zone",
        hosted_zone_id=site.aws.hosted_zone_id,
        zone_name=site.aws.hosted_zone_name or site.domain,
    )
