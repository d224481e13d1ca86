"""A headless Shopify storefront for Platform: variants, fresh stock, several currencies, B2B catalogues and the cart API."""
