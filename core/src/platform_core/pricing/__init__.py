"""What a site costs a month: agency, providers and AWS.

The records are in `records`, AWS's dated prices in `table` and ``prices.toml``, the
providers' plans in `fees`, how much of each thing a month takes in `usage`, and the sums
in `estimating`.
"""

from __future__ import annotations

from platform_core.pricing.estimating import aws_cost, estimate, traffic_of
from platform_core.pricing.fees import plan_fee, plan_terms, provider_plans, spell_trade, trade_of
from platform_core.pricing.records import (
    BreakEven,
    Estimate,
    FlatChoice,
    Level,
    Line,
    ProviderPlan,
    Range,
)
from platform_core.pricing.table import PriceTable, Trade, Traffic, read_prices

__all__ = [
    "BreakEven",
    "Estimate",
    "FlatChoice",
    "Level",
    "Line",
    "PriceTable",
    "ProviderPlan",
    "Range",
    "Trade",
    "Traffic",
    "aws_cost",
    "estimate",
    "plan_fee",
    "plan_terms",
    "provider_plans",
    "read_prices",
    "spell_trade",
    "trade_of",
    "traffic_of",
]
