"""What a visitor may ASK for: requests that need a person, and erasure by all who got something."""

from .erasure import Erased, Erasure
from .listening import Listener, OnRequest
from .outbox import Outbox
from .queue import RequestQueue
from .requests import Request

__all__ = ["Erased", "Erasure", "Listener", "OnRequest", "Outbox", "Request", "RequestQueue"]
