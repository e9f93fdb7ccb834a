"""Webhooks: what ended is told to the addresses that its owner named, as Standard Webhooks says.

An end writes a row into the outbox by its own transaction (tables.py). A chore makes of it a delivery for each webhook
that wants it (outbox.py), sends what is due (dispatch.py, sending.py), and keeps how each attempt went (recording.py).
"""
