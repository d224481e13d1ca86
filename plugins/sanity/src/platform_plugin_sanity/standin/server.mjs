// A stand-in for Sanity's API at the HTTP boundary, for tests and `platform up --offline`.
//
//   node server.mjs --packages FOLDER --port PORT --data FILE [--state FILE] [--webhook URL]
//
// It answers what https://www.sanity.io/docs/http-reference has for queries, documents, exports,
// mutations, actions, listeners and assets, for one dataset, whatever its name. Every answer
// says `X-Platform-Stand-In: sanity`. Only programs and pages of this machine are answered.

import {createServer} from 'node:http'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {parseArgs} from 'node:util'
import {account} from './account.mjs'
import {Conflict, Dataset} from './dataset.mjs'
import {webhook} from './webhook.mjs'

const LIMIT = 64 * 1024 * 1024
const LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1|[a-z0-9-]+\.localhost)(:\d+)?$/
const HOSTS = /^(localhost|127\.0\.0\.1|[a-z0-9-]+\.localhost)(:\d+)?$/

const {values: options} = parseArgs({
  options: {
    packages: {type: 'string'},
    port: {type: 'string'},
    data: {type: 'string', multiple: true, default: []},
    state: {type: 'string', default: ''},
    project: {type: 'string', default: 'standin0'},
    dataset: {type: 'string', default: 'production'},
    webhook: {type: 'string', default: ''},
  },
})

async function load(name, entry) {
  return import(pathToFileURL(join(options.packages, 'node_modules', name, entry)).href)
}

function answer(response, status, body, headers = {}) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  response.writeHead(status, {'content-type': 'application/json; charset=utf-8', ...headers, 'content-length': bytes.length})
  response.end(bytes)
}

function refuse(response, status, description, type = 'invalidRequest') {
  answer(response, status, {error: {description, type}, statusCode: status, message: description})
}

async function read(request) {
  const parts = []
  let size = 0
  for await (const part of request) {
    size += part.length
    if (size > LIMIT) throw new Conflict('the body is too large')
    parts.push(part)
  }
  return Buffer.concat(parts)
}

// Parameters of a query are JSON, with a dollar sign before their names.
function paramsOf(search) {
  const rows = [...search].filter(([name]) => name.startsWith('$'))
  return Object.fromEntries(rows.map(([name, value]) => [name.slice(1), JSON.parse(value)]))
}

function perspectiveOf(search, version, body) {
  const wanted = body?.options?.perspective ?? search.get('perspective')
  if (wanted) return wanted === 'previewDrafts' ? 'drafts' : wanted.includes(',') ? 'drafts' : wanted
  return version >= '2025-02-19' && version !== 'X' ? 'published' : 'raw'
}

const handlers = {
  async query({dataset, request, response, search, version}) {
    const body = request.method === 'POST' ? JSON.parse(await read(request)) : null
    const query = body?.query ?? search.get('query') ?? ''
    const params = body?.params ?? paramsOf(search)
    const started = performance.now()
    let result
    try {
      result = await dataset.query(query, params, perspectiveOf(search, version, body))
    } catch (error) {
      return answer(response, 400, {error: {description: error.message, type: 'queryParseError', query}})
    }
    const shown = search.get('returnQuery') === 'false' ? {} : {query}
    answer(response, 200, {...shown, result, syncTags: ['s1:stand-in'], ms: Math.round(performance.now() - started)})
  },

  doc({dataset, response, rest, search, version}) {
    const ids = decodeURIComponent(rest).split(',')
    const seen = dataset.seen(search.get('perspective') || (version >= '2025-02-19' ? 'published' : 'raw'))
    const raw = ids.map((id) => dataset.documents.get(id) ?? seen.find((item) => item._id === id))
    const omitted = ids.filter((_, place) => !raw[place]).map((id) => ({id, reason: 'existence'}))
    answer(response, 200, {documents: raw.filter(Boolean), omitted})
  },

  export({dataset, response}) {
    answer(response, 200, `${dataset.lines()}\n`, {'content-type': 'application/x-ndjson'})
  },

  async mutate({dataset, request, response, search}) {
    const body = JSON.parse(await read(request))
    const {transactionId, results} = dataset.mutate(body.mutations, body.transactionId)
    const shown = (row) => ({...row, ...(search.get('returnDocuments') === 'true' ? {document: dataset.documents.get(row.id)} : {})})
    const withIds = search.get('returnIds') === 'true' || search.get('returnDocuments') === 'true'
    answer(response, 200, {transactionId, results: withIds ? results.map(shown) : []})
  },

  async actions({dataset, request, response}) {
    const body = JSON.parse(await read(request))
    answer(response, 200, {transactionId: dataset.act(body.actions, body.transactionId).transactionId})
  },

  // Nothing of the past is kept: no events, and no transactions, which come in lines.
  history({response, rest}) {
    answer(response, 200, rest.startsWith('transactions') ? '' : {events: [], nextCursor: ''})
  },

  listen({dataset, request, response, search}) {
    response.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-cache'})
    const send = (name, data) => response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
    send('welcome', {listenerName: 'stand-in'})
    const query = search.get('query') ?? '*'
    const params = paramsOf(search)
    const listener = async (event) => {
      const row = [event.result ?? event.previous].filter(Boolean)
      const tree = dataset.groq.parse(query, {params})
      const found = await (await dataset.groq.evaluate(tree, {dataset: row, params})).get()
      if (Array.isArray(found) ? found.length : found) send('mutation', event)
    }
    dataset.listeners.add(listener)
    request.on('close', () => dataset.listeners.delete(listener))
  },
}

