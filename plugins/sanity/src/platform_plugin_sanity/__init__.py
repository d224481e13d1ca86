"""Sanity for Platform."""
