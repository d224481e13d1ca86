"""The Next.js engine for Platform."""
