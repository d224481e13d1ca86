"""What Gatsby adds to a composition: its build plan."""
