"""The hooks of Sanity."""
