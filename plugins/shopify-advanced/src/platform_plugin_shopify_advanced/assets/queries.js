// What pages ask Shopify's Storefront API and, last, its Customer Account API. A test compares all of it with the schemas that Shopify publishes.

const CONTEXT = '@inContext(country: $country, language: $language, buyer: $buyer)';
const FOR = '$country: CountryCode, $language: LanguageCode, $buyer: BuyerInput';
const MONEY = '{ amount currencyCode }';

export const VARIANTS = `
query Fresh($ids: [ID!]!, $stock: Boolean!, ${FOR}) ${CONTEXT} {
  nodes(ids: $ids) {
    ... on ProductVariant {
      id availableForSale quantityAvailable @include(if: $stock)
      price ${MONEY} compareAtPrice ${MONEY}
      quantityRule { minimum maximum increment }
      quantityPriceBreaks(first: 20) { nodes { minimumQuantity price ${MONEY} } }
    }
  }
}`;

export const COUNTRIES = `
query Countries {
  localization { country { isoCode } availableCountries { isoCode currency { isoCode } } }
}`;

const CART = `
fragment Whole on Cart {
  id checkoutUrl totalQuantity
  cost { subtotalAmount ${MONEY} }
  lines(first: 100) {
    nodes {
      id quantity
      cost { totalAmount ${MONEY} }
      merchandise {
        ... on ProductVariant {
          id title quantityRule { minimum maximum increment } product { title }
        }
      }
    }
  }
}`;

const change = (name, field, variables, given) => `
mutation ${name}(${variables}, ${FOR}) ${CONTEXT} {
  ${field}(${given}) {
    cart { ...Whole }
    userErrors { code field message }
    warnings { code message target }
  }
}
${CART}`;

export const CART_GET = `
query Cart($id: ID!, ${FOR}) ${CONTEXT} { cart(id: $id) { ...Whole } }
${CART}`;
export const CART_CREATE = change('CartCreate', 'cartCreate', '$input: CartInput!', 'input: $input');
export const CART_ADD = change(
  'CartAdd', 'cartLinesAdd', '$id: ID!, $lines: [CartLineInput!]!', 'cartId: $id, lines: $lines');
export const CART_UPDATE = change(
  'CartUpdate', 'cartLinesUpdate', '$id: ID!, $lines: [CartLineUpdateInput!]!', 'cartId: $id, lines: $lines');
export const CART_REMOVE = change(
  'CartRemove', 'cartLinesRemove', '$id: ID!, $lines: [ID!]!', 'cartId: $id, lineIds: $lines');
export const CART_BUYER = change(
  'CartBuyer', 'cartBuyerIdentityUpdate', '$id: ID!, $identity: CartBuyerIdentityInput!', 'cartId: $id, buyerIdentity: $identity');

export const LOCATIONS = `
query Locations {
  customer { companyContacts(first: 20) { nodes { company { name locations(first: 100) { nodes { id name } } } } } }
}`;
