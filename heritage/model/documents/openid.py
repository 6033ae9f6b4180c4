"""``openid.yaml``: an institution's OpenID provider. It holds no secret."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from heritage.model.documents.base import Document, Url

Values = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False)]


class OpenIDRoles(Document):
    """Who gets which role: by the values of one claim. Whoever gets none is not let in."""

    claim: str = Field(
        "groups", min_length=1, description="the claim that says so; a text or a list of texts"
    )
    administrator: Values = Field((), description="values that make somebody an administrator")
    curator: Values = Field((), description="a curator")
    conservator: Values = Field((), description="a conservator")
    translator: Values = Field((), description="a translator")


class OpenID(Document):
    """An OpenID Connect provider (Authorization Code flow with PKCE), and what its people may do here."""

    issuer: Url = Field(description="the provider's own name for itself, as its discovery document has it")
    client_id: str = Field(min_length=1, description="this server's name at the provider")
    label: str = Field(min_length=1, max_length=60, description="what the button to sign in says")
    scopes: Values = Field(("openid", "profile"), description="what is asked of the provider")
    roles: OpenIDRoles = Field(description="who gets which role")
