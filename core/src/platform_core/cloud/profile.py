"""What is left out where, and why: the one place that knows of it.

A site's stack on AWS has everything. The embedded AWS of `platform up` lacks some
things; each one that is left out for it is listed here with its reason, and
`platform up` prints the list.
"""

from __future__ import annotations

from dataclasses import dataclass

from platform_core.contributions import Stage

__all__ = ["AWS", "LOCAL", "LOCAL_ACCOUNT", "LOCAL_REGION", "Profile", "profile_for"]

LOCAL_ACCOUNT = "000000000000"
LOCAL_REGION = "us-east-1"


@dataclass(frozen=True)
class Profile:
    """What a stack contains besides the parts that every stage has.

    Attributes:
        require_tls: Deny S3 requests that do not come over TLS.
        custom_domain: Certificate, alias and DNS records, when the site names its zone.
        alarms: CloudWatch alarms, and the topic that mails them.
        durable_tables: Point-in-time recovery of the events table.
        omissions: What is left out or behaves differently, and why.
    """

    require_tls: bool = True
    custom_domain: bool = True
    alarms: bool = True
    durable_tables: bool = True
    omissions: tuple[tuple[str, str], ...] = ()


AWS = Profile()
LOCAL = Profile(
    require_tls=False,
    custom_domain=False,
    alarms=False,
    durable_tables=False,
    omissions=(
        ("The bucket's TLS-only rule", "the embedded AWS speaks plain HTTP on the loopback interface"),
        (
            "Certificate, alias and DNS records",
            "the embedded CloudFront answers for no name of ours; the local edge does",
        ),
        ("Alarms and their e-mail topic", "the embedded CloudWatch does not evaluate alarms"),
        ("Point-in-time recovery", "the embedded DynamoDB ignores it; expired items stay there too"),
        ("Builds in CodeBuild", "the embedded CodeBuild runs nothing; the same build plan runs in this process"),
        (
            "The edge's cache and its viewer functions",
            "the local edge runs the same functions and keeps no copies, not even of what a server lets it keep",
        ),
        (
            "A server's limits",
            "the function runs in Node on this machine, so memory, architecture and a read-only disk are not enforced",
        ),
    ),
)


def profile_for(stage: Stage) -> Profile:
    """Return the profile of a stage."""
    return LOCAL if stage.name == "local" else AWS
