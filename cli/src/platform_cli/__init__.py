"""The `platform` command."""
