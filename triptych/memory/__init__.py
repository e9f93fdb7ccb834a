"""What was heard, seen and read, kept so that it is found again."""
