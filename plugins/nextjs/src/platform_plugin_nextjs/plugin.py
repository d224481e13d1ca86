"""What Next.js adds to a composition: its build plan."""
