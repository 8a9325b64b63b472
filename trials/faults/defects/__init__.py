"""What a bad night brings, one module a kind."""
