"""The Hugo engine for Platform."""
