"""A stand-in for Shopify's Storefront API, for tests and for `platform up --offline`.

Written after Shopify's documents: "Storefront API" (reference, versioning, access
tokens, @inContext), "Manage a cart", "Cart warnings", "Create cart permalinks",
"Headless with B2B" and "Using CSV files to import and export products". It is no shop:
nothing can be paid, and its data is gone when it ends.
"""
