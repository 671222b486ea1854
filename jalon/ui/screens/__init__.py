"""One file a page: read the state, call jalon, draw."""
