"""Side-by-side measurements that anyone can run: `python -m bench`, or one of its scripts by itself."""
