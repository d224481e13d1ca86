"""What Eleventy adds to a composition: its build plan."""
