"""flows schedule: what runs at night, and the command line."""
