const INLINE = /<script>window\.__NUXT__=.*?<\/script>/s

/** Put core's slots into every page, and Nuxt's configuration into a file. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('render:html', (html) => {
    html.head.push(model.fragments.head)
    html.bodyAppend = html.bodyAppend.map(part => part.replace(INLINE, `<script src="/${configFile}"></script>`))
    html.bodyAppend.push(model.fragments.bodyEnd)
  })
  nitro.hooks.hook('render:response', (response) => {
    delete response.headers?.['x-powered-by']
  })
})
