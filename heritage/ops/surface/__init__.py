"""From oriented points to a surface."""
