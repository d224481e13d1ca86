"""A stand-in for Contentful's delivery API, for `platform up --offline` and for tests.

Written from Contentful's documents: the reference of the Content Delivery API (entries,
assets, content types, locales, search parameters, links, "Synchronization") and the
format of contentful-export. It is not Contentful: it has no users, no limits and no CDN.
"""
