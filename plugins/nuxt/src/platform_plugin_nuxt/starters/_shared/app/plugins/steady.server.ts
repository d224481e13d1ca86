/** Nuxt notes when a page was rendered; equal pages must have equal bytes. */
export default defineNuxtPlugin((nuxtApp) => {
  if (nuxtApp.payload.prerenderedAt) nuxtApp.payload.prerenderedAt = 1
})
