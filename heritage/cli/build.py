"""Commands that make and show a release: build, serve, report."""

from __future__ import annotations

import json
import webbrowser
from contextlib import suppress
from pathlib import Path

import click

from heritage.cli.group import cli
from heritage.cli.paths import Target
from heritage.cli.site import show_problems
from heritage.cli.user import accounts_option
from heritage.model.errors import InputError
from heritage.model.paths import demand_site


@cli.command()
@click.argument("site", type=click.Path(path_type=Path), default=".")
@click.option(
    "--monument",
    "monuments",
    multiple=True,
    help="Only this monument (may be given several times); makes no release.",
)
@click.option("--until", help="Stop after this stage; makes no release.")
@click.option("--workers", type=click.IntRange(min=1), help="Worker processes; default: one per core.")
@click.option("--cluster", help="An existing Dask scheduler, tcp://host:port, over a shared file system.")
@click.option(
    "--review", is_flag=True, help="Make a release without showing it: someone looks at it and publishes it."
)
@click.option("--json", "as_json", is_flag=True, help="Print what happens as JSON, one object a line.")
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
def build(
    site: Path,
    monuments: tuple[str, ...],
    until: str | None,
    workers: int | None,
    cluster: str | None,
    review: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Build SITE: run what is missing and publish a release."""
    from heritage.cli.progress import telling, watching
    from heritage.pipeline.build import build_site

    with telling() if as_json else watching(quiet) as watch:
        built = build_site(
            site,
            monuments=monuments,
            until=until,
            workers=workers,
            cluster=cluster,
            review=review,
            watch=watch,
        )
    if as_json:
        outcome = {"event": "done", "release": built.release, "fresh": built.fresh}
        click.echo(
            json.dumps(outcome | {"problems": [p.__dict__ for p in built.warnings]}, ensure_ascii=False)
        )
        return
    show_problems(built.warnings)
    if not quiet:
        if built.release is None:
            click.echo("done; no release was made because the build was limited")
        elif built.fresh and review:
            click.echo(f"made release {built.release}, which is not shown yet")
        elif built.fresh:
            click.echo(f"published release {built.release}")
        else:
            click.echo(f"nothing changed; release {built.release} stays")


@cli.command()
@click.argument("site", type=click.Path(path_type=Path), default=".")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for every network."
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free port."
)
@click.option(
    "--trusted-host",
    "trusted_hosts",
    multiple=True,
    help="A host name visitors may use; default: any name of this machine.",
)
@click.option(
    "--url",
    "public_url",
    help="The address visitors use, where a proxy stands before the server; links of the API begin with it.",
)
@click.option(
    "--proxy", help="The address of that proxy, if what it says of visitors' addresses is to be believed."
)
@click.option(
    "--studio", is_flag=True, help="The site can be edited below /studio/; prints the address to do so."
)
@accounts_option
@click.option(
    "--openid",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A file that describes the OpenID provider of your institution; needs --url.",
)
@click.option(
    "--openid-secret",
    envvar="HERITAGE_OPENID_SECRET",
    show_envvar=True,
    help="This server's secret at the provider; best from the environment.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the site, or its studio, in a browser.")
def serve(
    site: Path,
    host: str,
    port: int,
    trusted_hosts: tuple[str, ...],
    public_url: str | None,
    proxy: str | None,
    studio: bool,
    accounts: str | None,
    openid: Path | None,
    openid_secret: str | None,
    open_browser: bool,
) -> None:
    """Serve SITE's current release; with --studio, its curators too."""
    from heritage.model.documents import OpenID
    from heritage.text.yaml import read_yaml
    from heritage.web.report_options import report_options
    from heritage.web.server import serve as start
    from heritage.web.studio.options import studio_options

    demand_site(site)
    trusted = list(trusted_hosts) or None
    options = None
    if studio:
        options = studio_options(
            site,
            host,
            public_url=public_url,
            trusted_hosts=trusted_hosts,
            accounts=accounts,
            openid=None if openid is None else read_yaml(openid, OpenID, str(openid)).document,
            openid_secret=openid_secret,
        )
    try:
        reports = report_options(site, accounts)
    except InputError as error:
        # Visitors are served whatever a curator is writing at this moment.
        reports = None
        click.echo(f"visitors cannot report damage now: {error}", err=True)
    with start(
        site,
        host,
        port,
        trusted_hosts=trusted,
        public_url=public_url,
        studio=options,
        proxy=proxy,
        reports=reports,
    ) as server:
        click.echo(f"serving {site} at {server.url} (stop with Ctrl-C)")
        address = server.url
        if options is not None:
            address = f"{public_url.rstrip('/') + '/' if public_url else server.url}studio/"
            if options.token is not None:
                address += f"#token={options.token}"
            click.echo(f"the studio: {address}")
        if open_browser:
            webbrowser.open(address)
        # A server that is asked to stop has done its work: nothing that watches it should call that a failure.
        with suppress(KeyboardInterrupt):
            server.wait()
        click.echo("stopping; requests that are being answered are finished first")


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

    reports = reports_of(site, monument)
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
