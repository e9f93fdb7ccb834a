"""Uploads that take several requests: begun, added to, and then a file at once or nothing (docs/uploads.md)."""
