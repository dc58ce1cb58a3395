"""Makes the cases of one city: believable lives, from the newest request to the archive, the same for the same seed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg

from bench.city import STARTS, City
from bench.copying import Buffer
from bench.life import NEWEST, TRIGGERS, Life, id_at, live
from casework.cases.models import (
    Case,
    CaseParticipant,
    CaseStep,
    ContactRecord,
    Filing,
    MaterialItem,
    OneTimeNotice,
    ServiceRequest,
)
from casework.deadlines.models import Timer
from casework.kernel.vault import opened_vault
from casework.mandates.models import Document, Mandate
from tenants.model.workflow import Timer as TimerSpec

PAPERS = ("身份证明", "申请表", "场地使用证明")
KINDS = (
    ServiceRequest,
    Case,
    CaseParticipant,
    CaseStep,
    Timer,
    ContactRecord,
    OneTimeNotice,
    MaterialItem,
    Filing,
    Mandate,
    Document,
)


class Maker:
    """Writes the rows of one city's cases into buffers; personal data is one sealed value per column."""

    def __init__(self, city: City, seed: int) -> None:
        """Prepare the chance of this city and the sealed values."""
        self.city = city
        self.chance = Random(f"{seed}:{city.tenant}")
        self.paths = city.paths()
        self.clocks = {code: city.clocks(code) for code, _ in self.paths}
        self.forms = {code: [form for form in city.profile.forms if form.workflow == code] for code, _ in self.paths}
        self.buffers = {kind: Buffer(kind, NEWEST) for kind in KINDS}
        vault = opened_vault()
        self.text = vault.seal("想办理一项许可，不清楚要带哪些材料。", "service_request.text")
        self.contact = vault.seal("已电话告知办理流程和所需材料。", "contact_record.content")
        self.data = vault.seal('{"remark": "已核对"}', "document.data")

    def make(self, count: int) -> Iterator[int]:
        """Make so many cases, oldest first, and tell after each how many there are."""
        for number in range(count):
            self._write(live(self.city, self.paths, self.chance, number, count), number)
            yield number + 1

    def flush(self, cursor: psycopg.Cursor[Any]) -> int:
        """Copy what was made so far and tell how many rows there are in all."""
        for buffer in self.buffers.values():
            buffer.flush(cursor)
        return sum(buffer.total for buffer in self.buffers.values())

    def _add(self, kind: Any, at: datetime, /, **values: Any) -> UUID:
        row_id = id_at(self.chance, at)
        self.buffers[kind].add(tenant_id=self.city.tenant, id=row_id, **values)
        return row_id

    def _write(self, life: Life, number: int) -> None:
        self._case(life, number)
        self._steps(life)
        self._clocks(life)
        self._contacts(life)
        self._papers(life)
        if life.at("COMMISSIONED"):
            self._mandate(life)

    def _case(self, life: Life, number: int) -> None:
        received = life.reached["RECEIVED"]
        accepted = life.at("ACCEPTED")
        request = self._add(
            ServiceRequest,
            received,
            applicant_id=life.applicant,
            channel="WINDOW",
            received_at=received,
            received_by=life.owner,
            text=self.text,
            oral=False,
            offered_by_staff=False,
        )
        self.buffers[Case].add(
            tenant_id=self.city.tenant,
            id=life.id,
            case_no=f"{received.year}-{number + 1:07d}",
            service_kind=life.path[1].service_kind,
            workflow=life.path[0],
            revision_id=self.city.revision if accepted else None,
            state=life.state,
            request_id=request,
            applicant_id=life.applicant,
            intake_unit_id=life.place.unit,
            unit_id=life.place.unit,
            unit_path=life.place.path,
            owner_staff_id=life.owner if accepted else None,
            item_id=life.item[0],
            item_version_id=life.item[1],
            received_at=received,
            responded_at=life.at("RESPONDED"),
            accepted_at=accepted,
            filed_at=life.at("FILED"),
            decided_at=life.at("DECIDED"),
            ended_at=life.over,
            archived_at=life.at("ARCHIVED"),
            notices_issued=1 if accepted else 0,
            gap_notices_issued=0,
            overdue_clocks=0 if life.over else sum(not measured for _, _, measured in self._started(life)),
        )
        self._add(CaseParticipant, received, case_id=life.id, staff_id=life.owner, role="CASE_WORKER", since=received)

    def _steps(self, life: Life) -> None:
        before = None
        for state, at in life.reached.items():
            stage = life.path[1].stage_at(state)
            self._add(
                CaseStep,
                at,
                case_id=life.id,
                at=at,
                trigger=TRIGGERS[state],
                from_state=before,
                to_state=state,
                stage=stage.id if stage else "",
                actor=f"staff:{life.owner}",
                staff_id=life.owner,
                rules="{}",
            )
            before = state

    def _started(self, life: Life) -> Iterator[tuple[TimerSpec, datetime, bool]]:
        """Give the clocks that began, when, and whether they are measured only."""
        for timer in self.clocks[life.path[0]]:
            started = life.at(STARTS[str(timer.starts_on)])
            if started is not None:
                yield timer, started, timer.legal_status == "MEASURE_ONLY"

    def _clocks(self, life: Life) -> None:
        over = life.over
        for timer, started, measured in self._started(life):
            due = None if measured else started + timedelta(days=5)
            late = over is not None and due is not None and over > due
            ended = "MEASURED" if measured else "BREACHED" if late else "MET"
            self._add(
                Timer,
                started,
                code=timer.id,
                subject_kind="case",
                subject_id=life.id,
                unit_id=life.place.unit,
                revision_id=self.city.revision,
                started_at=started,
                due_at=due,
                clock="WORKING_TIME",
                duration=None if measured else "P5WD",
                # The bench is read long after the newest case: every limit that nobody kept has run out.
                state=ended if over else "RUNNING" if measured else "BREACHED",
                overdue_from=None if over else due,
                legal_status=timer.legal_status,
                rules="{" + ",".join(timer.basis.rules) + "}",
                provisional=False,
                stopped_at=over,
                elapsed_seconds=3600 if over else None,
                round=1,
            )

    def _contacts(self, life: Life) -> None:
        responded, accepted = life.at("RESPONDED"), life.at("ACCEPTED")
        if responded:
            self._add(
                ContactRecord,
                responded,
                case_id=life.id,
                at=responded,
                staff_id=life.owner,
                channel="PHONE",
                automatic=False,
                addresses_content=True,
                content=self.contact,
            )
        if accepted:
            parts = '{"materials": "身份证明、申请表", "place": "便民服务中心"}'
            self._add(OneTimeNotice, accepted, case_id=life.id, issued_at=accepted, issued_by=life.owner, parts=parts)

    def _papers(self, life: Life) -> None:
        accepted, filed = life.at("ACCEPTED"), life.at("FILED")
        for name in PAPERS[: self.chance.randint(1, len(PAPERS))] if accepted else ():
            self._add(
                MaterialItem,
                accepted or NEWEST,
                case_id=life.id,
                name_zh=name,
                medium="PAPER",
                original=True,
                copies=1,
                state="SUBMITTED" if filed else "RECEIVED",
                holder_kind="UNIT",
                holder_id=life.place.unit,
            )
        if filed:
            decided = life.at("DECIDED")
            self._add(
                Filing,
                filed,
                case_id=life.id,
                applicant_of_record=life.applicant,
                filed_by="AGENT" if life.at("COMMISSIONED") else "APPLICANT",
                department_id=life.item[2],
                filed_at=filed,
                decision="GRANTED" if decided else None,
                decided_at=decided,
            )

    def _mandate(self, life: Life) -> None:
        signed = life.reached["COMMISSIONED"]
        over = life.at("COMPLETED")
        self._add(
            Mandate,
            signed,
            case_id=life.id,
            extent="FULL",
            powers="{}",
            agent_id=life.owner,
            status="ENDED" if over else "SIGNED",
            signed_at=signed,
            ended_at=over,
        )
        for form in self.forms[life.path[0]][:2]:
            self._add(
                Document,
                signed,
                case_id=life.id,
                form_code=form.id,
                edition=1,
                data=self.data,
                complete_at=signed,
                drafted_by=f"staff:{life.owner}",
            )
