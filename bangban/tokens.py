"""Sample tokens of the development issuer: one for every kind of caller, and for every kind of role in an office."""

from collections.abc import Sequence
from dataclasses import dataclass

from authz.development import DevelopmentIssuer
from authz.issuers import TokenKind
from bangban.faults import SetupError
from bangban.settings import Settings
from bangban.survey import Survey

SAMPLE_PORTAL_ACCOUNT = "portal-user-1"
SAMPLE_CLIENT = "sample-portal"
LIFETIME_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Sample:
    """A token and whom it speaks for; for staff also the code of the unit they work in."""

    kind: str
    who: str
    token: str
    unit_code: str | None = None


@dataclass(frozen=True)
class Mint:
    """Signs tokens for a development office."""

    issuer: DevelopmentIssuer
    now: int

    @classmethod
    def open(cls, settings: Settings) -> "Mint":
        """Open the development issuer of the data home; production has none."""
        if settings.production:
            raise SetupError("production has no development issuer", "Use the tokens of your own issuers.")
        try:
            return cls(DevelopmentIssuer.open(settings.data_home), _now(settings))
        except ValueError as error:
            raise SetupError(str(error)) from None

    def staff(self, tenant: str, code: str) -> str:
        """Sign a token for a member of staff, by the code in the city's register."""
        return self._sign(TokenKind.STAFF, code, tenant=tenant)

    def portal(self, tenant: str, account: str) -> str:
        """Sign a token for a portal acting for one of its accounts."""
        return self._sign(TokenKind.PORTAL, account, tenant=tenant)

    def province(self, province: str) -> str:
        """Sign a token for a supervisor of a province."""
        return self._sign(TokenKind.PROVINCE, f"supervisor-{province}", province=province)

    def integrator(self, tenant: str, client: str) -> str:
        """Sign a token for a program of a city."""
        return self._sign(TokenKind.INTEGRATOR, client, tenant=tenant, client_id=client)

    def _sign(self, kind: TokenKind, subject: str, **claims: str) -> str:
        return self.issuer.mint(kind, subject, self.now, lifetime_seconds=LIFETIME_SECONDS, **claims)  # type: ignore[arg-type]


def samples(mint: Mint, survey: Survey, tenant: str | None = None) -> tuple[Sample, ...]:
    """Make one token per kind of role that somebody holds, and one per kind of caller from outside.

    With a city named, only that one's; else a kind that the most varied city lacks comes from another.
    """
    tenants = survey.tenants()
    chosen = tenant or _most_varied(survey)
    if chosen is None or chosen not in tenants:
        known = ", ".join(sorted(tenants)) or "none; run `python -m bangban demo`"
        raise SetupError(f"there is no city {chosen or 'with an office'}", f"There are: {known}")
    province = tenants[chosen]
    account = survey.an_applicant(chosen) or SAMPLE_PORTAL_ACCOUNT
    others = () if tenant else sorted(survey.staffed() - {chosen})
    return (
        *_one_per_kind(mint, survey, (chosen, *others)),
        Sample("APPLICANT", f"{chosen}: portal account {account}", mint.portal(chosen, account)),
        Sample("INTEGRATOR", f"{chosen}: program {SAMPLE_CLIENT}", mint.integrator(chosen, SAMPLE_CLIENT)),
        Sample("PROVINCE", f"supervisor of province {province}", mint.province(province)),
    )


def _most_varied(survey: Survey) -> str | None:
    """Choose the city whose people hold the most kinds of roles."""
    return max(sorted(survey.staffed()), key=lambda tenant: len(survey.holders(tenant)), default=None)


def _one_per_kind(mint: Mint, survey: Survey, tenants: Sequence[str]) -> tuple[Sample, ...]:
    """Take a kind of role that the first city does not have from the next one that does."""
    found: dict[str, Sample] = {}
    for tenant in tenants:
        for sample in _staff_samples(mint, survey, tenant):
            found.setdefault(sample.kind, sample)
    return tuple(found.values())


def _staff_samples(mint: Mint, survey: Survey, tenant: str) -> tuple[Sample, ...]:
    """Take for each neutral role the first holder of a city role that stands for it."""
    published = survey.published().get(tenant)
    roles = {role["code"]: role for role in published.document["roles"]} if published else {}
    found: dict[str, Sample] = {}
    for holder in survey.holders(tenant):
        role = roles.get(holder.role_code)
        for neutral in role["neutral"] if role else (holder.role_code,):
            if neutral not in found:
                title = role["zh"] if role else holder.role_code
                who = f"{tenant}: {title}, {holder.unit_zh} ({holder.staff_code})"
                found[neutral] = Sample(neutral, who, mint.staff(tenant, holder.staff_code), holder.unit_code)
    return tuple(found[neutral] for neutral in sorted(found))


def _now(settings: Settings) -> int:
    """Tell the office's time, which a clock file may have set."""
    from bangban.clocks import clock_of

    clock = clock_of(settings)
    return int(clock.now().timestamp())
