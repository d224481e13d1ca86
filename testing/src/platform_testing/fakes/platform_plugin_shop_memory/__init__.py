"""Reference fake: see plugin.toml."""
