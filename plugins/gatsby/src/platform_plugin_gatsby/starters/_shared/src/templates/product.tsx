import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Breadcrumbs } from "../components/breadcrumbs"
import { Picture } from "../components/picture"
import type { ProductData } from "../components/products"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"
import { Slot } from "../components/slot"

interface Data {
  entry: { title: string; description: string; body: string; image: string | null }
  product: ProductData
}

const TRAIL: [string, string][] = [["Shop", "/products/"]]

export default function Product({ data: { entry, product } }: PageProps<Data>) {
  return (
    <article className="page">
      <Breadcrumbs trail={TRAIL} />
      <div className="product-view">
        {product.picture && (
          <div className="product-picture">
            <Picture field="image" picture={product.picture} alt={product.name} sizes="(min-width: 52rem) 40rem, 92vw" eager />
          </div>
        )}
        <div className="product-facts">
          <h1 data-field="title">{product.name}</h1>
          {product.description && <p className="lead" data-field="description">{product.description}</p>}
          <p className="price">{product.priceText}</p>
          {product.stock !== null && <p className="stock">{product.stock > 0 ? `${product.stock} in stock` : "Sold out"}</p>}
          <div className="buy">
            <Slot html={product.buy} />
          </div>
        </div>
      </div>
      <Prose html={entry.body} />
    </article>
  )
}

export function Head({ data: { entry, product }, pageContext }: HeadProps<Data, { url: string }>) {
  const offer = {
    "@type": "Offer",
    price: product.price,
    priceCurrency: product.currency,
    availability: product.stock === 0 ? "https://schema.org/OutOfStock" : "https://schema.org/InStock",
  }
  return (
    <Seo
      title={product.name}
      description={entry.description}
      path={pageContext.url}
      image={entry.image}
      crumbs={TRAIL}
      data={[{ "@type": "Product", name: product.name, sku: product.sku, description: entry.description, offers: offer }]}
    />
  )
}

export const query = graphql`
  query Product($id: String!, $sku: String!) {
    entry(id: { eq: $id }) { title description body image }
    product(sku: { eq: $sku }) { ...ProductParts }
  }
`
