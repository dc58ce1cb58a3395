"""Applicants: known by their portal account or their identity number, sealed at rest."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casework.cases.models import Applicant, SubjectType
from casework.kernel.errors import invalid
from casework.kernel.vault import opened_vault
from casework.kernel.work import Work

MAX_NAME = 200


@dataclass(frozen=True)
class ApplicantDetails:
    """What is told of an applicant; only the name is always needed."""

    subject_type: SubjectType
    name: str
    id_no: str | None = None
    phone: str | None = None
    address: str | None = None
    priority_tags: tuple[str, ...] = ()


async def own_applicant(work: Work, details: ApplicantDetails | None) -> Applicant:
    """Enter the applicant behind the portal account that acts, at his first request."""
    if details is None:
        raise invalid("Tell who you are at your first request.", "首次申请请填写申请人信息。", "applicant")
    return await enter(work, details, portal_subject=work.actor.subject)


async def applicant_at_desk(work: Work, applicant_id: UUID | None, details: ApplicantDetails | None) -> Applicant:
    """Give the applicant whom a member of staff serves: one that is known, or the one described."""
    if applicant_id is not None:
        return await work.load(Applicant, applicant_id, "applicant", "申请人", "applicantId")
    if details is None:
        raise invalid("Say for whom the request is.", "请填写申请人。", "applicant")
    known = await by_id_no(work, details.id_no) if details.id_no else None
    return known or await enter(work, details, portal_subject=None)


async def by_id_no(work: Work, id_no: str) -> Applicant | None:
    """Find an applicant by the exact identity number."""
    index = opened_vault().blind_index(work.tenant, "applicant.id_no", id_no)
    query = select(Applicant).where(Applicant.tenant_id == work.tenant, Applicant.id_no_index == index)
    return (await work.session.scalars(query)).one_or_none()


async def enter(work: Work, details: ApplicantDetails, *, portal_subject: str | None) -> Applicant:
    """Enter a new applicant; only priority tags of the city's profile are known (TA-8-2, PX-B-2.1-4 …)."""
    if not details.name.strip() or len(details.name) > MAX_NAME:
        raise invalid("An applicant needs a name.", "请填写申请人姓名或名称。", "applicant", "name")
    known_tags = {tag.code for tag in work.profile.applicants.priority_tags}
    for tag in details.priority_tags:
        if tag not in known_tags:
            raise invalid(
                f"Unknown priority tag {tag}; this city knows {', '.join(sorted(known_tags)) or 'none'}.",
                "未知的优先群体标签。",
                "applicant",
                "priorityTags",
            )
    vault = opened_vault()
    applicant = work.add(
        Applicant(
            subject_type=details.subject_type,
            portal_subject=portal_subject,
            name=details.name.strip(),
            id_no=details.id_no,
            id_no_index=vault.blind_index(work.tenant, "applicant.id_no", details.id_no) if details.id_no else None,
            phone=details.phone,
            address=details.address,
            priority_tags=list(details.priority_tags),
        )
    )
    await work.session.flush()
    return applicant
