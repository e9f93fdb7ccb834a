"""Request bodies: streamed, bounded, and strict about what they hold."""
