"""The Eleventy engine for Platform."""
