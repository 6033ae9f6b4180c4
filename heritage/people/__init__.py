"""Accounts of an institution: people and their roles, passwords, sessions, invitations; SQLite, or PostgreSQL by URL."""
