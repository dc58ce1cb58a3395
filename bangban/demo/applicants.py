"""The applicants of a city: persons, companies and organisations that do not exist, some of them well known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from bangban.demo.blueprint import Blueprint, PortalApplicant, all_names
from bangban.demo.bulk import Row
from bangban.demo.divisions import Division
from bangban.demo.identity import Source, credit_code, identity_number, mobile_number
from bangban.demo.staff import person_name
from casework.kernel.vault import opened_vault
from tenants.profile import Profile

FEWEST = 24
"""How many applicants every office has, however small its scale."""

EVERY_NTH_A_COMPANY = 6
EVERY_NTH_AN_ORGANISATION = 25
EVERY_NTH_TAGGED = 5
EVERY_NTH_WITHOUT_PORTAL = 3

OLD = range(65, 90)
GROWN_UP = range(20, 60)
COUNTED_ON = date(2024, 9, 1)
"""The day on which the ages of the applicants are right."""


@dataclass(frozen=True)
class Register:
    """The applicants of one city."""

    profile: Profile
    blueprint: Blueprint
    source: Source
    divisions: Sequence[Division]

    def rows(self, scale: float) -> Iterator[Row]:
        """Write the applicants down, the well-known ones first."""
        for number, applicant in enumerate(self._everybody(scale), start=1):
            yield self._row(applicant, number)

    def _everybody(self, scale: float) -> Iterator[PortalApplicant]:
        known = self.blueprint.portal
        yield from known
        wanted = max(FEWEST, round(self.blueprint.applicants * scale))
        tags = [tag.code for tag in self.profile.applicants.priority_tags]
        for number in range(len(known) + 1, wanted + 1):
            code = f"{self.blueprint.tenant}-applicant-{number}"
            if number % EVERY_NTH_AN_ORGANISATION == 0:
                yield PortalApplicant(code=code, subject="OTHER_ORGANISATION")
            elif number % EVERY_NTH_A_COMPANY == 0:
                yield PortalApplicant(code=code, subject="LEGAL_PERSON")
            elif number % EVERY_NTH_TAGGED == 0:
                tag = tags[self.source.number(len(tags), "tag", code)]
                yield PortalApplicant(code=code, subject="NATURAL_PERSON", tags=(tag,))
            else:
                yield PortalApplicant(code=code, subject="NATURAL_PERSON")

    def _row(self, applicant: PortalApplicant, number: int) -> Row:
        code = applicant.code
        id_no = self._identity(applicant, number)
        on_portal = number <= len(self.blueprint.portal) or number % EVERY_NTH_WITHOUT_PORTAL
        return {
            "id": self.source.id("applicant", code),
            "subject_type": applicant.subject,
            "portal_subject": code if on_portal else None,
            "name": self._name(applicant),
            "id_no": id_no,
            "id_no_index": opened_vault().blind_index(self.blueprint.tenant, "applicant.id_no", id_no),
            "phone": mobile_number(self.source.number(100_000_000, "phone", code)),
            "address": self._address(code),
            "priority_tags": list(applicant.tags),
        }

    def _identity(self, applicant: PortalApplicant, number: int) -> str:
        if applicant.subject != "NATURAL_PERSON":
            return credit_code(number)
        ages = OLD if "ELDERLY" in applicant.tags else GROWN_UP
        age = ages[self.source.number(len(ages), "age", applicant.code)]
        days = self.source.number(365, "birthday", applicant.code)
        return identity_number(COUNTED_ON.replace(year=COUNTED_ON.year - age) - timedelta(days=days), number)

    def _name(self, applicant: PortalApplicant) -> str:
        if applicant.subject == "NATURAL_PERSON":
            return person_name(self.source, "applicant", applicant.code)
        names = all_names()
        first, second = (
            names.words[self.source.number(len(names.words), place, applicant.code)] for place in ("first", "second")
        )
        if applicant.subject == "OTHER_ORGANISATION":
            return f"{self.divisions[0].place}虚构{first}{second}服务中心"
        trade = names.trades[self.source.number(len(names.trades), "trade", applicant.code)]
        return f"{self.divisions[0].place}虚构{first}{second}{trade}有限公司"

    @cached_property
    def _villages(self) -> list[Division]:
        return [division for division in self.divisions if division.level == "VILLAGE"]

    @cached_property
    def _by_code(self) -> dict[str, Division]:
        return {division.code: division for division in self.divisions}

    def _address(self, code: str) -> str:
        """Put the applicant in a real village, in a house that no street counts."""
        village = self._villages[self.source.number(len(self._villages), "village", code)]
        township = self._by_code[village.parent]
        county = self._by_code[township.parent]
        house = 9000 + self.source.number(1000, "house", code)
        return f"{county.place}{township.place}{village.place}{house}号"
