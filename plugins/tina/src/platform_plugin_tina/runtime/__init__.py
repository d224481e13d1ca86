"""What runs inside AWS Lambda; each module goes there on its own."""
