"""The periodic loop with the no-op pipelines in its catalogue: `python -m bench.noop_periodic`."""

import bench.noop_declared  # noqa: F401  declares the pipelines before the catalogue is read
from workers.periodic import main

if __name__ == "__main__":
    main()
