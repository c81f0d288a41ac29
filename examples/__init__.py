"""Runnable apps, one for each way of mounting the middleware."""
