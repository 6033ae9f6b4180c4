"""Accounts of an institution, and visitors' reports: SQLite, or PostgreSQL by URL."""
