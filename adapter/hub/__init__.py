"""The hub at work: what it keeps of every message, and what it still has to send."""
