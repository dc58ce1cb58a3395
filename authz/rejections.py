"""Why a token is not accepted, in words for the developer and for the person at the counter."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class RejectionCode(StrEnum):
    """The stable codes of a rejected token."""

    MISSING = "TOKEN_MISSING"
    TOO_LONG = "TOKEN_TOO_LONG"
    MALFORMED = "TOKEN_MALFORMED"
    ISSUER_UNKNOWN = "TOKEN_ISSUER_UNKNOWN"
    ALGORITHM_NOT_ALLOWED = "TOKEN_ALGORITHM_NOT_ALLOWED"
    KEY_UNKNOWN = "TOKEN_KEY_UNKNOWN"
    KEYS_UNAVAILABLE = "TOKEN_KEYS_UNAVAILABLE"
    SIGNATURE_INVALID = "TOKEN_SIGNATURE_INVALID"
    EXPIRED = "TOKEN_EXPIRED"
    NOT_YET_VALID = "TOKEN_NOT_YET_VALID"
    LIFETIME_TOO_LONG = "TOKEN_LIFETIME_TOO_LONG"
    AUDIENCE_WRONG = "TOKEN_AUDIENCE_WRONG"
    CLAIM_MISSING = "TOKEN_CLAIM_MISSING"
    CLAIM_INVALID = "TOKEN_CLAIM_INVALID"
    KIND_NOT_ALLOWED = "TOKEN_KIND_NOT_ALLOWED"
    TENANT_NOT_ALLOWED = "TOKEN_TENANT_NOT_ALLOWED"


_MESSAGES = MappingProxyType(
    {
        RejectionCode.MISSING: ("no token was sent", "未提供访问令牌"),
        RejectionCode.TOO_LONG: ("the token is longer than 8 KB", "访问令牌过长"),
        RejectionCode.MALFORMED: ("the token is not a signed JSON Web Token", "访问令牌格式不正确"),
        RejectionCode.ISSUER_UNKNOWN: ("the issuer of the token is not registered here", "访问令牌的签发方未登记"),
        RejectionCode.ALGORITHM_NOT_ALLOWED: (
            "the token is not signed with an algorithm allowed for its issuer",
            "访问令牌的签名算法不被允许",
        ),
        RejectionCode.KEY_UNKNOWN: ("the issuer publishes no such key", "签发方没有该签名密钥"),
        RejectionCode.KEYS_UNAVAILABLE: ("the keys of the issuer cannot be read now", "暂时无法取得签发方的密钥"),
        RejectionCode.SIGNATURE_INVALID: ("the signature does not fit the token", "访问令牌签名无效"),
        RejectionCode.EXPIRED: ("the token has expired; obtain a new one", "访问令牌已过期，请重新登录"),
        RejectionCode.NOT_YET_VALID: ("the token is not valid yet", "访问令牌尚未生效"),
        RejectionCode.LIFETIME_TOO_LONG: (
            "the token is valid for longer than its issuer may grant",
            "访问令牌有效期超过允许的期限",
        ),
        RejectionCode.AUDIENCE_WRONG: ("the token was not issued for this service", "访问令牌不是签发给本服务的"),
        RejectionCode.CLAIM_MISSING: ("the token lacks a claim", "访问令牌缺少必要的声明"),
        RejectionCode.CLAIM_INVALID: ("a claim of the token has a wrong value", "访问令牌的声明无效"),
        RejectionCode.KIND_NOT_ALLOWED: (
            "the issuer may not speak for this kind of actor",
            "签发方无权签发此类身份的令牌",
        ),
        RejectionCode.TENANT_NOT_ALLOWED: (
            "the issuer may not speak for this city or province",
            "签发方无权代表该地区",
        ),
    }
)


class TokenRejected(Exception):
    """A token was not accepted; the text never repeats what the token contains."""

    def __init__(self, code: RejectionCode, detail: str | None = None) -> None:
        english, self.message_zh = _MESSAGES[code]
        self.code = code
        self.message = f"{english}: {detail}" if detail else english
        super().__init__(f"{code.value}: {self.message}")
