"""``heritage serve``: a release for visitors, and the studio for those who make it."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from heritage.cli.group import cli
from heritage.cli.user import accounts_option
from heritage.model.errors import InputError
from heritage.model.paths import demand_site


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
        try:
            server.wait()
        except KeyboardInterrupt:
            # A server that is asked to stop has done its work: nothing that watches it should call that a failure.
            click.echo("stopping; requests that are being answered are finished first")
