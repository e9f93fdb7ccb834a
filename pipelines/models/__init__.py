"""Models as such: which are known, which are here, and bringing them."""
