"""Decoding and writing of media that several pipelines share. Modules here may import heavy libraries."""
