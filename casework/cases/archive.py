"""Archiving: the file is checked, sealed and hashed; no step leads back (T19)."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from casework.cases.access import load_case
from casework.cases.advance import advance, facts_of
from casework.cases.facts import Facts
from casework.cases.models import ArchiveRecord, Case, CaseStep
from casework.kernel.work import Work
from tenants.duration import parse_duration

SEAL = "archive.seal"
DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True)
class ArchiveCase:
    """Which case is sealed."""

    case_id: UUID
    expected_version: int | None = None


async def archive_case(work: Work, intent: ArchiveCase) -> Case:
    """Seal the file of an ended case with its digest and retention (TA-15-12, TA-18-15, ZZ-7.4-2, NX-A5.1-6)."""
    case = await load_case(work, intent.case_id, SEAL, expected_version=intent.expected_version)
    facts = await facts_of(work, case)
    case.archived_at = work.now
    await advance(facts, "ARCHIVE", {"serviceKind": case.service_kind.value})
    contents = await _contents(facts)
    work.add(
        ArchiveRecord(
            case_id=case.id,
            contents=contents,
            checklist=[{"part": name, "entries": len(entries)} for name, entries in contents.items()],
            sha256=hashlib.sha256(orjson.dumps(contents, option=orjson.OPT_SORT_KEYS)).hexdigest(),
            sealed_by=work.actor.key,
            sealed_at=work.now,
            retention_until=work.now + _retention(facts),
        )
    )
    await work.session.flush()
    return case


def _retention(facts: Facts) -> timedelta:
    duration = parse_duration(str(facts.profile.archive.retention.value))
    return timedelta(days=round(duration.months * DAYS_PER_MONTH) + duration.days)


async def _contents(facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """Gather what the file holds: helper, applicant's reference, matter, steps, forms, papers, notices."""
    await facts.gather(frozenset({"forms", "materials", "notices", "explanations", "deliveries"}))
    steps = (
        select(CaseStep)
        .where(CaseStep.tenant_id == facts.work.tenant, CaseStep.case_id == facts.case.id)
        .order_by(CaseStep.id)
    )
    return {
        "case": [
            {
                "caseNo": facts.case.case_no,
                "applicantId": str(facts.case.applicant_id),
                "ownerStaffId": str(facts.case.owner_staff_id),
                "itemId": str(facts.case.item_id),
            }
        ],
        "steps": [
            {"trigger": row.trigger, "at": row.at.isoformat(), "actor": row.actor}
            for row in (await facts.work.session.scalars(steps)).all()
        ],
        "forms": [
            {"form": code, "edition": form.document.edition, "data": form.document.data}
            for code, form in sorted(facts.parts["forms"].items())
        ],
        "materials": [{"name": row.name_zh, "state": row.state.value} for row in facts.parts["materials"]],
        "notices": [{"issuedAt": row.issued_at.isoformat(), "parts": row.parts} for row in facts.parts["notices"]],
        "explanations": [
            {"ground": row.ground, "text": row.text_zh, "givenAt": row.given_at.isoformat()}
            for row in facts.parts["explanations"]
        ],
        "deliveries": [{"method": row.method, "items": row.items} for row in facts.parts["deliveries"]],
    }
