// Tells of changes as Sanity's webhooks do, signed, when the stand-in was told where and with what.
//
// The signature is that of https://github.com/sanity-io/webhook-toolkit.

import {createHmac} from 'node:crypto'

export function webhook(dataset, url, secret) {
  return ({documentId, transition, result, previous}) => {
    if (/^(drafts|versions)\./.test(documentId)) return
    const operation = {appear: 'create', update: 'update', disappear: 'delete'}[transition]
    const {_id, _type, _rev} = result ?? previous
    const body = JSON.stringify({_id, _type, _rev, operation, project: dataset.project, dataset: dataset.dataset})
    const time = Date.now()
    const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('base64url')
    const headers = {'content-type': 'application/json', 'sanity-webhook-signature': `t=${time},v1=${signature}`}
    fetch(url, {method: 'POST', body, headers}).catch((error) => console.error(`webhook: ${error.message}`))
  }
}
