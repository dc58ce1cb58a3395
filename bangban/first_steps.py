"""What a newcomer pastes into GraphiQL first."""

from collections.abc import Sequence
from uuid import uuid4

from bangban.tokens import Sample

QUERY_AS = "CASE_WORKER"
"""The kind of role whose token the first query is for."""

MUTATION_AS = "APPLICANT"
"""The kind of caller whose token the first mutation is for."""

QUERY = """query FirstLook {
  about { name release now }
  me { kind tenant roles { role unitPath } }
  items(first: 5) { nodes { code nameZh department { nameZh } } }
}"""

MUTATION = """mutation FirstRequest {{
  createRequest(input: {{
    unitCode: "{unit}", serviceKind: ASSIST, channel: "WEB_PORTAL",
    text: "我想开一家小餐馆，需要办哪些手续？", idempotencyKey: "{key}"
  }}) {{
    case {{ id caseNo state receivedAt }}
    userErrors {{ code message messageZh rule {{ id article }} }}
  }}
}}"""


def first_mutation(samples: Sequence[Sample]) -> str:
    """Write a first request to a unit where somebody takes requests."""
    units = {sample.kind: sample.unit_code for sample in samples if sample.unit_code}
    unit = units.get(QUERY_AS) or next(iter(units.values()), "")
    return MUTATION.format(unit=unit, key=uuid4().hex[:12])
