"""Accounts: who there is, what they may, how they show who they are, and what is written down of it."""
