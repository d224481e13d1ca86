import * as React from "react"
import { graphql, Link, useStaticQuery } from "gatsby"
import { Picture } from "./picture"
import type { PictureData } from "./picture"

export interface ProductData {
  sku: string
  name: string
  price: string
  currency: string
  priceText: string
  url: string
  description: string
  stock: number | null
  buy: string
  picture: PictureData | null
}

export const fragments = graphql`
  fragment ProductParts on Product {
    sku
    name
    price
    currency
    priceText
    url
    description
    stock
    buy
    picture(width: 960) { ...PictureParts }
  }
`

export function ProductCard({ product }: { product: ProductData }) {
  return (
    <article className="product-card">
      {product.picture && (
        <Link className="product-card-image" to={product.url} tabIndex={-1} aria-hidden="true">
          <Picture picture={product.picture} alt="" sizes="(min-width: 60rem) 20rem, 90vw" />
        </Link>
      )}
      <h3>
        <Link to={product.url}>{product.name}</Link>
      </h3>
      <p>{product.description}</p>
      <p className="price">{product.priceText}</p>
    </article>
  )
}

/** Three products for the home page; nothing at all without a shop. */
export function ShopStrip({ title = "From the shop" }: { title?: string }) {
  const data: { allProduct: { nodes: ProductData[] } } = useStaticQuery(graphql`
    query ShopStrip {
      allProduct(sort: { order: ASC }, limit: 3) { nodes { ...ProductParts } }
    }
  `)
  if (!data.allProduct.nodes.length) return null
  return (
    <section className="shop-strip" aria-labelledby="shop-strip">
      <header>
        <h2 id="shop-strip">{title}</h2>
        <Link to="/products/">All products</Link>
      </header>
      <div className="products">
        {data.allProduct.nodes.map((product) => (
          <ProductCard key={product.sku} product={product} />
        ))}
      </div>
    </section>
  )
}
