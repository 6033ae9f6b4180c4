"""From a surface or a cloud to a tree of tiles."""
