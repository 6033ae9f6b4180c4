"""Where a monument stands, and how well that is known."""
