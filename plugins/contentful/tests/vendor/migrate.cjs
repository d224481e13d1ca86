// Reads a migration as contentful-migration does, against a space that is kept in memory, and prints what it would do.
'use strict';

const { createMigrationParser } = require('contentful-migration/built/lib/migration-parser');

const [script, existing] = process.argv.slice(2);
const types = existing ? JSON.parse(existing) : [];

const makeRequest = async ({ url }) => {
  const path = url.split('?')[0];
  const wanted = new URLSearchParams(url.split('?')[1]).get('sys.id[in]');
  if (path.endsWith('/content_types')) {
    const items = wanted ? types.filter((item) => wanted.split(',').includes(item.sys.id)) : types;
    return { items, total: items.length, skip: 0, limit: 100 };
  }
  if (path.endsWith('/editor_interface')) {
    return { sys: { type: 'EditorInterface', version: 1 }, controls: [] };
  }
  if (path.endsWith('/locales')) {
    return { items: [{ code: 'en-US', default: true }], total: 1, skip: 0, limit: 100 };
  }
  return { items: [], total: 0, skip: 0, limit: 100 };
};

(async () => {
  const parse = createMigrationParser(makeRequest, { spaceId: 'space', environmentId: 'master' });
  const result = await parse(require(script));
  const requests = result.batches.flatMap((batch) => batch.requests);
  const errors = [
    ...result.stepsValidationErrors,
    ...result.payloadValidationErrors,
    ...result.getValidationErrors(),
    ...result.getRuntimeErrors(),
  ];
  console.log(JSON.stringify({ requests, errors: errors.map((error) => error.message || String(error)) }));
})();
