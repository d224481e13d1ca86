"""The hooks of Contentful."""
