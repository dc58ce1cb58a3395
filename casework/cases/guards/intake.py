"""Guards of the way in: wish, contact, scope, lists, class, explanation."""

from casework.cases.facts import Facts
from casework.cases.guards.registry import guard
from casework.cases.models import ServiceKind
from casework.catalogue.scope import ScopeDecision
from casework.kernel.errors import Code, Next
from casework.kernel.gates import Unmet
from tenants.profile import Gate

ASSIST_INSTEAD = Next("convertCase", "Go on as assistance", "转为帮办服务")
REFER = Next("referCaseOut", "Refer to the competent body", "引导至承办部门")
RELAY = Next("openLeg", "Relay to a competent unit", "接力转交有权办理的机构")


@guard("VOLUNTARY_REQUEST", "request")
def voluntary_request(facts: Facts, gate: Gate) -> Unmet | None:
    """The applicant asked himself, or accepted the offer when the request was recorded."""
    request = facts.parts["request"]
    offered = request is not None and request.offered_by_staff and gate.transition == "CREATE"
    if request is not None and (not offered or facts.attempt.get("offer_accepted")):
        return None
    return Unmet("An offer made by staff counts once the applicant has accepted it.", "主动服务须经服务对象确认接受。")


@guard("RIGHTS_AND_DUTIES_ACK", "human_contacts", "notices", "forms")
def rights_and_duties(facts: Facts, _gate: Gate) -> Unmet | None:
    """The applicant was told both sides' rights and duties: in a notice, or by signing the agreement."""
    told = facts.parts["human_contacts"] or facts.parts["notices"] or facts.attempt.get("rights_and_duties_told")
    signed = any("APPLICANT" in form.parties for form in facts.parts["forms"].values())
    if told or signed:
        return None
    return Unmet("Tell the applicant both sides' rights and duties first.", "请先向服务对象说明双方权利义务。")


@guard("HUMAN_CONTACT", "human_contacts")
def human_contact(facts: Facts, _gate: Gate) -> Unmet | None:
    """A person made contact and addressed the content (Q3)."""
    if facts.parts["human_contacts"]:
        return None
    return Unmet(
        "An automatic message is not a response; a person has to address what was asked.",
        "自动回复不构成响应,须由工作人员针对需求内容答复。",
    )


@guard("QUESTION_ANSWERED", "human_contacts")
def question_answered(facts: Facts, _gate: Gate) -> Unmet | None:
    """The question was answered."""
    if facts.parts["human_contacts"]:
        return None
    return Unmet("The question has not been answered yet.", "咨询尚未答复。")


@guard("ITEM_IN_SCOPE", "item", "scope")
def item_in_scope(facts: Facts, _gate: Gate) -> Unmet | None:
    """The item is within what this unit may take on for this kind of service."""
    decision: ScopeDecision | None = facts.parts["scope"]
    if decision is None:
        return Unmet("Name the service item first.", "请先明确办理事项。", Code.OUT_OF_SCOPE)
    if decision.allowed:
        return None
    return Unmet(
        "The item is not within what this unit may take on for this kind of service.",
        "该事项不在本机构该类服务的范围内。",
        Code.OUT_OF_SCOPE,
        (RELAY, REFER),
        {"scopeRule": decision.rule},
    )


@guard("ITEM_ON_LIST", "item", "listed")
def item_on_list(facts: Facts, gate: Gate) -> Unmet | None:
    """Agency is limited to the published list; assistance stays open to the applicant."""
    if facts.parts["listed"][str(gate.params["list"])]:
        return None
    options = (ASSIST_INSTEAD,) if facts.case.service_kind == ServiceKind.AGENCY else (REFER,)
    return Unmet(
        "The item is not on the published list of this unit for this service; help with it (assistance) is open.",
        "该事项未列入本机构公布的服务清单,可转为帮办服务。",
        Code.OUT_OF_SCOPE,
        options,
    )


@guard("ONE_TIME_NOTICE_ISSUED", "notices")
def one_time_notice(facts: Facts, _gate: Gate) -> Unmet | None:
    """Everything was told at once."""
    if facts.parts["notices"]:
        return None
    return Unmet(
        "Issue the one-time notice first.",
        "请先一次性告知。",
        lawful_next=(Next("issueNotice", "Issue the one-time notice", "一次性告知"),),
    )


@guard("TRIAGE_SET")
def triage_set(facts: Facts, _gate: Gate) -> Unmet | None:
    """The matter has its class."""
    if facts.case.triage_class is not None:
        return None
    return Unmet(
        "Classify the matter first.",
        "请先对事项分类。",
        lawful_next=(Next("triageCase", "Classify the matter", "事项分类"),),
    )


@guard("GROUND_IN_LIST")
def ground_in_list(facts: Facts, _gate: Gate) -> Unmet | None:
    """The ground of refusal stands in the regulation's closed list (Q67)."""
    known = {ground.code for entry in facts.profile.triage.classes for ground in entry.grounds}
    if facts.attempt.get("ground") in known:
        return None
    return Unmet(
        f"A matter is declined only on one of these grounds: {', '.join(sorted(known))}.",
        "不予办理须属于制度列明的情形。",
        details={"grounds": sorted(known)},
    )


@guard("EXPLANATION_GIVEN", "explanations")
def explanation_given(facts: Facts, _gate: Gate) -> Unmet | None:
    """An explanation is on record: ground, text, to whom, when."""
    if facts.parts["explanations"]:
        return None
    return Unmet(
        "Record the explanation given to the applicant first: ground, text, to whom and when.",
        "请先记录向服务对象作出的解释(原因、内容、对象、时间)。",
        lawful_next=(Next("explainCase", "Record the explanation", "登记解释说明"),),
    )


@guard("CONTACT_MADE", "explanations")
def contact_made(facts: Facts, _gate: Gate) -> Unmet | None:
    """Contact with the competent body was made for the applicant."""
    if any(row.contact_made_with for row in facts.parts["explanations"]):
        return None
    return Unmet("Contact the competent body for the applicant first.", "请先协助服务对象联系承办部门。")
