"""The demo: a small cloud console, governed by its own ``consent.toml``, next to a tracker that would like to watch it.

It is an ordinary Starlette app that knows little of consent: it sets analytics cookies and asks for addresses as many sites do.
What the middleware lets through is shown on its page "Inspect".
"""
