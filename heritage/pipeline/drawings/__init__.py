"""Drawings to scale from a release's own tiles: elevations and sections."""
