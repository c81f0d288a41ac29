"""What a visitor may ASK for: requests that need a person."""

from .queue import RequestQueue
from .requests import Request

__all__ = ["Request", "RequestQueue"]
