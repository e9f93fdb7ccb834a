"""The periodic loop with chores in its catalogue, by which batches are checked: ``python -m chaos.periodic``."""

import chaos.catalogued  # noqa: F401  the catalogue is read as batches are
from workers.periodic import main

if __name__ == "__main__":
    main()
