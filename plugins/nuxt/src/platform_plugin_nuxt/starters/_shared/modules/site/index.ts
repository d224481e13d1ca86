import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addServerTemplate, addTypeTemplate, defineNuxtModule } from '@nuxt/kit'
import { makeMarkdown } from './markdown'
import { makeModel } from './model'
import { makePictures } from './pictures'
import { hashOf, readData, readJson, readSources } from './read'

const SOURCES = ['app', 'content', 'data', 'modules', 'server', 'shared', 'static', 'nuxt.config.ts', 'package-lock.json']
const USUAL = { site: { title: 'Site', locale: 'en', base_url: '', stage: 'local', rendering: 'static' }, fragments: {}, shop: false, products: {} }

/**
 * Reads the site once for a build: content/, data/, pictures, and what core writes for every engine.
 *
 * Server routes get it as `#site/model`; pages ask those. So a changed text leaves Vue's part of the build
 * as it was, and Nuxt takes that from its cache.
 */
export default defineNuxtModule({
  meta: { name: 'site' },
  async setup(_, nuxt) {
    const root = nuxt.options.rootDir
    const generated = ['.platform/generated', '.platform/local/generated'].map(folder => join(root, folder))
    const read = (name: string) => generated.map(folder => readJson(join(folder, name))).find(Boolean)
    const platform = read('data/platform.json') ?? USUAL
    const settings = read('nuxt.json') ?? {}
    const cache = join(root, 'node_modules/.cache/site')
    const output = join(cache, 'public')
    rmSync(output, { recursive: true, force: true })
    const pictures = await makePictures(root, join(cache, 'pictures'), join(output, '_pictures'))
    const model = makeModel({
      platform,
      settings,
      sources: readSources(root),
      data: readData(root),
      pictures,
      render: makeMarkdown(pictures),
      today: new Date().toISOString(),
    })
    // Pages that are made when they are asked for, if the site has a server; otherwise they are files as well.
    const server = platform.site.rendering === 'server'
    const dynamic = Object.values(model.pages).filter(page => server && page.data.dynamic === true).map(page => page.url)

    // Payloads are kept by browsers under this id: it has to change with the content, and with nothing else.
    const id = hashOf(root, SOURCES, JSON.stringify([platform, settings, Object.keys(model.pages)]))
    nuxt.options.buildId = id
    nuxt.options.runtimeConfig.app.buildId = id

    nuxt.options.routeRules = { ...nuxt.options.routeRules, ...Object.fromEntries(dynamic.map(path => [path, { prerender: false }])) }
    addServerTemplate({
      filename: '#site/model',
      getContents: () => `export const model = JSON.parse(${JSON.stringify(JSON.stringify(model))})\nexport const configFile = ${JSON.stringify(configFile(id))}\n`,
    })
    addTypeTemplate({
      filename: 'types/site-model.d.ts',
      getContents: () => 'declare module \'#site/model\' {\n  export const model: import(\'../../shared/types/site\').Model\n  export const configFile: string\n}\n',
    }, { nitro: true, node: true, nuxt: true, shared: true })
    const files = ['/sitemap.xml', '/robots.txt', '/search.json', '/feed.xml', ...model.site.locales.map(name => `/${name}/feed.xml`)]
    nuxt.hook('nitro:config', (config) => {
      config.publicAssets = [...config.publicAssets ?? [], { dir: output, baseURL: '/', maxAge: 0 }]
      config.prerender!.routes = [...Object.keys(model.pages).filter(path => !dynamic.includes(path)), ...files]
    })
    nuxt.hook('nitro:init', (nitro) => {
      // Nuxt's configuration for the browser, which Nuxt would write into each page as an inline script.
      const { app, public: open } = nuxt.options.runtimeConfig
      writeFileSync(join(output, configFile(id)), `window.__NUXT__={config:${JSON.stringify({ public: open, app })}}\n`)
      nitro.hooks.hook('prerender:generate', (route) => {
        // Nuxt's own fallback pages are empty without scripts; ours is a page like the others.
        if (['/200.html', '/404.html', '/404/_payload.json'].includes(route.route)) route.skip = true
        if (route.route === '/404') route.fileName = '/404.html'
      })
    })
    nuxt.options.watch.push('content/', 'data/')
  },
})

function configFile(id: string): string {
  return `nuxt-config.${id}.js`
}
