// A dataset in memory: loaded from an export, asked with GROQ, changed by mutations.
//
// GROQ is evaluated by groq-js and mutations are applied by @sanity/mutator, both Sanity's own.
// The formats are those of https://www.sanity.io/docs/http-reference/mutation,
// https://www.sanity.io/docs/http-reference/actions and
// https://www.sanity.io/docs/content-lake/importing-data.

import {createHash, randomBytes} from 'node:crypto'
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {basename, dirname, extname, join, resolve, sep} from 'node:path'

const TYPES = {gif: 'image/gif', jpeg: 'image/jpeg', jpg: 'image/jpeg', png: 'image/png', svg: 'image/svg+xml', webp: 'image/webp'}

export class Conflict extends Error {}

export class Dataset {
  constructor({groq, Mutation, project, dataset}) {
    Object.assign(this, {groq, Mutation, project, dataset})
    this.documents = new Map()
    this.files = new Map()
    this.listeners = new Set()
    this.state = ''
    this.loaded = new Set()
  }

  // Read an export: a document in each line, and files beside it that documents name.
  load(path) {
    const folder = resolve(dirname(path))
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      if (line.trim()) this.put(this.withAssets(JSON.parse(line), folder))
    }
  }

  put(document, now = new Date().toISOString()) {
    const kept = {_createdAt: now, _updatedAt: now, _rev: revision(), ...document}
    this.documents.set(kept._id, kept)
    return kept
  }

  withAssets(value, folder) {
    if (Array.isArray(value)) return value.map((item) => this.withAssets(item, folder))
    if (value === null || typeof value !== 'object') return value
    const {_sanityAsset: asset, ...rest} = value
    const found = Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, this.withAssets(item, folder)]))
    if (!asset) return found
    const [kind, address] = splitOnce(asset, '@')
    if (!address.startsWith('file://')) throw new Error(`${asset}: only files beside the export are loaded`)
    const path = resolve(folder, address.replace(/^file:\/\/(\.\/)?/, ''))
    if (!path.startsWith(folder + sep)) throw new Error(`${asset} leads out of the export`)
    return {...found, asset: {_type: 'reference', _ref: this.addAsset(kind, basename(path), readFileSync(path))._id}}
  }

  addAsset(kind, name, bytes) {
    const sha1 = createHash('sha1').update(bytes).digest('hex')
    const extension = extname(name).slice(1).toLowerCase() || 'bin'
    const size = kind === 'image' ? sizeOf(bytes) : null
    const file = size ? `${sha1}-${size.width}x${size.height}.${extension}` : `${sha1}.${extension}`
    const folder = kind === 'image' ? 'images' : 'files'
    const path = `${folder}/${this.project}/${this.dataset}/${file}`
    const mimeType = TYPES[extension] ?? 'application/octet-stream'
    this.files.set(`/${path}`, {bytes, mimeType, name})
    const id = `${kind}-${file.replace(/\.([^.]+)$/, '-$1')}`
    return this.documents.get(id) ?? this.put({
      _id: id,
      _type: kind === 'image' ? 'sanity.imageAsset' : 'sanity.fileAsset',
      assetId: sha1,
      extension,
      mimeType,
      originalFilename: name,
      path,
      sha1hash: sha1,
      size: bytes.length,
      url: `https://cdn.sanity.io/${path}`,
      ...(size ? {metadata: {_type: 'sanity.imageMetadata', dimensions: {_type: 'sanity.imageDimensions', ...size, aspectRatio: size.width / size.height}}} : {}),
    })
  }

  async query(query, params, perspective) {
    const dataset = this.seen(perspective)
    const value = await this.groq.evaluate(this.groq.parse(query, {params}), {
      dataset,
      params,
      sanity: {projectId: this.project, dataset: this.dataset},
      identity: 'stand-in',
    })
    return value.get()
  }

  // What a perspective shows. A release has a perspective of its own, and there are no releases here.
  seen(perspective) {
    const all = [...this.documents.values()]
    if (perspective === 'raw') return all
    const published = all.filter((item) => !/^(drafts|versions)\./.test(item._id))
    if (perspective === 'published') return published
    const drafts = all.filter((item) => item._id.startsWith('drafts.'))
    const over = new Map(drafts.map((item) => [item._id.slice(7), {...item, _id: item._id.slice(7), _originalId: item._id}]))
    const rest = published.filter((item) => !over.has(item._id)).map((item) => ({...item, _originalId: item._id}))
    return [...rest, ...over.values()]
  }

  // Carry out mutations, all or none, and tell those who listen.
  mutate(mutations, transactionId = revision()) {
    const before = new Map(this.documents)
    const results = []
    try {
      for (const mutation of mutations) results.push(...this.apply(mutation, transactionId))
    } catch (error) {
      this.documents = before
      throw error
    }
    this.save()
    this.tell(before, results, transactionId)
    return {transactionId, results}
  }

  apply(mutation, transactionId) {
    const [operation] = Object.keys(mutation)
    const body = mutation[operation]
    const ids = operation === 'patch' && !body.id ? this.matching(body) : [body._id ?? body.id]
    return ids.map((id) => this.applyOne(operation, body, id ?? '', transactionId)).filter(Boolean)
  }

  matching({query, params = {}}) {
    const rows = this.groq.evaluate(this.groq.parse(query, {params}), {dataset: this.seen('raw'), params})
    if (typeof rows.then === 'function') throw new Conflict('patches by query are not part of this stand-in')
    return rows.data.map((item) => item._id)
  }

  applyOne(operation, body, given, transactionId) {
    const id = given.endsWith('.') || !given ? `${given}${randomBytes(11).toString('base64url')}` : given
    const old = this.documents.get(id)
    if (operation === 'delete') {
      this.documents.delete(id)
      return old && {id, operation: 'delete'}
    }
    if (operation === 'createIfNotExists' && old) return {id, operation: 'none'}
    if (operation === 'create' && old) throw new Conflict(`Document by ID "${id}" already exists`)
    if (operation === 'patch' && !old) throw new Conflict(`The document with the ID "${id}" was not found`)
    if (operation === 'patch' && body.ifRevisionID && body.ifRevisionID !== old._rev) {
      throw new Conflict(`Document "${id}" has unexpected revision ID`)
    }
    const now = new Date().toISOString()
    const applied = operation === 'patch'
      ? new this.Mutation({mutations: [{patch: {...body, id}}]}).apply({...old})
      : {...body, _id: id, _createdAt: body._createdAt ?? old?._createdAt ?? now}
    this.documents.set(id, {...applied, _rev: transactionId, _updatedAt: now})
    return {id, operation: old ? 'update' : 'create'}
  }

  // What the studio does with drafts. Releases and versions are not part of this stand-in.
  act(actions, transactionId = revision()) {
    return this.mutate(actions.flatMap((action) => this.mutationsOf(action)), transactionId)
  }

  mutationsOf(action) {
    const {publishedId, draftId} = action
    const draft = this.documents.get(draftId)
    const published = this.documents.get(publishedId)
    switch (action.actionType) {
      case 'sanity.action.document.create':
        return [{[action.ifExists === 'ignore' ? 'createIfNotExists' : 'create']: action.attributes}]
      case 'sanity.action.document.version.create':
        return [{create: action.document}]
      case 'sanity.action.document.edit':
        return [
          ...(draft ? [] : [{create: {...withoutMeta(published), _id: draftId}}]),
          {patch: {...action.patch, id: draftId}},
        ]
      case 'sanity.action.document.publish':
        if (!draft) throw new Conflict(`There is no draft of "${publishedId}"`)
        return [{createOrReplace: {...withoutMeta(draft), _id: publishedId}}, {delete: {id: draftId}}]
      case 'sanity.action.document.unpublish':
        return [{createIfNotExists: {...withoutMeta(published), _id: draftId}}, {delete: {id: publishedId}}]
      case 'sanity.action.document.discard':
      case 'sanity.action.document.version.discard':
        return [{delete: {id: draftId ?? action.versionId}}]
      case 'sanity.action.document.delete':
        return [{delete: {id: publishedId}}, ...[...(action.includeDrafts ?? [])].map((id) => ({delete: {id}}))]
      default:
        throw new Conflict(`${action.actionType} is not part of this stand-in`)
    }
  }

  tell(before, results, transactionId) {
    // Several mutations of one document are one change.
    for (const id of new Set(results.filter(({operation}) => operation !== 'none').map((row) => row.id))) {
      const [old, now] = [before.get(id), this.documents.get(id)]
      if (!old && !now) continue
      const event = {
        documentId: id,
        transactionId,
        transition: !now ? 'disappear' : old ? 'update' : 'appear',
        identity: 'stand-in',
        timestamp: new Date().toISOString(),
        visibility: 'query',
        previousRev: old?._rev,
        resultRev: now?._rev,
        result: now,
        previous: old,
        // A patch in Mendoza's format that is a literal value.
        effects: {apply: [0, now ?? null], revert: [0, old ?? null]},
        mutations: [now ? {createOrReplace: now} : {delete: {id}}],
        transactionTotalEvents: 1,
        transactionCurrentEvent: 1,
      }
      for (const listener of this.listeners) listener(event)
    }
  }

  lines() {
    return [...this.documents.values()].map((item) => JSON.stringify(item)).join('\n')
  }

  // Changes outlive a restart: documents in one file, uploads beside it, what is gone by its id.
  save() {
    if (!this.state) return
    const gone = [...this.loaded].filter((id) => !this.documents.has(id)).map((id) => JSON.stringify({_gone: id}))
    writeFileSync(`${this.state}.new`, [this.lines(), ...gone, ''].join('\n'))
    renameSync(`${this.state}.new`, this.state)
  }

  keep(kind, name, bytes) {
    if (!this.state) return
    const folder = join(`${this.state}.files`, createHash('sha1').update(bytes).digest('hex'))
    mkdirSync(folder, {recursive: true})
    writeFileSync(join(folder, `${kind}-${basename(name)}`), bytes)
  }

  restore(state) {
    this.state = state
    this.loaded = new Set(this.documents.keys())
    if (!existsSync(state)) return
    if (existsSync(`${state}.files`)) {
      for (const path of readdirSync(`${state}.files`, {recursive: true, withFileTypes: true})) {
        if (!path.isFile()) continue
        const [kind, name] = splitOnce(path.name, '-')
        this.addAsset(kind, name, readFileSync(join(path.parentPath, path.name)))
      }
    }
    for (const line of readFileSync(state, 'utf8').split('\n').filter(Boolean)) {
      const document = JSON.parse(line)
      if (document._gone) this.documents.delete(document._gone)
      else this.documents.set(document._id, document)
    }
  }
}

function withoutMeta(document) {
  if (!document) throw new Conflict('There is no such document')
  const {_rev, _updatedAt, ...rest} = document
  return rest
}

function revision() {
  return randomBytes(11).toString('hex')
}

function splitOnce(text, mark) {
  const place = text.indexOf(mark)
  return [text.slice(0, place), text.slice(place + 1)]
}

// The size of a PNG, GIF or JPEG; other pictures have one by one pixel, as an SVG without a size has.
function sizeOf(bytes) {
  if (bytes.subarray(1, 4).toString('latin1') === 'PNG') return {width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20)}
  if (bytes.subarray(0, 3).toString('latin1') === 'GIF') return {width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8)}
  for (let place = 2; bytes[0] === 0xff && place + 9 < bytes.length; place += 2 + bytes.readUInt16BE(place + 2)) {
    const marker = bytes[place + 1]
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return {width: bytes.readUInt16BE(place + 7), height: bytes.readUInt16BE(place + 5)}
    }
  }
  return {width: 1, height: 1}
}
