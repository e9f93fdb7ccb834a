"""OpenAI's API under ``/v1``, for clients that speak it: its routes, and its way of telling errors."""
