"""What stands and lies around the monuments, made when a release is put together."""
