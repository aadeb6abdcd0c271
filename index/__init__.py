"""Articles in, searchable collection out."""
