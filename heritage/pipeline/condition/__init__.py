"""The condition report of a comparison: a page to print for each language, made with the release."""
