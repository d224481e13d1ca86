"""What Nuxt adds to a composition: its build plan."""
