"""Other people's tests, run bare and behind the middleware: what they lose is what we break."""
