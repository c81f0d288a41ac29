"""An audit as one HTML file, screenshots included."""

import base64
from collections import defaultdict

from jinja2 import Environment, PackageLoader, StrictUndefined

from .auditing import Audit
from .judging import Judge
from .structured import counted, third_parties


def as_html(audit: Audit, judge: Judge) -> str:
    environment = Environment(
        loader=PackageLoader("consent_middleware.audit", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    cookies: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    hosts: dict[str, set[int]] = defaultdict(set)
    keys: dict[tuple[str, str], set[int]] = defaultdict(set)
    for number, evidence in enumerate(audit.situations):
        for cookie in evidence.cookies:
            cookies[(cookie.name, cookie.domain, judge.verdict(cookie).purpose)].add(number)
        for host in third_parties(evidence, judge):
            hosts[host].add(number)
        for key in evidence.keys:
            keys[(key.name, key.origin)].add(number)
    pictures = {
        str(situation): base64.b64encode(picture).decode("ascii") for situation, picture in audit.screenshots.items()
    }
    return environment.get_template("report.html").render(
        audit=audit,
        counts=counted(audit.findings),
        situations=[str(evidence.situation) for evidence in audit.situations],
        cookies=sorted(cookies.items()),
        hosts=sorted(hosts.items()),
        keys=sorted(keys.items()),
        pictures=pictures,
    )
