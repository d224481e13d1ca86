"""Contentful for Platform: content types from the content model, content pulled through the sync API, signed webhooks."""
