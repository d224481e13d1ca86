"""What every plugin must do, as tests: one base class for each kind.

A subclass names its plugin and, if it must, says how it is set up. Standard tests
are skipped only for capabilities that the manifest does not declare. A subclass
that overrides or removes a standard test says why in ``deviations``.
"""

from platform_testing.conformance.base import Conformance
from platform_testing.conformance.cms import CmsConformance
from platform_testing.conformance.service import ServiceConformance
from platform_testing.conformance.shop import ShopConformance
from platform_testing.conformance.ssg import SsgConformance

__all__ = ["CmsConformance", "Conformance", "ServiceConformance", "ShopConformance", "SsgConformance"]
