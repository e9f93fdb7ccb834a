"""Jobs: their states, the one writer that moves them, admission to the lanes, leases, and how they are told."""
