"""The schema, revision by revision; run by triptych.migrate."""
