"""Point clouds of monuments in; a geo-registered 3D map with tours and restoration comparisons out."""

__version__ = "0.1.0"
