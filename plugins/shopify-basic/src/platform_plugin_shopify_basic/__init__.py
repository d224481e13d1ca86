"""Shopify for Platform: products of the Storefront API at build time, cart links at run time, verified webhooks."""
