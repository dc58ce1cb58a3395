"""Steps that several stories share: asking, filling in forms, bringing papers."""

from functools import cache
from typing import Any

from tenants.loader import load_profile, shipped_profiles
from tenants.profile import Profile
from tests.stories.stack import Caller

REQUIREMENTS = "query($code: String!) { item(code: $code) { currentVersion { requirements { id nameZh } } } }"


@cache
def profile(tenant: str) -> Profile:
    """Read the shipped profile of a city."""
    return next(load_profile(path) for path in shipped_profiles() if path.stem == tenant)


def ask_for(caller: Caller, unit: str, kind: str, item: str, **more: Any) -> str:
    """Record a request and give the case's id."""
    values = {"channel": "WINDOW", "text": "请帮我办理", **more}
    case = caller.do("createRequest", "case { id }", unitCode=unit, serviceKind=kind, itemCode=item, **values)
    return str(case["id"])


def fill_in(caller: Caller, tenant: str, case: str, form: str, **known: str) -> str:
    """Fill in every required field of a form and give the document's id."""
    fields = {spec.key: known.get(spec.key, f"{spec.zh}:已填写") for spec in profile(tenant).form(form).fields}
    parts = [{"key": key, "value": value} for key, value in fields.items()]
    document = caller.do("draftDocument", "document { id }", caseId=case, form=form, fields=parts)
    return str(document["id"])


def sign(caller: Caller, document: str, party: str, name: str = "签字人") -> None:
    """Sign a document electronically for one's own party."""
    caller.do(
        "signDocument", "document { id completeAt }", documentId=document, party=party, signerName=name, method="E_SIGN"
    )


def signed_form(applicant: Caller, staff: Caller, tenant: str, case: str, form: str) -> None:
    """Fill in a form and let every party sign it that must."""
    document = fill_in(staff, tenant, case, form)
    for signer in profile(tenant).form(form).signers:
        if signer.required:
            sign(applicant if signer.party == "APPLICANT" else staff, document, signer.party)


def requirements(caller: Caller, item: str) -> list[dict[str, str]]:
    """List the papers that an item asks for."""
    found: list[dict[str, str]] = caller.ask(REQUIREMENTS, code=item)["item"]["currentVersion"]["requirements"]
    return found


def bring(caller: Caller, case: str, requirement: dict[str, str], **more: Any) -> str:
    """Record one paper and give its id."""
    material = caller.do(
        "recordMaterial", "material { id state holderKind }",
        caseId=case, name=requirement["nameZh"], requirementId=requirement["id"], **more,
    )  # fmt: skip
    return str(material["id"])


def review(caller: Caller, material: str, *, statutory_form: bool = True) -> None:
    """Look at a paper and find it right."""
    caller.do("reviewMaterial", "material { state }", materialId=material, accepted=True, statutoryForm=statutory_form)


def state(caller: Caller, case: str) -> str:
    """Tell where a case stands."""
    return str(caller.ask("query($id: ID!) { case(id: $id) { state } }", id=case)["case"]["state"])


def guards(errors: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Give refusals by the guard that refused."""
    return {error["guard"]: error for error in errors}
