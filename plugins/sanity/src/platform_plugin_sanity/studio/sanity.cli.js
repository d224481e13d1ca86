// How the studio is built. It knows no site: which one it is for, it reads when it starts.
import {defineCliConfig} from 'sanity/cli'

const ENTRY = `
import {createHashHistory} from 'history'
import {createElement} from 'react'
import {createRoot} from 'react-dom/client'
import {Studio} from 'sanity'
import config from '../../sanity.config.js'

const props = {config, basePath: '/', unstable_history: createHashHistory()}
createRoot(document.getElementById('sanity')).render(createElement(Studio, props))
`

// A static host has no file for an address inside the studio, so those come after a hash.
const entry = {
  name: 'platform-entry',
  enforce: 'pre',
  transform: (_, id) => (id.endsWith('/.sanity/runtime/app.js') ? {code: ENTRY, map: null} : null),
}

export default defineCliConfig({
  api: {projectId: 'unknown0', dataset: 'production'},
  deployment: {autoUpdates: false},
  vite: (config) => ({...config, base: './', plugins: [...config.plugins, entry]}),
})
