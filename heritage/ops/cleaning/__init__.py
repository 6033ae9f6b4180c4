"""A class and a reason for every point."""
