"""Documents that a contender has never seen: how long the first execution takes, and what remembering them costs."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from random import Random

from bench.client import measure
from bench.contenders import Contender
from bench.rounds import resident_megabytes
from bench.subject import Subject

SCALARS = ("caseNo", "serviceKind", "state", "receivedAt", "acceptedAt", "filedAt", "decidedAt", "endedAt")
RELATIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "unit": ("orgUnitByTenantIdAndUnitId", ("code", "nameZh", "tier")),
    "owner": ("staffMemberByTenantIdAndOwnerStaffId", ("code", "name")),
    "item": ("serviceItemByTenantIdAndItemId", ("code", "nameZh")),
    "timers": ("timersByTenantIdAndSubjectIdList", ("code", "state", "startedAt", "dueAt", "stoppedAt")),
    "steps": ("caseStepsByTenantIdAndCaseIdList", ("at", "trigger", "fromState", "toState", "stage")),
    "documents": ("documentsByTenantIdAndCaseIdList", ("formCode", "edition", "completeAt")),
    "notices": ("oneTimeNoticesByTenantIdAndCaseIdList", ("issuedAt",)),
}
"""What hangs on a case, with PostGraphile's name of it."""

ROOTS = {
    "ours": "query Q($no: String!) { case(caseNo: $no) {",
    "postgraphile": "query Q($no: String!, $tenant: String!) "
    "{ case: serviceCaseByTenantIdAndCaseNo(tenantId: $tenant, caseNo: $no) {",
}
SEED = 7
WARM, CLIENTS = 20, 4


@dataclass(frozen=True)
class Cold:
    """Milliseconds of first executions, one after the other; and megabytes before and after many documents."""

    documents: int
    median: float
    p99: float
    greatest: float
    remembered: int = 0
    memory_before: float = 0
    memory_after: float = 0


def documents(contender: str, first: int, number: int) -> Iterator[str]:
    """Write so many different documents about a case, each with its own order of fields and its own aliases."""
    for index in range(first, first + number):
        chance = Random(f"{SEED}:{index}")
        parts = [f"a{index}x{place}: {name}" for place, name in enumerate(_mixed(chance, SCALARS))]
        for name in _mixed(chance, tuple(RELATIONS)):
            peer, fields = RELATIONS[name]
            inner = " ".join(_mixed(chance, fields))
            parts.append(f"{name}{index}: {peer if contender == 'postgraphile' else name} {{ {inner} }}")
        yield f"{ROOTS[contender]} {' '.join(_mixed(chance, tuple(parts)))} }} }}"


def _mixed(chance: Random, names: tuple[str, ...]) -> list[str]:
    return chance.sample(names, len(names))


def measure_cold(contender: Contender, subject: Subject, number: int, remembered: int) -> Cold:
    """Execute documents for the first time, one after the other; then many more, and look at the memory."""
    measure(contender.port, _requests(contender, subject, 0, WARM), 1, once=True)
    found = measure(contender.port, _requests(contender, subject, WARM, number), 1, once=True)
    cold = Cold(number, found.quantile(0.5), found.quantile(0.99), found.quantile(1))
    if not remembered:
        return cold
    before = resident_megabytes(contender.pid)
    measure(contender.port, _requests(contender, subject, WARM + number, remembered), CLIENTS, once=True)
    after = resident_megabytes(contender.pid)
    seen = {"remembered": remembered, "memory_before": before, "memory_after": after}
    return Cold(**{**asdict(cold), **seen})


def _requests(contender: Contender, subject: Subject, first: int, number: int) -> list[bytes]:
    ours = contender.name == "ours"
    headers = {"Authorization": f"Bearer {subject.clerk}"} if ours else {}
    whose = {} if ours else {"tenant": subject.tenant}
    return [
        contender.graphql(text, {"no": subject.numbers[index % len(subject.numbers)], **whose}, headers)
        for index, text in enumerate(documents(contender.name, first, number))
    ]
