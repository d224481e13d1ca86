"""The site's bucket: releases, manifests, the error page and the uploaded source."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from platform_core.cloud.acknowledge import acknowledge
from platform_core.cloud.durations import days

__all__ = ["PUBLIC_PREFIXES", "Storage", "StorageProps"]

PUBLIC_PREFIXES = ("releases/*", "_errors/*")
"""What CloudFront may read. The source and the manifests are nobody's business."""


@dataclass(frozen=True)
class StorageProps:
    """Properties of `Storage`.

    Attributes:
        require_tls: Deny every request that does not come over TLS 1.2 or later.
    """

    require_tls: bool = True


class Storage(Construct):
    """A private bucket.

    Not versioned: a release is never overwritten, and a rollback is another key in the
    store. Removed with the stack, which fails while anything is in it: `platform
    destroy` empties it first, after it has asked.

    Attributes:
        bucket: The bucket.
        arn: Its ARN.
        name: Its name.
    """

    def __init__(self, scope: Construct, construct_id: str, props: StorageProps) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=props.require_tls,
            minimum_tls_version=1.2 if props.require_tls else None,
            lifecycle_rules=[s3.LifecycleRule(abort_incomplete_multipart_upload_after=days(1))],
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.arn = self.bucket.bucket_arn
        self.name = self.bucket.bucket_name
        acknowledge(
            self.bucket,
            {
                "AwsSolutions-S1": "Visitors never reach the bucket; only CloudFront and the build machine do, and "
                "CloudTrail can record both. A server access log would add a second bucket with nothing about "
                "visitors in it."
            },
        )

    def allow_reading(self, distribution_arn: str) -> None:
        """Let one distribution read what is public.

        It may list too, so that S3 answers 404 and not 403 for what is not there. A list
        never reaches a visitor: the viewer function turns every address into a key.
        """
        granted = {
            "s3:GetObject": [f"{self.arn}/{prefix}" for prefix in PUBLIC_PREFIXES],
            "s3:ListBucket": [self.arn],
        }
        for action, resources in granted.items():
            self.bucket.add_to_resource_policy(
                iam.PolicyStatement(
                    actions=[action],
                    principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                    resources=resources,
                    conditions={"StringEquals": {"AWS:SourceArn": distribution_arn}},
                )
            )
