"""Who may see and do what, written down once more by hand: the app's own tables are not asked."""

KINDS = (
    "dv_warning", "protection_order", "shelter_placement", "legal_aid_referral",
    "left_behind_visit", "mediation",
)  # fmt: skip

# A: all cases of the area, H: those held. Then the class read in each kind, in the order above;
# 0: the case is not there.
READS = {
    "police":             "A 333200",
    "women_fed_district": "A 333333",
    "women_fed_town":     "A 333333",
    "women_fed_village":  "A 222222",
    "civil_affairs":      "A 023230",
    "village_committee":  "A 222220",
    "grid_worker":        "A 000020",
    "zongzhi":            "A 101101",
    "justice_bureau":     "A 000200",
    "court":              "H 330203",
    "mediator":           "H 100203",
    "shelter":            "H 223200",
    "legal_aid":          "H 220300",
    "hospital":           "H 202200",
    "school":             "H 222200",
    "wcwc_office":        "- 000000",
    "system_admin":       "- 000000",
    "security_admin":     "- 000000",
    "audit_admin":        "- 000000",
}  # fmt: skip

BREAKING = {"police", "women_fed_district", "women_fed_town", "civil_affairs"}
"""Who may break the glass: "glass" is who did. She reads, and does nothing."""

COVERED = {"own", "parent", "district"}
"""Where somebody's area is, seen from a case in a village: hers, the town, the district. Not:
sibling (a village of the same town), other_town, other_district."""

RELATIONS = (
    "own", "parent", "district", "sibling", "other_town", "other_district",
    "held", "barred", "barred_holder", "in_hand", "glass",
)  # fmt: skip


HOLDING = {"held", "in_hand"}


def works(role: str) -> bool:
    """Whether the role works on cases at all; else it is told so (403), whatever it asks."""
    return READS[role][0] != "-"


def reaches(role: str, relation: str) -> bool:
    """Whether a case is in sight, so that an action on it can be judged."""
    if relation.startswith("barred"):
        return False
    return relation in HOLDING or (READS[role][0] == "A" and relation in COVERED)


def reads(role: str, relation: str, kind: str) -> int:
    """The class read in a case of the kind: 0 for what is not there, else 1 to 3."""
    broke = relation == "glass" and role in BREAKING
    return int(READS[role][2:][KINDS.index(kind)]) if broke or reaches(role, relation) else 0


def lists(role: str, relation: str, kind: str) -> bool:
    """Whether a list may show the case: one reached through broken glass is in none."""
    return reaches(role, relation) and reads(role, relation, kind) > 0


def read_status(role: str, relation: str, kind: str) -> int:
    if not works(role):
        return 403
    return 200 if reads(role, relation, kind) else 404


def act_status(role: str, relation: str, kind: str, by: set[str]) -> int:
    """403, 404, or 0: the step is his, and only the case or the law may stand against it."""
    if not works(role):
        return 403
    if not reaches(role, relation):
        return 404
    readable = READS[role][2:][KINDS.index(kind)] != "0"
    return 0 if role in by else 403 if readable else 404


def open_status(role: str, relation: str, by: set[str]) -> int:
    """Opening in the village: by whoever's area covers it, held cases or bars aside."""
    covered = relation in COVERED | {"barred"}
    return 0 if works(role) and covered and role in by else 403


SUPERVISORS = {"/looks", "/holds"}
"""Doors for supervisors only; nobody here is one."""

KEEPERS = {"women_fed_district", "police", "civil_affairs"}
"""Who keeps what is kept for the law (holds, erasing)."""

ANSWERERS = KEEPERS | {"women_fed_town", "women_fed_village", "justice_bureau"}
"""Who takes down what a person asks about her own data."""


def beside_status(role: str, relation: str, kind: str, door: str) -> set[int]:
    """What is answered to who reads more of a case."""
    if not works(role) or (door == "/holds" and role not in KEEPERS):
        return {403}
    if not reads(role, relation, kind):
        return {404}
    if door == "/agreement":
        return {_agreement_status(reads(role, relation, kind), kind)}
    return {200, 403} if door in SUPERVISORS else {200}


def _agreement_status(sight: int, kind: str) -> int:
    """Only a dispute has one, read by who reads the facts; the one just opened has none yet."""
    return 404 if kind != "mediation" else 409 if sight == 3 else 403


def person_status(role: str, relation: str, kind: str) -> int:
    """A person is known through cases in which her name is read; not through broken glass."""
    if not works(role) or role == "zongzhi":
        return 403
    known = reaches(role, relation) and reads(role, relation, kind) >= 2
    return 200 if known else 404


KEPT_FOR_HER_SHELTER = {
    "shelter_id", "bed_id", "pickup_place", "received_by", "destination", "escort_name", "to_whom",
    "emergency_contact", "emergency_phone",
}  # fmt: skip


def reveal_status(role: str, relation: str, kind: str, name: str) -> int:
    """What is in the vault is for who has the case in hand or broke the glass; a shelter's guest
    for her shelter too; who reported for the police who have it in hand."""
    if not works(role) or role == "zongzhi":
        return 403
    sight = reads(role, relation, kind)
    if not sight:
        return 404
    near = relation in ("in_hand", "glass")
    if name.startswith("reporter_"):
        near = role == "police" and relation == "in_hand"
    elif name in KEPT_FOR_HER_SHELTER:
        near = near or role == "shelter"
    return 200 if near and sight == 3 else 403


def wish_status(role: str, relation: str, kind: str) -> set[int]:
    """What a woman asks about her own data is taken down by who reads her case."""
    if role not in ANSWERERS:
        return {403}
    return {201, 403} if reads(role, relation, kind) else {404}
