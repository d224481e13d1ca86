"""What a site costs a month: agency, providers and AWS.

The records are in `records`, AWS's dated prices in `table` and ``prices.toml``, how much
of each thing a month takes in `usage`, and the sums in `estimating`.
"""

from __future__ import annotations

from platform_core.pricing.estimating import aws_cost, estimate, traffic_of
from platform_core.pricing.records import (
    BreakEven,
    Estimate,
    FlatChoice,
    Level,
    Line,
    ProviderPlan,
    Range,
)
from platform_core.pricing.table import PriceTable, Traffic, read_prices

__all__ = [
    "BreakEven",
    "Estimate",
    "FlatChoice",
    "Level",
    "Line",
    "PriceTable",
    "ProviderPlan",
    "Range",
    "Traffic",
    "aws_cost",
    "estimate",
    "read_prices",
    "traffic_of",
]
