"""What a reply in a conversation is made of: what it may rest on, what fits the model's window, who writes it."""
