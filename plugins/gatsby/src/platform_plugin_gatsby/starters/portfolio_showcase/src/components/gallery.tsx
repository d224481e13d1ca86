import * as React from "react"
import { titled } from "./breadcrumbs"
import { Filters } from "./filters"
import { Pager } from "./pager"
import type { PageNumbers } from "./pager"
import { Seo } from "./seo"
import { Wall, WorkTile } from "./wall"
import type { WorkData } from "./wall"

export interface GalleryData {
  entry: { title: string; description: string } | null
  allEntry: { nodes: WorkData[] }
}

export interface GalleryContext extends PageNumbers {
  name?: string
}

/** All works, or those of one filter: the wall is laid anew. */
export function Gallery({ data, context }: { data: GalleryData; context: GalleryContext }) {
  return (
    <>
      <Wall>
        <header className="tile tile-wide tile-text">
          <h1>{heading(data, context)}</h1>
          <Filters current={context.url} />
        </header>
        {data.allEntry.nodes.map((work, at) => (
          <WorkTile key={work.id} work={work} big={at === 0} eager={at < 3} />
        ))}
      </Wall>
      <div className="wrap">
        <Pager {...context} />
      </div>
    </>
  )
}

export function GalleryHead({ data, context, path }: { data: GalleryData; context: GalleryContext; path: string }) {
  const works = data.allEntry.nodes.map((work) => work.title).join(", ")
  return <Seo title={heading(data, context)} description={data.entry?.description || `Tiles for ${context.name}: ${works}.`} path={path} />
}

function heading(data: GalleryData, context: GalleryContext): string {
  return data.entry?.title ?? titled(context.name ?? "works")
}
