"""Who is asking: from the bearer token of a request to the actor of the office."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from starlette.datastructures import Headers

from authz.actor import Actor
from authz.rejections import RejectionCode, TokenRejected
from authz.tokens import Claims
from casework.kernel.errors import Refusal
from schema.errors import DoorError, unauthenticated

REASON_HEADER = "X-Access-Reason"
LONGEST_REASON = 500


@dataclass(frozen=True)
class Authentication:
    """How tokens become actors: `verify` checks the token, `authenticate` looks up who that is and their roles now."""

    verify: Callable[[str], Awaitable[Claims]]
    authenticate: Callable[[Claims], Awaitable[Actor]]

    async def identify(self, headers: Headers) -> tuple[Claims | None, Actor | None]:
        """Give the claims and the actor of a request; both None when it carries no token."""
        token = bearer_token(headers)
        if token is None:
            return None, None
        try:
            claims = await self.verify(token)
            actor = await self.authenticate(claims)
        except TokenRejected as rejected:
            raise rejection(rejected) from None
        except Refusal as refusal:
            raise DoorError(refusal.code.value, refusal.message, refusal.message_zh, status=403) from None
        return claims, with_reason(actor, headers)


def bearer_token(headers: Headers) -> str | None:
    """Read the bearer token of a request; no header is no token, anything but one good header is refused."""
    given = headers.getlist("Authorization")
    if not given:
        return None
    scheme, _, token = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated(
            "Send one header `Authorization: Bearer <access token>`.", "请使用请求头Authorization: Bearer <访问令牌>。"
        )
    return token.strip()


def rejection(rejected: TokenRejected) -> DoorError:
    """Tell why a token was not accepted; keys that cannot be read now are our trouble, not the caller's."""
    if rejected.code is RejectionCode.KEYS_UNAVAILABLE:
        return DoorError("UNAVAILABLE", rejected.message, rejected.message_zh, status=503, reason=rejected.code.value)
    return DoorError("UNAUTHENTICATED", rejected.message, rejected.message_zh, status=401, reason=rejected.code.value)


def with_reason(actor: Actor, headers: Headers) -> Actor:
    """Note the reason that a person states for looking beyond their own cases (percent-encoded UTF-8)."""
    stated = headers.get(REASON_HEADER)
    if not stated:
        return actor
    reason = unquote(stated).strip()
    if not reason.isprintable() or len(reason) > LONGEST_REASON:
        raise DoorError(
            "BAD_INPUT",
            f"{REASON_HEADER} is percent-encoded text of at most {LONGEST_REASON} characters.",
            f"{REASON_HEADER}须为百分号编码的文本,不超过{LONGEST_REASON}字。",
            where=REASON_HEADER,
        )
    return replace(actor, reason=reason or None)
