"""One contract per application; every side of its logging derived from it."""
