import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { ProductCard } from "../components/products"
import type { ProductData } from "../components/products"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"

interface Data {
  entry: { title: string; description: string; body: string } | null
  allProduct: { nodes: ProductData[] }
}

export default function Products({ data }: PageProps<Data>) {
  return (
    <div className="page">
      <header className="page-head">
        <h1>{data.entry?.title ?? "Shop"}</h1>
      </header>
      <Prose html={data.entry?.body ?? ""} />
      <h2 className="visually-hidden">All products</h2>
      <div className="products">
        {data.allProduct.nodes.map((product) => (
          <ProductCard key={product.sku} product={product} />
        ))}
      </div>
    </div>
  )
}

export function Head({ data, location }: HeadProps<Data>) {
  return <Seo title={data.entry?.title ?? "Shop"} description={data.entry?.description} path={location.pathname} />
}

export const query = graphql`
  query Products($id: String!) {
    entry(id: { eq: $id }) { title description body }
    allProduct(sort: { order: ASC }) { nodes { ...ProductParts } }
  }
`
