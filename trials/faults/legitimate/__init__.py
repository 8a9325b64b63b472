"""What only looks unusual and must pass."""
