"""The relay: one reader a process, telling each client what happens to what is theirs."""
