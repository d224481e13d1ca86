// What all pages share. Content, pictures and addresses come from modules/site, which reads content/, data/ and static/.
export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  telemetry: false,
  devtools: { enabled: false },

  dir: { public: 'static' },
  css: ['~/assets/css/frame.css', '~/assets/css/site.css'],
  components: [{ path: '~/components', pathPrefix: false }],

  // The site's policy allows no inline code, so styles are linked and there is no import map.
  features: { inlineStyles: false },
  experimental: {
    appManifest: false,
    buildCache: true,
    entryImportMap: false,
    payloadExtraction: 'client',
    defaults: { nuxtLink: { trailingSlash: 'append', prefetchOn: { visibility: false, interaction: true } } },
  },

  // Every page is a file, except those that the site marks as `dynamic` when it is rendered on a server.
  routeRules: {
    '/**': { prerender: true },
    '/404': { prerender: true, noScripts: true },
  },
  nitro: {
    // `nuxt generate` writes files; a site with a server is built for AWS Lambda.
    awsLambda: { streaming: false },
    compressPublicAssets: false,
    sourceMap: false,
    prerender: { crawlLinks: false, concurrency: 4, failOnError: true },
  },
})
