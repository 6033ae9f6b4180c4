"""OpenID Connect, Authorization Code flow with PKCE, through Authlib: to the provider and back.

What is checked on the way back: the state (this browser began the journey), the token's signature by the provider's
published keys, issuer, audience, expiry, nonce (the token is of this journey) and the access token's hash.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from heritage.model.documents import OpenID
from heritage.model.errors import HeritageError, InputError
from heritage.people.person import ROLES, Role

_ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
_TIMEOUT_S: Final = 10
_LEEWAY_S: Final = 60  # by which the provider's clock may differ
_KEEP_S: Final = 3600  # how long its discovery document and keys are believed
_ANSWER_BYTES: Final = 1_000_000
_PART_BYTES: Final = 65_536
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_LOCAL: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Journey:
    """What has to be known when somebody comes back: three random texts of this one way there."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Who the provider says it is, and the roles that its claim gives."""

    issuer: str
    subject: str
    name: str
    roles: tuple[Role, ...]


class ProviderRefused(HeritageError):
    """What the provider answered cannot be believed, or it refused (401)."""

    status = 401


class ProviderUnavailable(HeritageError):
    """The provider cannot be reached or answers nonsense (502)."""

    status = 502


class Provider:
    """One provider, for all threads. Nothing is asked of it before somebody wants to sign in."""

    def __init__(self, openid: OpenID, secret: str | None, address: str) -> None:
        """``address`` is where people come back to. Raises InputError for a provider that is not reached over TLS."""
        self.openid, self.address, self._secret = openid, address, secret
        self._known: tuple[float, dict[str, Any], KeySet] | None = None
        _demand_tls(openid.issuer)

    def begin(self) -> tuple[str, Journey]:
        """The provider's address to send somebody to, and the journey to keep."""
        metadata, _ = self._metadata()
        journey = Journey(*(secrets.token_urlsafe(32) for _ in range(3)))
        with self._client() as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=journey.state,
                nonce=journey.nonce,
                code_verifier=journey.verifier,
            )
        return address, journey

    def finish(self, answer: Mapping[str, str], journey: Journey) -> Identity:
        """Who has come back with ``answer``, the parameters of the address. Raises ProviderRefused, ProviderUnavailable."""
        if not secrets.compare_digest(answer.get("state", "").encode(), journey.state.encode()):
            raise _refused("the answer belongs to another attempt")
        if "error" in answer or not answer.get("code"):
            raise _refused("it did not let them in")
        metadata, keys = self._metadata()
        if answer.get("iss", self.openid.issuer) != self.openid.issuer:  # RFC 9207
            raise _refused("the answer is another provider's")
        try:
            with self._client() as client:
                token = client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=answer["code"],
                    code_verifier=journey.verifier,
                    timeout=_TIMEOUT_S,
                )
                claims = self._claims(token, keys, journey)
                if "userinfo_endpoint" in metadata:
                    more = client.get(metadata["userinfo_endpoint"], timeout=_TIMEOUT_S)
                    more.raise_for_status()
                    claims = _joined(claims, more.json())
        except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError) as error:
            raise _refused("its token does not hold") from error
        except requests.RequestException as error:
            raise _unavailable() from error
        return self._identity(claims)

    def _claims(self, token: Mapping[str, Any], keys: KeySet, journey: Journey) -> dict[str, Any]:
        registry = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
        try:
            decoded = jwt.decode(token["id_token"], keys, registry=registry)
        except InvalidKeyIdError:  # it has new keys
            decoded = jwt.decode(token["id_token"], self._metadata(anew=True)[1], registry=registry)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": self.openid.issuer},
                "aud": {"essential": True, "value": self.openid.client_id},
            },
            {
                "nonce": journey.nonce,
                "client_id": self.openid.client_id,
                "access_token": token["access_token"],
            },
        )
        claims.validate(leeway=_LEEWAY_S)
        return dict(claims)

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 1 <= len(subject) <= 255:
            raise _refused("it does not say who they are")
        names = (claims.get(key) for key in ("name", "preferred_username", "email"))
        name = next((name for name in names if isinstance(name, str) and name.strip()), subject)
        said = claims.get(self.openid.roles.claim)
        values = (
            {said}
            if isinstance(said, str)
            else set(filter(_is_text, said))
            if isinstance(said, list)
            else set()
        )
        own = tuple(role for role in ROLES if not values.isdisjoint(getattr(self.openid.roles, role)))
        return Identity(self.openid.issuer, subject, name, own)

    def _client(self) -> OAuth2Session:
        return OAuth2Session(
            self.openid.client_id,
            self._secret,
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
            scope=" ".join(self.openid.scopes),
            redirect_uri=self.address,
            code_challenge_method="S256",
            leeway=0,  # it is used at once; some providers' tokens last a minute
        )

    def _metadata(self, *, anew: bool = False) -> tuple[dict[str, Any], KeySet]:
        if self._known is None or anew or time.monotonic() - self._known[0] > _KEEP_S:
            issuer = self.openid.issuer
            metadata = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            asked = (*_ENDPOINTS, *({"userinfo_endpoint"} & metadata.keys()))
            if metadata.get("issuer") != issuer or not all(_is_text(metadata.get(key)) for key in asked):
                raise _unavailable()
            for key in asked:
                _demand_tls(metadata[key])
            try:
                keys = KeySet.import_key_set(_fetched(metadata["jwks_uri"]))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise _unavailable() from error
            self._known = time.monotonic(), metadata, keys
        return self._known[1:]


def _fetched(address: str) -> dict[str, Any]:
    try:
        with requests.get(address, timeout=_TIMEOUT_S, stream=True, allow_redirects=False) as answer:
            answer.raise_for_status()
            content = bytearray()
            for part in answer.iter_content(_PART_BYTES):
                content += part
                if len(content) > _ANSWER_BYTES:
                    raise _unavailable()
        value = json.loads(content)
    except (requests.RequestException, ValueError, OSError) as error:
        raise _unavailable() from error
    if not isinstance(value, dict):
        raise _unavailable()
    return value


def _joined(claims: dict[str, Any], more: Any) -> dict[str, Any]:
    if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
        raise _refused("it speaks of somebody else")
    return more | claims


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _demand_tls(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in _LOCAL:
        raise InputError(
            "the OpenID provider",
            "it would be asked without TLS",
            "an address with https",
            "correct `issuer`",
            code="openid-needs-tls",
        )


def _refused(found: str) -> ProviderRefused:
    return ProviderRefused(
        "the OpenID provider", found, "people whom it knows", "sign in once more", code="openid-refused"
    )


def _unavailable() -> ProviderUnavailable:
    return ProviderUnavailable(
        "the OpenID provider",
        "it cannot be reached, or does not answer as it should",
        "a provider with a discovery document",
        "try again later; see `issuer` in openid.yaml",
        code="openid-unavailable",
    )
