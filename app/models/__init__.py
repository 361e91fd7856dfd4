"""Tables only. Importing this package makes all of them known to Alembic."""

from sqlmodel import SQLModel

from app.models.accounts import (
    AccessLog,
    Account,
    AccountKin,
    Credential,
    Grant,
    Notice,
    Outbox,
)
from app.models.areas import Area, Bed, Holiday, Organisation, SurveyRound
from app.models.attachments import Attachment
from app.models.cases import (
    Case,
    CaseCounter,
    CaseLink,
    CaseVault,
    Deadline,
    Event,
    PartnerDocument,
    Referral,
)
from app.models.docket import Room, Sitting
from app.models.exports import Export
from app.models.glass import Glass
from app.models.ledger import LedgerEntry
from app.models.machines import MachineClient, MachineKey, MachineToken
from app.models.papers import CasePaper, PaperTemplate
from app.models.people import (
    CaseParty,
    PartyGram,
    Person,
    PersonChange,
    PersonMatch,
    PersonVault,
)
from app.models.phones import PhoneConflict
from app.models.privacy import Disclosure, LegalHold, SubjectRequest
from app.models.record import AuditEntry, SealLeaf, SealRow, SealWaiting
from app.models.recusals import Recusal
from app.models.second_factors import (
    GuessTurn,
    PasskeyChallenge,
    RecoveryCode,
    SecondFactor,
    StartCode,
)
from app.models.sessions import KnownDevice, RefreshToken, Session
from app.models.stays import BedStay
from app.models.views import SavedView

__all__ = [
    "AccessLog",
    "Account",
    "AccountKin",
    "Area",
    "Attachment",
    "AuditEntry",
    "Bed",
    "BedStay",
    "Case",
    "CaseCounter",
    "CaseLink",
    "CasePaper",
    "CaseParty",
    "CaseVault",
    "Credential",
    "Deadline",
    "Disclosure",
    "Event",
    "Export",
    "Glass",
    "Grant",
    "GuessTurn",
    "Holiday",
    "KnownDevice",
    "LedgerEntry",
    "LegalHold",
    "MachineClient",
    "MachineKey",
    "MachineToken",
    "Notice",
    "Organisation",
    "Outbox",
    "PaperTemplate",
    "PartnerDocument",
    "PartyGram",
    "PasskeyChallenge",
    "Person",
    "PersonChange",
    "PersonMatch",
    "PersonVault",
    "PhoneConflict",
    "RecoveryCode",
    "Recusal",
    "Referral",
    "RefreshToken",
    "Room",
    "SQLModel",
    "SavedView",
    "SealLeaf",
    "SealRow",
    "SealWaiting",
    "SecondFactor",
    "Session",
    "Sitting",
    "StartCode",
    "SubjectRequest",
    "SurveyRound",
]