async function upload({dataset, request, response, kind, search}) {
  const [type, name, bytes] = [kind === 'images' ? 'image' : 'file', search.get('filename') || 'file.bin', await read(request)]
  const document = dataset.addAsset(type, name, bytes)
  dataset.keep(type, name, bytes)
  dataset.save()
  answer(response, 200, {document})
}

async function route(dataset, request, response) {
  const {pathname, searchParams: search} = new URL(request.url, 'http://localhost')
  if (dataset.files.has(pathname)) {
    const {bytes, mimeType} = dataset.files.get(pathname)
    return answer(response, 200, bytes, {'content-type': mimeType})
  }
  if (pathname === '/') return answer(response, 200, {stand_in_for: 'sanity', documents: dataset.documents.size})
  const [, version, ...parts] = pathname.match(/^\/v(\d{4}-\d\d-\d\d|1|X)\/(.*)$/) ?? []
  const [area, verb, ...rest] = (parts[0] ?? '').split('/')
  const known = {dataset, request, response, search, version, rest: rest.slice(1).join('/')}
  if (area === 'data' && handlers[verb]) return handlers[verb](known)
  if (area === 'assets' && request.method === 'POST') return upload({...known, kind: verb})
  const found = version && account(area, [verb, ...rest], dataset)
  return found ? answer(response, 200, found) : refuse(response, 404, `${pathname} is not part of this stand-in`, 'notFound')
}

function headers(request, response) {
  const origin = request.headers.origin ?? ''
  response.setHeader('x-platform-stand-in', 'sanity')
  if (!LOOPBACK.test(origin)) return
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-allow-credentials', 'true')
  response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
  response.setHeader('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS')
  response.setHeader('access-control-expose-headers', 'x-platform-stand-in')
  response.setHeader('vary', 'origin')
}

const groq = await load('groq-js', 'dist/index.js')
const {Mutation} = await load('@sanity/mutator', 'lib/index.js')
const dataset = new Dataset({groq, Mutation, project: options.project, dataset: options.dataset})
for (const path of options.data) dataset.load(path)
if (options.state) dataset.restore(options.state)

// The secret that the site checks webhooks with; without one it has another that nobody knows.
const secret = process.env.PLATFORM_SECRET_SANITY
if (options.webhook && secret) dataset.listeners.add(webhook(dataset, options.webhook, secret))

const server = createServer(async (request, response) => {
  headers(request, response)
  // A page of the internet whose name was made to lead here has another host.
  if (!HOSTS.test(request.headers.host ?? '')) return refuse(response, 403, 'only this machine is answered')
  if (request.method === 'OPTIONS') return response.writeHead(204).end()
  try {
    await route(dataset, request, response)
  } catch (error) {
    if (error instanceof Conflict) return refuse(response, 409, error.message, 'mutationError')
    if (error instanceof SyntaxError) return refuse(response, 400, error.message)
    console.error(error)
    if (!response.headersSent) refuse(response, 500, 'the stand-in failed', 'internal')
  }
})
server.listen(Number(options.port), '127.0.0.1', () => console.log(`stand-in for sanity on port ${server.address().port}`))
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0))
