"""``data/`` of a release: monuments and ground plans as open data, with a catalogue and a table of contents."""
