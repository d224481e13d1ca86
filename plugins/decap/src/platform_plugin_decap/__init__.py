"""The Decap CMS for Platform."""
