"""The Jekyll engine for Platform."""
