"""The Snipcart shop for Platform."""
