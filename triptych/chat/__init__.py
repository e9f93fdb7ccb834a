"""Conversations: what was asked and answered, in branches."""
