"""The hooks of TinaCMS."""
