"""Points among their neighbours: exact searches, grids, pieces, and the steps by which a cloud is worked on in blocks."""
