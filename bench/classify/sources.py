"""Turns copies of public lists into labelled lists that ``measure.py`` reads.

    python bench/classify/sources.py SOURCES OUT

SOURCES is a folder with whichever of these you have fetched (each under its own licence; commit none of them):

    open-cookie-database.csv    github.com/jkwakman/Open-Cookie-Database
    crawl.json                  github.com/dibollinger/CookieBlock-Consent-Classifier, training_data/*.json
    tarteaucitron.services.js   github.com/AmauriC/tarteaucitron.js
    technologies/*.json         github.com/enthec/webappanalyzer, src/technologies, with src/categories.json beside it
    disclosures/*.json          npm prebid.js, metadata/modules
    tracking-rules.txt          AdGuard's Tracking Protection filter, as text
    notice-rules.txt            AdGuard's Cookie Notices filter, as text
    cookiepedia.pkl             github.com/dibollinger/CookieBlock-Consent-Crawler, cookie_statistics_analysis/*.pkl
    cookiedatabase.js           github.com/Aman-Codes/webevaluator, backend/node/data/cookies.js

Besides one list a source, it writes ``agreed.csv``: names on which at least two sources agree.
"""

import csv
import json
import pickle
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

Labelled = Iterator[tuple[str, str]]


def read_open_cookie_database(folder: Path) -> Labelled:
    """Its "functional" holds sessions and preferences alike."""
    labels = {"Marketing": "marketing", "Analytics": "analytics", "Security": "necessary", "Necessary": "necessary"}
    with (folder / "open-cookie-database.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name = row["Cookie / Data Key name"].strip()
            wildcard = "*" if row["Wildcard match"] == "1" and not name.endswith("*") else ""
            yield name + wildcard, labels.get(row["Category"], "functional")


def read_crawl(folder: Path) -> Labelled:
    """What the sites of a crawl said of their own cookies: the label of at least three in five of them."""
    labels = ("necessary", "preference", "analytics", "marketing")
    votes: dict[str, dict[int, set[str]]] = {}
    for cookie in json.loads((folder / "crawl.json").read_text("utf-8")).values():
        sites = votes.setdefault(cookie["name"], {}).setdefault(cookie["label"], set())
        sites.add(cookie["first_party_domain"])
    for name, by_label in votes.items():
        label, sites = max(by_label.items(), key=lambda item: len(item[1]))
        if len(sites) >= 0.6 * sum(map(len, by_label.values())):
            yield name, labels[label]


def read_services(folder: Path) -> Labelled:
    """A consent tool's recipes; what it calls support, api or other may be anything."""
    labels = {"analytic": "analytics", "ads": "marketing", "social": "tracking", "video": "tracking"}
    text = (folder / "tarteaucitron.services.js").read_text("utf-8")
    for found in re.finditer(r'"type": "([^"]+)"(?:(?!"type":).)*?"cookies": \[([^\]]*)\]', text, re.DOTALL):
        if found[1] in labels:
            for name in re.findall(r"['\"]([^'\"]+)['\"]", found[2]):
                yield name, labels[found[1]]


def read_technologies(folder: Path) -> Labelled:
    """Cookies that give away what a site runs on. A framework's cookie may also be its language's or its counter's."""
    frameworks = {
        *("Web frameworks", "Web servers", "CMS", "Ecommerce", "Authentication", "Security", "Load balancers", "CDN"),
        *("Message boards", "LMS", "Wikis", "PaaS", "Blogs", "Reverse proxies", "Cookie compliance", "Remote access"),
        *("Hosting panels", "Issue trackers", "Webmail", "Database managers", "CRM", "Network devices", "Development"),
    }
    labels = dict.fromkeys(frameworks, "functional")
    labels |= dict.fromkeys(["Analytics", "A/B Testing", "RUM", "Advertising", "Retargeting"], "tracking")
    labels |= dict.fromkeys(["Affiliate programs", "Marketing automation"], "tracking")
    categories = json.loads((folder / "categories.json").read_text("utf-8"))
    for path in sorted((folder / "technologies").glob("*.json")):
        for technology in json.loads(path.read_text("utf-8")).values():
            label = labels.get(categories[str(technology["cats"][0])]["name"])
            for name in technology.get("cookies") or {}:
                if label:
                    yield name.replace("\\", ""), label


def read_disclosures(folder: Path) -> Labelled:
    """Storage that advertising companies disclose; what they disclose without a purpose is left out."""
    for path in sorted((folder / "disclosures").glob("*.json")):
        for disclosure in (json.loads(path.read_text("utf-8")).get("disclosures") or {}).values():
            for storage in disclosure.get("disclosures") or ():
                if storage.get("type") == "cookie" and storage.get("identifier") and storage.get("purposes"):
                    yield storage["identifier"], "tracking"


def read_tracking_rules(folder: Path) -> Labelled:
    """Cookies that a content blocker removes or shortens; patterns and exceptions are left out."""
    for line in (folder / "tracking-rules.txt").read_text("utf-8").splitlines():
        found = re.search(r"[$,]cookie=([^,;\s\"\\/]+)(?:[,;\s]|$)", line)
        if found and not line.startswith(("!", "@@")):
            yield found[1], "tracking"


def read_notice_rules(folder: Path) -> Labelled:
    """Cookies that a content blocker sets so that a site believes the visitor has answered its cookie notice."""
    text = (folder / "notice-rules.txt").read_text("utf-8")
    for found in re.finditer(r"(?:trusted-)?set-cookie(?:-reload)?(?:',\s*'|\\',\s*\\'|,\s*)([^'\\,)\s]+)", text):
        yield found[1], "necessary"


class _NothingElse(pickle.Unpickler):
    """Reads a pickled table without letting it run anything: every class in it becomes ``complex``."""

    def find_class(self, module: str, name: str) -> type[complex]:
        return complex


def read_cookiepedia(folder: Path) -> Labelled:
    """Cookiepedia's answers of June 2021 for the names of a large crawl; what it calls functionality may be a session."""
    labels = {"Strictly Necessary": "necessary", "Functionality": "functional"}
    labels |= {"Performance": "analytics", "Targeting/Advertising": "marketing"}
    with (folder / "cookiepedia.pkl").open("rb") as file:
        answers: dict[str, tuple[object, str]] = _NothingElse(file).load()
    for name, (_, label) in answers.items():
        if label in labels:
            yield name, labels[label]


def read_cookiedatabase(folder: Path) -> Labelled:
    """What cookiedatabase.org says; its "functional" is finer in words than in label."""
    labels = {"Analytics": "analytics", "Marketing": "marketing", "Marketing/Tracking": "tracking"}
    labels |= {"Statistics": "analytics", "Statistics (anonymous)": "analytics", "Preferences": "preference"}
    said = re.compile(r"language|currency|user preferences|dismissed|shown|screen|location|configuration|usage history")
    kept = re.compile(r"consent|hackers|fraud|load balancing|logged in|session ID|shopping cart|cookies can be placed")
    text = (folder / "cookiedatabase.js").read_text("utf-8")
    text = text[text.index("[") : text.rindex("]") + 1]
    for cookie in json.loads(re.sub(r",\s*([\]}])", r"\1", text)):
        if not cookie["functionality"].startswith(("to ", "with unknown")):
            continue  # worded otherwise, it comes from a list that others copy too
        label = labels.get(cookie["purpose"], "functional")
        if label == "functional":
            words = cookie["functionality"]
            label = "preference" if said.search(words) else "necessary" if kept.search(words) else label
        yield cookie["cookie_name"].strip(), label


READERS: dict[str, tuple[str, Callable[[Path], Labelled]]] = {
    "database": ("open-cookie-database.csv", read_open_cookie_database),
    "sites": ("crawl.json", read_crawl),
    "consent-tool": ("tarteaucitron.services.js", read_services),
    "technologies": ("technologies", read_technologies),
    "disclosures": ("disclosures", read_disclosures),
    "tracking-rules": ("tracking-rules.txt", read_tracking_rules),
    "notice-rules": ("notice-rules.txt", read_notice_rules),
    "cookiepedia": ("cookiepedia.pkl", read_cookiepedia),
    "cookiedatabase": ("cookiedatabase.js", read_cookiedatabase),
}


def agree(labels: list[str]) -> str | None:
    """The finest label that no source contradicts, or none."""
    tracking = {"analytics", "marketing", "tracking"}
    distinct = set(labels)
    if distinct <= tracking:
        finer = distinct - {"tracking"}
        return finer.pop() if len(finer) == 1 else "tracking"
    if distinct & tracking:
        return None
    finer = distinct - {"functional"}
    return finer.pop() if len(finer) == 1 else "functional"


def main(sources: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    said: dict[str, dict[str, str]] = {}
    for title, (needed, reader) in READERS.items():
        if not (sources / needed).exists():
            print(f"{title}: {needed} is not in {sources}, left out")
            continue
        rows = dict(reader(sources))
        write(out / f"{title}.csv", rows)
        print(f"{title}: {len(rows)} names")
        for name, label in rows.items():
            said.setdefault(name, {})[title] = label
    agreed = {name: agree(list(by.values())) for name, by in said.items() if len(by) > 1}
    write(out / "agreed.csv", {name: label for name, label in agreed.items() if label})
    print(f"agreed: {sum(map(bool, agreed.values()))} of {len(agreed)} names that two sources know")


def write(path: Path, rows: dict[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(("name", "label"))
        writer.writerows(sorted(rows.items()))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
