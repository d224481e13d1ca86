"""What Jekyll adds to a composition: its build plan."""
