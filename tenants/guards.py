"""The guards a profile may place at a transition, what each one asks, and the parameters it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FORMS = "forms"
POWER = "power"
LIST_PURPOSE = "list"
DEFERRABLE = "deferrable"

COMMON_PARAMS = ("when", "when_delivery", "when_triage")
"""Every gate may say when it applies: a condition, a delivery method, a class of the triage."""


@dataclass(frozen=True, slots=True)
class GuardSpec:
    """What one guard asks for, and which parameters a gate must or may give it."""

    asks: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


GUARDS: Mapping[str, GuardSpec] = MappingProxyType(
    {
        "VOLUNTARY_REQUEST": GuardSpec("The applicant asked, or accepted an offer, and the wish is recorded."),
        "RIGHTS_AND_DUTIES_ACK": GuardSpec("The applicant was told both sides' rights and duties and took note."),
        "HUMAN_CONTACT": GuardSpec("A person made contact and addressed the content; an automatic text is none."),
        "QUESTION_ANSWERED": GuardSpec("The question was answered, at once or after asking those concerned."),
        "ITEM_IN_SCOPE": GuardSpec("The item is within the profile's scope for this service at the unit's tier."),
        "ITEM_ON_LIST": GuardSpec("The item is on a published list of that purpose for the unit.", (LIST_PURPOSE,)),
        "ONE_TIME_NOTICE_ISSUED": GuardSpec("The one-time notice was given, with all of its fields.", may=(FORMS,)),
        "TRIAGE_SET": GuardSpec("The matter has its class."),
        "GROUND_IN_LIST": GuardSpec("The ground of refusal is one of the profile's grounds."),
        "EXPLANATION_GIVEN": GuardSpec("An explanation is recorded: ground, text, to whom, when.", may=(FORMS,)),
        "CONTACT_MADE": GuardSpec("Contact with the competent office was made for the applicant."),
        "MATERIALS_COMPLETE": GuardSpec(
            "Every required paper is there; where deferrable, a gap with a promised date counts as there.",
            may=(DEFERRABLE,),
        ),
        "STATUTORY_FORM": GuardSpec("Every paper present has its statutory form (seal, signature, format)."),
        "PRELIMINARY_REVIEW_DONE": GuardSpec("Every paper was reviewed against the guide."),
        "MATERIAL_HANDOVER_SIGNED": GuardSpec("The list of papers handed over is signed by its signers.", (FORMS,)),
        "FORMS_FILLED": GuardSpec("Each named form exists and its required fields are filled.", (FORMS,)),
        "FORMS_SIGNED": GuardSpec(
            "Each named form is filled and carries every required signature; where the profile lets a case close "
            "without the applicant, his recorded refusal stands for his signature.",
            (FORMS,),
        ),
        "BOTH_SIGNED": GuardSpec(
            "Each named form is signed by the applicant and by the service side, or his refusal is recorded as above.",
            (FORMS,),
        ),
        "ONE_NAMED_AGENT": GuardSpec("Exactly one agent is named for the case."),
        "MANDATE_IN_FORCE": GuardSpec("A signed mandate covers the case and was neither ended nor revoked."),
        "POWER_HELD": GuardSpec("If staff file, the mandate gives them this power.", (POWER,)),
        "PLAN_EXISTS": GuardSpec("A service plan with milestones is made."),
        "APPLICANT_OF_RECORD": GuardSpec("The filing names the applicant, never the helper, as the filing party."),
        "LEAD_DEPARTMENT_NAMED": GuardSpec("One department leads the departments concerned."),
        "EACH_LEG_CLAIMED": GuardSpec("Every department concerned has claimed its part."),
        "ALL_LEGS_JOINED": GuardSpec("Every part of the case is done or has failed with a reason."),
        "FALLBACK_OWNER_SET": GuardSpec("Who passes a matter on stays its owner until another unit accepts it."),
        "ITEM_ON_SPOT": GuardSpec("The item's version allows settling it on the spot."),
        "DELIVERY_CHOSEN_BY_APPLICANT": GuardSpec("The applicant chose the way of delivery."),
        "DELIVERY_PROOF": GuardSpec("The record that proves the delivery exists.", may=(FORMS,)),
        "RECEIPT_CONFIRMED": GuardSpec("The applicant confirmed receipt; a carrier's notice is not enough."),
        "RESULT_TOLD": GuardSpec("The applicant was told the result; handing it to him counts."),
        "RESULT_HANDED_OVER": GuardSpec("The result and the papers were handed to the applicant.", may=(FORMS,)),
        "EVALUATION_INVITED": GuardSpec("The applicant was invited to evaluate the service."),
        "CAUSE_IN_LIST": GuardSpec("The cause of termination is one of the profile's causes."),
        "EVIDENCE": GuardSpec("Everything the cause of termination requires is on file."),
        "PAPERS_RETURNED": GuardSpec("Every paper of the applicant is back in his hands, with a custody record."),
        "PAPERS_SETTLED": GuardSpec("No original is left: each one is returned or kept by the department as its own."),
        "HANDOVER_RECORD": GuardSpec(
            "The papers were handed over to the persons concerned, on record; a case that held none needs none.",
            may=(FORMS,),
        ),
        "ARCHIVE_CONTENTS": GuardSpec("The file holds everything the profile asks for.", may=(FORMS,)),
        "GUIDE_FIELDS_FILLED": GuardSpec("Every required field of the guide is filled."),
        "FEE_HAS_LEGAL_BASIS": GuardSpec("A law or regulation expressly requires the fee."),
        "APPOINTMENT_ON_NON_WORKING_DAY": GuardSpec("Service on a non-working day was booked in advance."),
        "NOT_THE_HANDLER": GuardSpec("Whoever calls back took no part in the case."),
        "CALLBACK_DONE": GuardSpec("The applicant was called back."),
        "MEASURES_PLANNED": GuardSpec("Measures against the founded complaint are recorded."),
        "COMPLAINT_SOLVED": GuardSpec("The complaint is solved; one under watch is not."),
        "RESULT_REPORTED_TO_APPLICANT": GuardSpec("The applicant was told what came of the complaint."),
        "HANDOVER_ACCEPTED": GuardSpec("A successor accepted all open work of the person who leaves."),
    }
)
"""Every guard a profile may name; the rooms hold one implementation for each that something can come by."""
