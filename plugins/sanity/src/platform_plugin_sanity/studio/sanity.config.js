// The studio of a site. The page brings what it has to know, see platform.js beside it.
import {defineConfig} from 'sanity'
import {structureTool} from 'sanity/structure'
import {toTypes} from './schema.js'

const {title, projectId, dataset, standIn, types} = globalThis.platformStudio ?? {
  title: 'Studio',
  projectId: 'unknown0',
  dataset: 'production',
  types: [],
}

const collections = types.filter(({type}) => type === 'document')

// The studio puts the project's id before the host's name, as it does with Sanity's.
const standInHost = standIn && `http://localhost:${new URL(standIn).port}`

export default defineConfig({
  name: 'default',
  title,
  projectId,
  dataset,
  basePath: '/',
  schema: {types: toTypes(types)},
  plugins: [
    structureTool({
      structure: (S) =>
        S.list()
          .title('Content')
          .items(collections.map(({name, plural}) => S.documentTypeListItem(name).title(plural))),
    }),
  ],
  // What Sanity sells apart, or what needs more of an account than a login, is not part of it.
  scheduledPublishing: {enabled: false},
  tasks: {enabled: false},
  releases: {enabled: false},
  scheduledDrafts: {enabled: false},
  // groq-js, with which the stand-in answers, has no text search.
  ...(standIn ? {apiHost: standInHost, search: {strategy: 'groqLegacy'}} : {}),
})
