// Signs bodies with GitHub's own package, and lets it verify signatures of ours: JSON in, JSON out.
import {text} from "node:stream/consumers"
import {sign, verify} from "@octokit/webhooks-methods"

const {secret, bodies, ours} = JSON.parse(await text(process.stdin))
const signed = await Promise.all(bodies.map((body) => sign(secret, body)))
const valid = await Promise.all(bodies.map((body, place) => verify(secret, body, ours[place])))
console.log(JSON.stringify({signed, valid}))
