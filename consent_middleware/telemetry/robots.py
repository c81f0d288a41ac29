"""Recognizes programs that name themselves in a user agent: robots, command-line tools, HTTP libraries."""

import re

# A name that is not here could single out one visitor; that it is a robot is enough then ("bot").
_ROBOTS = """
    Googlebot bingbot YandexBot Baiduspider DuckDuckBot Applebot Slurp Bytespider PetalBot YisouSpider 360Spider
    facebookexternalhit meta-externalagent Twitterbot LinkedInBot Slackbot Discordbot TelegramBot WhatsApp Pinterestbot
    AhrefsBot SemrushBot MJ12bot DotBot GPTBot OAI-SearchBot ChatGPT-User ClaudeBot CCBot PerplexityBot Amazonbot
    UptimeRobot Pingdom Lighthouse archive.org_bot GitHub-Hookshot
"""
_LIBRARIES = """
    curl Wget python-requests python-httpx Python-urllib aiohttp okhttp Go-http-client Java Apache-HttpClient
    node-fetch axios undici PostmanRuntime libwww-perl PHP Ruby GuzzleHttp Lynx Links w3m
"""
_ROBOT_NAMES = tuple((name.lower(), name) for name in _ROBOTS.split())
_LIBRARY_NAMES = tuple((name.lower(), name) for name in _LIBRARIES.split())
# CUBOT makes telephones, and others are called "M bot 54".
_BOT = re.compile(r"(?<!cu)bots?(?:[/;:,)_+-]|\Z)")


def robot_name(user_agent: str) -> str | None:
    """The robot's name if it is a well-known one, `"bot"` for any other, `None` for a visitor."""
    lowered = user_agent.lower()
    for name, written in _ROBOT_NAMES:
        if name in lowered:
            return written
    if "crawl" in lowered or "spider" in lowered or ("bot" in lowered and _BOT.search(lowered)):
        return "bot"
    return None


def library_name(user_agent: str) -> str | None:
    """The program's name, if a well-known one stands first: `curl/8.5.0` gives `curl`."""
    lowered = user_agent.lower()
    for name, written in _LIBRARY_NAMES:
        if lowered.startswith(name) and not lowered[len(name) : len(name) + 1].isalpha():
            return written
    return None
