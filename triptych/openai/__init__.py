"""What OpenAI's API asks, as jobs of this house, and what these made, as that API tells it: no HTTP and no Flask.

https://platform.openai.com/docs/api-reference; which of it there is stands in docs/openai.md.
"""
