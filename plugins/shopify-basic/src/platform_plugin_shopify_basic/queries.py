"""What a build asks the Storefront API, as GraphQL.

Fields that a token may lack the right to read are asked for only when `$stock` or
`$tags` says so: one field too many makes the API refuse the whole query.
"""

from __future__ import annotations

__all__ = ["COLLECTION", "IDS", "PRICES", "PRODUCTS", "VARIANTS"]

_CONTEXT = "@inContext(country: $country, language: $language)"

_SOLD = """
fragment Sold on ProductVariant {
  id sku title availableForSale weight weightUnit requiresShipping
  quantityAvailable @include(if: $stock)
  price { amount currencyCode }
  compareAtPrice { amount currencyCode }
  selectedOptions { name value }
  image { id }
  quantityRule { minimum maximum increment }
  quantityPriceBreaks(first: 20) { nodes { minimumQuantity price { amount currencyCode } } }
}
"""
_ITEM = (
    """
fragment Picture on Image { id altText url(transform: {maxWidth: 2048}) }
fragment Item on Product {
  id handle title descriptionHtml productType vendor availableForSale requiresSellingPlan
  createdAt updatedAt publishedAt
  tags @include(if: $tags)
  seo { description }
  images(first: 20) { nodes { ...Picture } }
  options(first: 3) { name optionValues { name } }
  variants(first: 100) { pageInfo { hasNextPage endCursor } nodes { ...Sold } }
}
"""
    + _SOLD
)

PRODUCTS = f"""
query Products($first: Int!, $after: String, $query: String, $stock: Boolean!, $tags: Boolean!, $country: CountryCode,
               $language: LanguageCode) {_CONTEXT} {{
  products(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ ...Item }}
  }}
}}
{_ITEM}"""

COLLECTION = f"""
query Collected($handle: String!, $first: Int!, $after: String, $stock: Boolean!, $tags: Boolean!, $country: CountryCode,
                $language: LanguageCode) {_CONTEXT} {{
  collection(handle: $handle) {{
    products(first: $first, after: $after) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ ...Item }} }}
  }}
}}
{_ITEM}"""

VARIANTS = f"""
query Variants($id: ID!, $after: String, $stock: Boolean!, $country: CountryCode, $language: LanguageCode) {_CONTEXT} {{
  product(id: $id) {{
    variants(first: 100, after: $after) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ ...Sold }} }}
  }}
}}
{_SOLD}"""

IDS = """
query Ids($after: String, $country: CountryCode) @inContext(country: $country) {
  products(first: 250, after: $after, sortKey: ID) { pageInfo { hasNextPage endCursor } nodes { id } }
}
"""

PRICES = """
query Prices($ids: [ID!]!, $country: CountryCode) @inContext(country: $country) {
  nodes(ids: $ids) { ... on ProductVariant { id price { amount currencyCode } } }
}
"""
