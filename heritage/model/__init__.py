"""Values the whole house shares: arrays, documents, frames, errors and limits. Imports no other room."""
