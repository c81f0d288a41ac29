"""Asks other auditors about one page: Blacklight, the European Data Protection Supervisor's collector, and autoconsent."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from e2e.autoconsent import refuse

HERE = Path(__file__).parent
RESOLVE = "--host-resolver-rules=MAP * 127.0.0.1"
PATIENCE = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """Where they are installed. ``packages`` is a folder `node_modules`, ``collector`` a clone with its dependencies, if any."""

    packages: Path
    collector: Path | None
    chromium: str

    def blacklight(self, url: str) -> str:
        """The Markup's Blacklight opens the page once, and answers no question that it asks."""
        with TemporaryDirectory() as folder:
            command = ["node", str(HERE / "blacklight.mjs"), url, folder, self.chromium]
            said = json.loads(_output(command, NODE_MODULES=str(self.packages)))
        parts = [*said["cookies"], *(["third-party tracker"] if said["trackers"] else [])]
        return ", ".join([*parts, *(["canvas fingerprinting"] if said["fingerprinters"] else [])]) or "–"

    def evidence(self, url: str) -> str:
        """The supervisor's website-evidence-collector opens the page once, and lists without judging."""
        if self.collector is None:
            return "not asked"
        with TemporaryDirectory() as folder:
            command = ["node", str(self.collector / "bin/website-evidence-collector.js"), url, "--overwrite", "--json"]
            command += [
                "--sleep",
                "500",
                "--no-screenshots",
                "--no-pdf",
                "--output",
                folder,
                "--",
                "--no-sandbox",
                RESOLVE,
            ]
            _output(command, PUPPETEER_EXECUTABLE_PATH=self.chromium)
            said = json.loads((Path(folder) / "inspection.json").read_text(encoding="utf-8"))
        kept = sorted({cookie["name"] for cookie in said["cookies"]})
        kept += sorted({key for keys in said["localStorage"].values() for key in keys})
        hosts = said["hosts"]["requests"]["thirdParty"]
        return ", ".join([*kept, *(["third-party request"] if hosts else [])]) or "–"

    def autoconsent(self, url: str, browser: Browser, rule: dict[str, object] | None = None) -> str:
        """DuckDuckGo's autoconsent looks for a notice and refuses on it: by our rule, or by the words on its buttons."""
        with browser.new_context() as context:
            refused = refuse(context.new_page(), url, rule, patience=PATIENCE)
        return {True: "refused", False: "could not refuse", None: "nothing to refuse"}[refused]


def _output(command: list[str], **environment: str) -> str:
    ran = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120)
    if ran.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}")
    # Both also tell how they get on.
    return next((line for line in reversed(ran.stdout.splitlines()) if line.startswith("{")), "")
