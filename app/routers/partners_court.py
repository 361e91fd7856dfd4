"""The court's door: orders, changes, confirmations, in the codes of its own data standard."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import Field, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from app.access import Work
from app.deps import WorkDep
from app.kinds.forms import Moment, Whole, Yes
from app.kinds.mediation.agreement_forms import ConfirmationDecision, ConfirmationReceipt
from app.kinds.people import PartyRole, Relation
from app.kinds.protection_order.application import (
    Application,
    Evidence,
    Ground,
    Manner,
    ProxyGround,
    Registration,
    Told,
    Venue,
)
from app.kinds.protection_order.closing import ChangeRequest
from app.kinds.protection_order.codes import (
    CHANGE_NUMBERS,
    DISPOSAL_NUMBERS,
    MEASURE_NUMBERS,
    RELATION_NUMBERS,
    ChangeItem,
    Disposal,
    FiledBy,
    Measure,
    SocialRelation,
)
from app.kinds.protection_order.enforcement import Service
from app.kinds.protection_order.rulings import ChangedOrder, Decision, Kept, Revocation
from app.roles import Role
from app.routers.partners_common import (
    Number,
    PartnerBody,
    PartnerPerson,
    Strict,
    Taken,
    filled,
    taken,
)
