"""The HTML gate: reads a page as browsers do, while it is sent, and takes out what belongs to third parties that are not allowed.

``answer`` says what becomes of one answer. Below it, each on top of the next: ``gate`` judges tags, ``text_gate`` the texts of scripts
and styles, ``reader`` tells tags from text, ``cut_tags`` and ``texts`` follow what came in pieces, ``stream`` holds back and sends on.
"""
