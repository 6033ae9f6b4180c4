"""One epoch against another."""
