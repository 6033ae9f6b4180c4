"""The first page: the viewer's HTML with a release's words in it, for the server and for static copies."""
