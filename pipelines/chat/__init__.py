"""The pipeline that writes replies, found by name. What it is made of lives in pipelines/dialogue."""
