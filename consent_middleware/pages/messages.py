"""What a visitor is told when a request leads to no page of its own."""

from dataclasses import dataclass

from ..policy.purposes import N_


@dataclass(frozen=True, slots=True)
class Message:
    """``title`` and ``text`` are messages of the catalogs."""

    status: int
    title: str
    text: str


MESSAGES = {
    "not-found": Message(404, N_("There is no such page"), N_("The address may be mistyped.")),
    "wrong-method": Message(405, N_("This address does not work that way"), N_("Nothing was changed.")),
    "malformed": Message(
        400, N_("This choice could not be read"), N_("Nothing was changed. Please choose again on the page below.")
    ),
    "foreign": Message(
        403,
        N_("This choice did not come from this site"),
        N_("Another site sent it, so nothing was changed. You can choose on the page below."),
    ),
    "unproven": Message(
        403,
        N_("Please confirm your choice"),
        N_(
            "Your browser did not say which page it came from, so nothing was changed. Please choose on the page below."
        ),
    ),
    "too-large": Message(413, N_("This choice could not be read"), N_("It is too long, so nothing was changed.")),
    "wrong-media-type": Message(
        415, N_("This choice could not be read"), N_("It is neither a form nor JSON, so nothing was changed.")
    ),
    "age": Message(
        409,
        N_("How old are you?"),
        N_("Nothing was allowed yet: that takes an answer first. Only the answer is kept, never a date of birth."),
    ),
    "no-guardian": Message(
        403, N_("This choice could not be read"), N_("Nothing was changed. Please choose again on the page below.")
    ),
    "locked": Message(
        403, N_("Please sign in"), N_("The choice in this browser belongs to an account. Sign in to see what is held.")
    ),
    "unreadable": Message(
        503,
        N_("What is held about you cannot be read at the moment"),
        N_("Nothing was changed. Please try again in a while."),
    ),
    "too-many": Message(
        429, N_("Too many requests in a short time"), N_("Nothing was changed. Please try again in a while.")
    ),
    "unsaved": Message(
        503,
        N_("Your choice could not be saved"),
        N_("The record of choices cannot be written at the moment. Nothing was allowed. Please try again."),
    ),
}
