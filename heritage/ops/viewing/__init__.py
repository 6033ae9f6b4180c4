"""Where a camera stands, how it flies, and what it sees of a surface."""
