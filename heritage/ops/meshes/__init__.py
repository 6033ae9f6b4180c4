"""What every surface needs: welding, rays, sampling, distances, fewer triangles."""
