"""Makes the cases of one city: believable lives, from the newest request to the archive, the same for the same seed."""

from collections.abc import Callable, Iterator, Mapping
from random import Random

from bench.city import STARTS, City
from bench.copying import NULL, Buffer
from bench.life import DAY, TRIGGERS, Life, instant, live
from casework.cases.advance import CASE
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
from casework.kernel.models import TenantRow
from casework.mandates.models import Document, Mandate
from tenants.model.workflow import Timer as Clock

PAPERS = ("身份证明", "申请表")
LIMIT_DAYS = 5
LIFE_OF_CASE = ("responded_at", "accepted_at", "filed_at", "decided_at", "ended_at", "archived_at")
KINDS: tuple[type[TenantRow], ...] = (
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
Chunk = list[tuple[str, bytes, int]]
"""Rows by table, with their number."""


class Maker:
    """Writes the rows of one city's cases into buffers; personal data is one sealed value per column."""

    def __init__(self, city: City, seed: str, sealed: Mapping[str, bytes]) -> None:
        """Prepare the chance and the forms of all rows."""
        self.city, self.chance, self.paths = city, Random(seed), city.paths()
        self.buffers = {kind: Buffer(kind, city.tenant) for kind in KINDS}
        self.stages = {code: {state: _stage(flow.stage_at(state)) for state in TRIGGERS} for code, flow in self.paths}
        self.clocks = {
            code: [(STARTS[str(one.starts_on)], _measured(one), self._clock(one)) for one in city.clocks(code)]
            for code, _ in self.paths
        }
        self.documents = {
            code: [self._document(form.id, sealed) for form in city.profile.forms if form.workflow == code][:2]
            for code, _ in self.paths
        }
        self._prepare(sealed)

    def _prepare(self, sealed: Mapping[str, bytes]) -> None:
        to = self.buffers
        self.request = to[ServiceRequest].writer(
            *("applicant_id", "received_at", "received_by"),
            channel="WINDOW",
            text=sealed["service_request.text"],
            oral=False,
            offered_by_staff=False,
        )
        self.case = to[Case].writer(
            *("case_no", "service_kind", "workflow", "revision_id", "state", "request_id", "applicant_id"),
            *("intake_unit_id", "unit_id", "unit_path", "owner_staff_id", "item_id", "item_version_id", "received_at"),
            *(*LIFE_OF_CASE, "notices_issued"),
            gap_notices_issued=0,
        )
        self.participant = to[CaseParticipant].writer("case_id", "staff_id", "since", role="CASE_WORKER")
        self.step = to[CaseStep].writer(
            *("case_id", "at", "trigger", "from_state", "to_state", "stage", "actor", "staff_id"), rules="{}"
        )
        self.contact = to[ContactRecord].writer(
            *("case_id", "at", "staff_id"),
            channel="PHONE",
            automatic=False,
            addresses_content=True,
            content=sealed["contact_record.content"],
        )
        parts = '{"materials": "身份证明、申请表", "place": "便民服务中心"}'
        self.notice = to[OneTimeNotice].writer("case_id", "issued_at", "issued_by", parts=parts)
        self.paper = to[MaterialItem].writer(
            *("case_id", "name_zh", "state", "holder_id"), medium="PAPER", original=True, copies=1, holder_kind="UNIT"
        )
        self.filing = to[Filing].writer(
            *("case_id", "applicant_of_record", "filed_by", "department_id", "filed_at", "decision", "decided_at")
        )
        self.mandate = to[Mandate].writer(
            *("case_id", "agent_id", "status", "signed_at", "ended_at"), extent="FULL", powers="{}"
        )

    def _clock(self, timer: Clock) -> Callable[..., None]:
        return self.buffers[Timer].writer(
            *("subject_id", "unit_id", "started_at", "due_at", "fire_at", "state", "stopped_at", "elapsed_seconds"),
            code=timer.id,
            subject_kind=CASE,
            revision_id=self.city.revision,
            clock="WORKING_TIME",
            duration=None if _measured(timer) else f"P{LIMIT_DAYS}WD",
            legal_status=timer.legal_status,
            rules="{" + ",".join(timer.basis.rules) + "}",
            provisional=False,
            round=1,
        )

    def _document(self, form: str, sealed: Mapping[str, bytes]) -> Callable[..., None]:
        write = self.buffers[Document].writer
        return write("case_id", "complete_at", "drafted_by", form_code=form, edition=1, data=sealed["document.data"])

    def make(self, first: int, last: int, count: int) -> Chunk:
        """Make the cases from one number to before another, of so many of the city, and hand over their rows."""
        for number in range(first, last):
            self._write(live(self.city, self.paths, self.chance, number, count), number)
        return [buffer.taken() for buffer in self.buffers.values()]

    def _write(self, life: Life, number: int) -> None:
        at = {state: instant(seconds) for state, seconds in life.reached.items()}
        over = at.get("COMPLETED") or at.get("WITHDRAWN")
        self._case(life, number, at, over)
        self._steps(life, at)
        self._clocks(life, over)
        self._contacts(life, at)
        self._papers(life, at)
        if "COMMISSIONED" in at:
            self._mandate(life, at)

    def _case(self, life: Life, number: int, at: Mapping[str, str], over: str | None) -> None:
        received, accepted = at["RECEIVED"], at.get("ACCEPTED")
        request = life.id_at("RECEIVED")
        self.request(request, life.applicant, received, life.owner)
        unit = life.place.unit
        self.case(
            *(life.id, f"{received[:4]}-{number + 1:07d}", life.path[1].service_kind, life.path[0]),
            *(self.city.revision if accepted else NULL, life.state, request, life.applicant),
            *(unit, unit, life.place.path, life.owner if accepted else NULL, life.item[0], life.item[1], received),
            *(at.get("RESPONDED", NULL), accepted or NULL, at.get("FILED", NULL), at.get("DECIDED", NULL)),
            *(over or NULL, at.get("ARCHIVED", NULL), "1" if accepted else "0"),
        )
        self.participant(life.id_at("RECEIVED"), life.id, life.owner, received)

    def _steps(self, life: Life, at: Mapping[str, str]) -> None:
        before = NULL
        stages, owner, actor = self.stages[life.path[0]], life.owner, f"staff:{life.owner}"
        for state, when in at.items():
            self.step(life.id_at(state), life.id, when, TRIGGERS[state], before, state, stages[state], actor, owner)
            before = state

    def _clocks(self, life: Life, over: str | None) -> None:
        reached = life.reached
        end = reached.get("COMPLETED", reached.get("WITHDRAWN"))
        for state, measured, write in self.clocks[life.path[0]]:
            started = reached.get(state)
            if started is None:
                continue
            due = None if measured else started + LIMIT_DAYS * DAY
            due_at = NULL if due is None else instant(due)
            ended = "MEASURED" if due is None else "BREACHED" if end is not None and end > due else "MET"
            write(
                *(life.id_at(state), life.id, life.place.unit, instant(started), due_at),
                *((NULL, ended, over, "3600") if over else (due_at, "RUNNING", NULL, NULL)),
            )

    def _contacts(self, life: Life, at: Mapping[str, str]) -> None:
        if "RESPONDED" in at:
            self.contact(life.id_at("RESPONDED"), life.id, at["RESPONDED"], life.owner)
        if "ACCEPTED" in at:
            self.notice(life.id_at("ACCEPTED"), life.id, at["ACCEPTED"], life.owner)

    def _papers(self, life: Life, at: Mapping[str, str]) -> None:
        if "ACCEPTED" not in at:
            return
        filed = at.get("FILED")
        for name in PAPERS[: 1 + int(self.chance.random() * len(PAPERS))]:
            state = "SUBMITTED" if filed else "RECEIVED"
            self.paper(life.id_at("ACCEPTED"), life.id, name, state, life.place.unit)
        if filed:
            decided = at.get("DECIDED")
            hand = "AGENT" if "COMMISSIONED" in at else "APPLICANT"
            self.filing(
                *(life.id_at("FILED"), life.id, life.applicant, hand, life.item[2], filed),
                *(("GRANTED", decided) if decided else (NULL, NULL)),
            )

    def _mandate(self, life: Life, at: Mapping[str, str]) -> None:
        signed, ended = at["COMMISSIONED"], at.get("COMPLETED")
        status = "ENDED" if ended else "SIGNED"
        self.mandate(life.id_at("COMMISSIONED"), life.id, life.owner, status, signed, ended or NULL)
        for write in self.documents[life.path[0]]:
            write(life.id_at("COMMISSIONED"), life.id, signed, f"staff:{life.owner}")


def chunks(count: int, size: int) -> Iterator[tuple[int, int]]:
    """Divide so many cases into pieces, each from its first number to before its last."""
    return ((first, min(first + size, count)) for first in range(0, count, size))


def _stage(stage: object) -> str:
    return str(getattr(stage, "id", ""))


def _measured(timer: Clock) -> bool:
    return timer.legal_status == "MEASURE_ONLY"
