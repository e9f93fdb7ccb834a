"""What goes by itself when it is old enough: rules of each account's, or the house's (docs/retention.md)."""
