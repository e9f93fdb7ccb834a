"""Events: what happens to jobs, told as numbered entries of one Redis stream."""
