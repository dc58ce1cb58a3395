"""Drafting a document of a case: a form of the city, with its required keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from casework.cases.access import join, load_case
from casework.cases.advance import CASE
from casework.cases.models import Case
from casework.kernel.errors import invalid
from casework.kernel.events import Event
from casework.kernel.work import Work
from casework.mandates.documents import missing_keys, unknown_keys
from casework.mandates.models import Document
from tenants.profile import Form, Profile

DRAFT = "mandate.draft"


@dataclass(frozen=True)
class DraftDocument:
    """Which form, and what is written in it."""

    case_id: UUID
    form: str
    data: Mapping[str, Any]
    expected_version: int | None = None


async def draft_document(work: Work, intent: DraftDocument) -> Document:
    """Fill in a form; a signed edition is never changed, a new draft is a new edition."""
    case = await load_case(work, intent.case_id, DRAFT, expected_version=intent.expected_version)
    regulation = await work.pinned(case.revision_id)
    form = form_of(regulation.profile, intent.form)
    _check(form, intent.data)
    await join(work, case, work.actor.staff_id, "HELPER")
    return await write_form(work, case, form, intent.data)


async def write_form(work: Work, case: Case, form: Form, data: Mapping[str, Any]) -> Document:
    """Keep a filled form as the next edition of its kind in this case."""
    edition = select(func.max(Document.edition)).where(
        Document.tenant_id == work.tenant, Document.case_id == case.id, Document.form_code == form.id
    )
    document = work.add(
        Document(
            case_id=case.id,
            form_code=form.id,
            edition=1 + int(await work.session.scalar(edition) or 0),
            data=dict(data),
            complete_at=None if form.signers else work.now,
            drafted_by=work.actor.key,
        )
    )
    await work.session.flush()
    payload = {"form": form.id, "edition": document.edition}
    work.emit(Event("document.drafted", CASE, case.id, payload, form.basis.rules))
    return document


def form_of(profile: Profile, code: str) -> Form:
    """Give a form of the city, or refuse and name the forms it has."""
    known = {form.id: form for form in profile.forms}
    if code not in known:
        raise invalid(f"No such form; this city has: {', '.join(known)}.", "没有该文书。", "form")
    return known[code]


def _check(form: Form, data: Mapping[str, Any]) -> None:
    missing = missing_keys(form, data)
    unknown = unknown_keys(form, data)
    if missing or unknown:
        names = "、".join(spec.zh for spec in form.fields if spec.key in missing)
        wrong = [f"lacks {', '.join(missing)}"] if missing else []
        wrong_zh = [f"缺少:{names}"] if missing else []
        if unknown:
            wrong.append(f"has no field {', '.join(unknown)}; it has {', '.join(spec.key for spec in form.fields)}")
            wrong_zh.append(f"没有以下栏目:{'、'.join(unknown)}")
        raise invalid(
            f"{form.en} ({form.id}) {'; it '.join(wrong)}.",
            f"《{form.zh}》{';'.join(wrong_zh)}。",
            "fields",
            rules=form.basis.rules,
        )
