"""``heritage report``: what every stage says of its work, and the condition report of a comparison."""

from __future__ import annotations

import json
from pathlib import Path

import click

from heritage.cli.group import cli
from heritage.cli.paths import Target


@cli.command()
@click.argument("site", type=click.Path(path_type=Path), default=".")
@click.argument("monument", required=False)
@click.argument("reference", required=False)
@click.argument("compared", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the stages' reports as JSON.")
@click.option("--language", help="Of the condition report; default: the site's first.")
@click.option(
    "--out",
    type=Target(dir_okay=False),
    help="Where the condition report is written; default: MONUMENT-REFERENCE-COMPARED.LANGUAGE.html here.",
)
def report(
    site: Path,
    monument: str | None,
    reference: str | None,
    compared: str | None,
    as_json: bool,
    language: str | None,
    out: Path | None,
) -> None:
    """Print the figures of every stage of SITE, or of one MONUMENT; or write the condition report of a comparison.

    With REFERENCE and COMPARED, two epochs that are compared, the report of the current release is written as one HTML
    file with its pictures in it, to hand in, or to print to PDF from any browser.
    """
    if reference is not None:
        if monument is None or compared is None:
            raise click.UsageError("MONUMENT, REFERENCE and COMPARED go together")
        from heritage.export.condition import export_condition_report

        written = export_condition_report(site, monument, reference, compared, language=language, target=out)
        click.echo(f"wrote {written}")
        return
    if language is not None or out is not None:
        raise click.UsageError(
            "--language and --out are for the condition report: give REFERENCE and COMPARED"
        )
    from heritage.pipeline.build import reports_of

    reports, unbuilt = reports_of(site, monument)
    if as_json:
        click.echo(json.dumps([r.model_dump(mode="json") for r in reports], ensure_ascii=False, indent=1))
        return
    for r in reports:
        click.echo(
            f"\n{r.monument} {r.stage} {r.subject or ''}".rstrip()
            + f"  ({r.seconds:.1f} s, {r.peak_memory_bytes / 2**20:.0f} MiB)"
        )
        for c in r.counts:
            click.echo(
                f"  {c.taken} {c.of} in, {c.given} out"
                + "".join(f", {n} {reason}" for reason, n in c.reasons.items() if n)
            )
        for f in r.figures:
            value = "not measured" if f.value is None else f"{f.value:.6g} {f.unit}"
            click.echo(f"  {f.name}: {value}" + (f"  [{f.method}]" if f.method else ""))
        for w in r.warnings:
            click.echo(f"  warning: {w}")
    if unbuilt:
        click.echo(
            f"not built of the files as they are now: {', '.join(unbuilt)}; run heritage build", err=True
        )
