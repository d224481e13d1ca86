"""Content types as a script for the program contentful-migration.

The script can be run again: a type that is there is edited, a field that is there is
left to its editors, and nothing is ever deleted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from platform_plugin_contentful.model import ContentType

__all__ = ["migration_script"]

_SCRIPT = """\
// Made by Platform from content.toml. Run it with
//   npx contentful-migration --space-id <space> --environment-id <environment> <this file>
// It may be run again after content.toml has changed. It adds what is missing and deletes nothing.
'use strict';

const types = %s;

module.exports = async function (migration, { makeRequest }) {
  const found = await makeRequest({ method: 'GET', url: '/content_types?limit=1000' });
  const known = new Map(found.items.map((item) => [item.sys.id, item]));
  for (const { id, fields, ...definition } of types) {
    const old = known.get(id);
    const type = old ? migration.editContentType(id, definition) : migration.createContentType(id, definition);
    const there = new Set(old ? old.fields.map((field) => field.id) : []);
    const fresh = fields.filter((field) => !there.has(field.id));
    for (const { id: name, widget, settings, ...field } of fresh) {
      type.createField(name, field);
    }
    for (const { id: name, widget, settings } of fresh) {
      type.changeFieldControl(name, 'builtin', widget, settings);
    }
  }
};
"""


def migration_script(types: Iterable[ContentType]) -> str:
    """Return the script that brings a space's content types in step with *types*."""
    rows = [_row(item) for item in types]
    return _SCRIPT % json.dumps(rows, indent=2, ensure_ascii=False)


def _row(item: ContentType) -> dict[str, Any]:
    return {
        "id": item.id,
        "name": item.name,
        "description": item.description,
        "displayField": "title",
        "fields": [
            {"id": one.id, **one.definition, "widget": one.widget, "settings": dict(one.settings)}
            for one in item.fields
        ],
    }
