import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Pager } from "../components/pager"
import type { PageNumbers } from "../components/pager"
import { ProjectCard } from "../components/project-card"
import type { ProjectData } from "../components/project-card"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"

interface Data {
  entry: { title: string; description: string; body: string } | null
  allEntry: { nodes: ProjectData[] }
}

export default function Projects({ data, pageContext }: PageProps<Data, PageNumbers>) {
  return (
    <div className="page">
      <header className="page-head">
        <h1>{data.entry?.title ?? "Projects"}</h1>
        <Prose html={data.entry?.body ?? ""} className="lead" />
      </header>
      <h2 className="visually-hidden">All projects, newest first</h2>
      <div className="projects">
        {data.allEntry.nodes.map((project) => (
          <ProjectCard key={project.id} project={project} />
        ))}
      </div>
      <Pager {...pageContext} />
    </div>
  )
}

export function Head({ data, location }: HeadProps<Data>) {
  return <Seo title={data.entry?.title ?? "Projects"} description={data.entry?.description} path={location.pathname} />
}

export const query = graphql`
  query Projects($id: String!, $ids: [String!]!) {
    entry(id: { eq: $id }) { title description body }
    allEntry(filter: { id: { in: $ids } }, sort: [{ order: ASC }, { date: DESC }, { title: ASC }]) {
      nodes { ...ProjectParts }
    }
  }
`
