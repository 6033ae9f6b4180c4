"""Which way a surface faces, and which side of it is outside."""
