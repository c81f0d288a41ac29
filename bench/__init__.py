"""What the middleware costs, measured beside its peers."""
