"""The Nuxt engine for Platform."""
