/** After a move inside the site, begin at the new page's content, as after a load. */
export default defineNuxtPlugin((nuxtApp) => {
  let first = true
  nuxtApp.hook('page:finish', () => {
    if (!first) document.getElementById('content')?.focus({ preventScroll: true })
    first = false
  })
})
