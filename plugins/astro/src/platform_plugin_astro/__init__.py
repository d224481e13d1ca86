"""The Astro engine for Platform."""
