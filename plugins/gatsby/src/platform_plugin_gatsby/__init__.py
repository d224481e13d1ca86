"""The Gatsby engine for Platform."""
