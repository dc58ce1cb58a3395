"""Documents of a case: which forms exist, whether they are filled, and who has signed them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from casework.kernel.work import Work
from casework.mandates.models import Document, Signature
from tenants.profile import Form, Profile


@dataclass(frozen=True)
class SignedForm:
    """The newest edition of one form of a case, what it lacks, and who has signed it."""

    document: Document
    missing_keys: tuple[str, ...]
    parties: frozenset[str]
    required_parties: frozenset[str]

    @property
    def filled(self) -> bool:
        """Every required field has content."""
        return not self.missing_keys

    @property
    def unsigned_by(self) -> tuple[str, ...]:
        """The required parties who have not signed."""
        return tuple(sorted(self.required_parties - self.parties))

    @property
    def signed(self) -> bool:
        """Filled, and signed by every party whose signature the form requires."""
        return self.filled and not self.unsigned_by


def missing_keys(form: Form, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the required fields of a form that have no content."""
    return tuple(spec.key for spec in form.fields if spec.required and data.get(spec.key) in (None, "", [], {}))


def unknown_keys(form: Form, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the fields that the form does not have."""
    known = {spec.key for spec in form.fields}
    return tuple(sorted(key for key in data if known and key not in known))


def required_parties(form: Form) -> frozenset[str]:
    """The parties whose signature the form requires."""
    return frozenset(signer.party for signer in form.signers if signer.required)


async def forms_of(work: Work, case_id: UUID, profile: Profile) -> dict[str, SignedForm]:
    """Read the newest edition of every form of a case with its signatures."""
    documents = select(Document).where(Document.tenant_id == work.tenant, Document.case_id == case_id)
    newest = {row.form_code: row for row in (await work.session.scalars(documents.order_by(Document.edition))).all()}
    ids = [row.id for row in newest.values()]
    signatures = select(Signature.document_id, Signature.party).where(
        Signature.tenant_id == work.tenant, Signature.document_id.in_(ids)
    )
    signed: dict[UUID, set[str]] = {}
    for document_id, party in (await work.session.execute(signatures)).all():
        signed.setdefault(document_id, set()).add(party)
    return {code: _signed_form(row, profile, signed.get(row.id, set())) for code, row in newest.items()}


def _signed_form(row: Document, profile: Profile, parties: set[str]) -> SignedForm:
    form = profile.form(row.form_code)
    return SignedForm(row, missing_keys(form, row.data), frozenset(parties), required_parties(form))
