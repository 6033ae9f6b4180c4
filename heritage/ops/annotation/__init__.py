"""Annotations on a surface: what an outline or a line measures there, and whether it still holds later."""
