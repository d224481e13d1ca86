"""What Astro adds to a composition: its build plan."""
