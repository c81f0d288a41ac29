"""An audit for the terminal."""

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .auditing import Audit
from .findings import Severity
from .judging import Judge
from .structured import counted, third_parties

_MARKS: dict[Severity, str] = {
    "error": "[bold red]✗ error  [/]",
    "warning": "[yellow]! warning[/]",
    "note": "[dim]· note   [/]",
}


def show(audit: Audit, judge: Judge, console: Console) -> None:
    """Print situations as a table, then the findings, the gravest first."""
    console.print(f"[bold]{escape(audit.url)}[/]  {len(audit.pages)} page{'s' if len(audit.pages) != 1 else ''}")
    console.print(
        f"held against {escape(audit.policy.file)}"
        if audit.policy is not None
        else "held against what is known of names and hosts: no policy was given",
        style="dim",
    )
    table = Table(box=None, pad_edge=False)
    for heading in ("situation", "cookies", "stored keys", "third parties", "asked about the device"):
        table.add_column(heading)
    for evidence in audit.situations:
        table.add_row(
            str(evidence.situation),
            str(len(evidence.cookies)),
            str(len(evidence.keys)),
            str(len(third_parties(evidence, judge))),
            ", ".join(sorted({probe.family for probe in evidence.probes} | set(evidence.hints))),
        )
    console.print(table)
    console.print()
    for line in _findings(audit):
        console.print(line, soft_wrap=True)
    found = ", ".join(f"{count} {name}{'s' if count != 1 else ''}" for name, count in counted(audit.findings).items())
    console.print(f"[bold]{found}[/]")


def _findings(audit: Audit) -> Iterator[str]:
    for finding in audit.findings:
        yield f"{_MARKS[finding.severity]} {escape(finding.subject)}: {escape(finding.says)}"
        yield f"          [dim]when:[/] {escape('; '.join(map(str, finding.situations)))}"
        yield f"          [dim]→[/] {escape(finding.way_out)}"
