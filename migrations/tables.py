"""Every table of the house, gathered for migrations and for the gate of row-level security."""

from casework.assessment import models as assessment
from casework.cases import models as cases
from casework.catalogue import models as catalogue
from casework.deadlines import models as deadlines
from casework.feedback import models as feedback
from casework.kernel import audit, idempotency, outbox, tenancy
from casework.kernel.models import Base
from casework.mandates import models as mandates
from casework.organisation import models as organisation
from casework.regulation import models as regulation
from casework.relays import models as relays
from casework.reporting import models as reporting
from casework.teams import models as teams
from casework.training import models as training

ROOMS = (
    audit,
    idempotency,
    outbox,
    tenancy,
    regulation,
    organisation,
    teams,
    training,
    catalogue,
    deadlines,
    mandates,
    cases,
    relays,
    feedback,
    assessment,
    reporting,
)
metadata = Base.metadata
