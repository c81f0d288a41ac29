"""What a visitor may ASK for: requests that need a person."""

from .listening import Listener, OnRequest
from .queue import RequestQueue
from .requests import Request

__all__ = ["Listener", "OnRequest", "Request", "RequestQueue"]
