// Signs requests with Contentful's own toolkit: sign.cjs '[{"secret", "path", "body", "headers", "time"}, ...]'
'use strict';

const { signRequest } = require('@contentful/node-apps-toolkit');

const rows = JSON.parse(process.argv[2]);
console.log(
  JSON.stringify(
    rows.map(({ secret, time, ...request }) => ({
      ...request.headers,
      ...signRequest(secret, { method: 'POST', ...request }, time),
    })),
  ),
);
