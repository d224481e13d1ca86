"""TinaCMS for Platform."""
