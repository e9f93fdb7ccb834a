"""What stands behind the ports of a run's context: the store, in the name of the run's job."""
