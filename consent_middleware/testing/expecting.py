"""What a test expects of a site once a visitor has done something."""

from collections.abc import Iterable

from .expectations import (
    ConsentFailure,
    cookies_not_allowed,
    fail,
    keys_not_allowed,
    telemetry_seen,
    third_parties_asked,
)
from .interface import Flow
from .observing import Observer
from .window import Window


class Expecting:
    """Each flow raises ConsentFailure where it is not so."""

    def __init__(self, observer: Observer, window: Window, browser_version: str) -> None:
        self._observer = observer
        self._window = window
        self._browser_version = browser_version

    def cookies_allowed(self) -> Flow[None]:
        observer = self._observer
        yield from self._window.settle()
        yield from self._window.look()
        found = cookies_not_allowed(
            observer.judge,
            observer.journal.cookies,
            observer.allowed,
            choice_made=observer.consent.choice_made,
            once_allowed=observer.once_allowed,
        )
        if found:
            heading = f"{len(found)} cookie{'s' if len(found) > 1 else ''} kept that the visitor did not allow"
            since = [f"came {observer.journal.first_step_with(one.subject.partition(' ')[0])}" for one in found]
            fail(heading, observer.situation, observer.allowed, found, since)
        if observer.consent.choice_made and observer.token() is None:
            raise ConsentFailure(
                f"the visitor's choice is forgotten: after {observer.journal.steps[-1].did} no cookie carries it\n"
                "    → Let the middleware's Set-Cookie through: nothing outside of it may drop or rewrite it."
            )

    def storage_allowed(self) -> Flow[None]:
        observer = self._observer
        yield from self._window.settle()
        keys = yield from self._window.stored_keys()
        found = keys_not_allowed(observer.judge, keys, observer.allowed)
        if found:
            heading = f"{len(found)} stored key{'s' if len(found) > 1 else ''} that the visitor did not allow"
            fail(heading, observer.situation, observer.allowed, found, [""] * len(found))

    def no_third_party(self, excepted: Iterable[str] = ()) -> Flow[None]:
        observer = self._observer
        yield from self._window.settle()
        found, since = third_parties_asked(observer.judge, observer.journal, frozenset(excepted))
        if found:
            count = len(found)
            heading = f"{count} third part{'ies' if count > 1 else 'y'} asked that the visitor did not allow"
            fail(heading, observer.situation, observer.allowed, found, since)

    def telemetry_masked(self) -> Flow[None]:
        observer = self._observer
        yield from self._window.settle()
        traffic = observer.site.traffic
        seen = list(traffic.seen) if traffic is not None else []
        found = telemetry_seen(seen, self._browser_version, observer.hints, observer.allowed)
        if found:
            heading = "the site learned more of the visitor's device or network than was allowed"
            fail(heading, observer.situation, observer.allowed, found, [""] * len(found))

    def everything_allowed(self) -> Flow[None]:
        said = []
        for expectation in (self.cookies_allowed, self.storage_allowed, self.no_third_party, self.telemetry_masked):
            try:
                yield from expectation()
            except ConsentFailure as failure:
                said.append(str(failure))
        if said:
            raise ConsentFailure("\n".join(said))
