"""Side-by-side measurements that anyone can run: `python -m bench.memory`, `bench.upload`, `bench.submit`."""
