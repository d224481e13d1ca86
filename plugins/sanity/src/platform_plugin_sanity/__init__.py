"""Sanity for Platform: studio and schema from the content model, content pulled through the query API, signed webhooks."""
