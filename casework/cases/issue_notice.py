"""The one-time notice: everything the applicant needs to know, told at once (TA-15-3, ZZ-7.1-2, PX-A-2.1-1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from casework.cases.access import join, load_case
from casework.cases.advance import CASE
from casework.cases.models import Case, OneTimeNotice
from casework.kernel.errors import invalid
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.mandates.documents import missing_keys, unknown_keys
from tenants.profile import Form, Profile

ISSUE = "notice.one_time_issue"
NOTICE_FORMS = ("one_time_notice", "bundle_notice")


@dataclass(frozen=True)
class IssueNotice:
    """The parts of the notice, by the keys of the city's form."""

    case_id: UUID
    parts: Mapping[str, str]
    expected_version: int | None = None


async def issue_notice(work: Work, intent: IssueNotice) -> Case:
    """Issue the one-time notice with every part that the city demands."""
    case = await load_case(work, intent.case_id, ISSUE, expected_version=intent.expected_version)
    await record_notice(work, case, intent.parts)
    await join(work, case, work.actor.staff_id, "HELPER")
    return case


async def record_notice(work: Work, case: Case, parts: Mapping[str, str]) -> None:
    """Check and record a notice; a part that the city demands and that is absent is named."""
    regulation = await work.pinned(case.revision_id)
    form = notice_form(regulation.profile, case.workflow)
    if form is not None:
        _check(form, parts)
    work.add(OneTimeNotice(case_id=case.id, issued_at=work.now, issued_by=work.actor.staff_id, parts=dict(parts)))
    case.notices_issued += 1
    rules = form.basis.rules if form else ()
    work.emit(Event("notice.one_time_issued", CASE, case.id, {"count": case.notices_issued}, rules))
    await work.session.flush()


def notice_form(profile: Profile, workflow: str) -> Form | None:
    """The form of the one-time notice for this workflow, where the city has one."""
    named = [form for form in profile.forms if form.id in NOTICE_FORMS]
    own = [form for form in named if form.workflow in (workflow, "any")]
    return next(iter(own or named), None)


def _check(form: Form, parts: Mapping[str, str]) -> None:
    missing = missing_keys(form, parts)
    unknown = unknown_keys(form, parts)
    if missing or unknown:
        names = "、".join(spec.zh for spec in form.fields if spec.key in missing)
        raise invalid(
            f"The notice lacks: {', '.join(missing) or '-'}; unknown parts: {', '.join(unknown) or '-'}.",
            f"一次性告知缺少:{names or '无'}。",
            "parts",
            rules=form.basis.rules,
        )
