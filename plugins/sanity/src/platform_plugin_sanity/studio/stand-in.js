// A browser opens six connections to one host that has no HTTP/2, and the studio listens on
// more: each listener of a stand-in has a name of this machine to itself.
{
  const fetch = globalThis.fetch
  let listeners = 0
  globalThis.fetch = (address, options) => {
    const own = String(address?.url ?? address)
    if (!own.includes('/data/listen/')) return fetch(address, options)
    return fetch(own.replace(`//${platformStudio.projectId}.`, `//listener-${(listeners += 1)}.`), options)
  }
}
