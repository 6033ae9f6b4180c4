"""Look at tours with a visitor's eyes: what is hidden, what is flown through, what goes by too fast."""
