"""What a guide must say: the fields that the city's text demands, what fills them, and what is missing; pure (TA-11-1)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from casework.catalogue.models import Guide
from casework.kernel.errors import Next, Refusal, invalid
from casework.kernel.gates import Unmet, refusal_of
from tenants.profile import Gate, Profile
from tenants.profile import Guide as GuideKind

PUBLISH_GUIDE = "PUBLISH_GUIDE"
FLOWCHART = "flowchart"
LONGEST_TEXT = 20_000
REVISE = Next("reviseGuide", "Fill in what is missing", "补充指南要素")
PARTS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {"address_phone": (("address", "地址"), ("phone", "咨询电话"))}
)
"""Fields that a text demands as one and that consist of several entries, each of which has to be filled."""


@dataclass(frozen=True)
class Entry:
    """One thing to be filled in: its key, its name, and the field of the profile that it belongs to."""

    key: str
    zh: str
    field: str
    field_zh: str
    required: bool


def kind_named(profile: Profile, code: str) -> GuideKind:
    """Find a kind of guide in the city's regulation."""
    found = kind_or_none(profile, code)
    if found is None:
        codes = ", ".join(kind.code for kind in profile.catalogue.guides) or "none"
        raise invalid(f"The regulation knows no guide {code!r}; it knows {codes}.", "制度中没有该类指南。", "kind")
    return found


def kind_or_none(profile: Profile, code: str) -> GuideKind | None:
    """Find a kind of guide, if the revision in force still has it."""
    return next((kind for kind in profile.catalogue.guides if kind.code == code), None)


def entries_of(kind: GuideKind) -> tuple[Entry, ...]:
    """List what is to be filled in, in the order of the text; a kind with a flowchart has that last (PX-A-2-2)."""
    found = [
        Entry(key, zh, spec.key, spec.zh, spec.required)
        for spec in kind.fields
        for key, zh in PARTS.get(spec.key, ((spec.key, spec.zh),))
    ]
    if kind.flowchart:
        found.append(Entry(FLOWCHART, "流程图", FLOWCHART, "流程图", required=True))
    return tuple(found)


def is_filled(entry: Entry, text: str) -> bool:
    """Tell whether an entry says something: a dash says nothing, a telephone has a digit, and "no fee" is said in words."""
    if entry.key == "phone":
        return any(sign.isdigit() for sign in text)
    return any(sign.isalnum() for sign in text)


def missing(kind: GuideKind, contents: Mapping[str, str]) -> tuple[Entry, ...]:
    """List the required entries that are empty."""
    return tuple(each for each in entries_of(kind) if each.required and not is_filled(each, contents.get(each.key, "")))


def as_published(kind: GuideKind, contents: Mapping[str, str]) -> list[dict[str, str]]:
    """Write the fields down as a reader is shown them: key, name and text, those of several entries put together."""
    texts: dict[str, dict[str, str]] = {}
    for entry in entries_of(kind):
        text = contents.get(entry.key, "").strip()
        shown = texts.setdefault(entry.field, {"key": entry.field, "zh": entry.field_zh, "text": ""})
        if text:
            line = text if entry.key == entry.field else f"{entry.zh}：{text}"
            shown["text"] = f"{shown['text']}\n{line}" if shown["text"] else line
    return [shown for shown in texts.values() if shown["text"]]


def checked(kind: GuideKind, fields: Mapping[str, str]) -> dict[str, str]:
    """Take what was filled in, and refuse what the kind of guide does not ask for."""
    known = {entry.key: entry for entry in entries_of(kind)}
    for key, text in fields.items():
        if key not in known:
            raise invalid(
                f"A {kind.code} has no field {key!r}; it has {', '.join(known)}.",
                f"“{kind.zh}”没有该要素。",
                "fields",
                rules=kind.basis.rules,
            )
        if len(text) > LONGEST_TEXT:
            raise invalid(f"{key} is longer than {LONGEST_TEXT} characters.", "内容过长。", "fields")
    return {key: text.strip() for key, text in fields.items()}


def fields_filled(kind: GuideKind, guide: Guide) -> Unmet | None:
    """Every required field of the guide is filled (TA-11-1, PX-A-3.3-1, NX-3-2)."""
    lacking = missing(kind, guide.contents)
    if not lacking:
        return None
    names = "、".join(
        entry.field_zh if entry.key == entry.field else f"{entry.field_zh}（{entry.zh}）" for entry in lacking
    )
    return Unmet(
        f"Not filled in yet: {', '.join(entry.key for entry in lacking)}.",
        f"尚未填写:{names}。",
        lawful_next=(REVISE,),
        details={"missing": [entry.key for entry in lacking]},
    )


PublishingGuard = Callable[[GuideKind, Guide], Unmet | None]
PUBLISHING_GUARDS: Mapping[str, PublishingGuard] = MappingProxyType({"GUIDE_FIELDS_FILLED": fields_filled})
"""What a city may place at the publishing of a guide, by the guard's name in profiles."""


def against_publishing(profile: Profile, kind: GuideKind, guide: Guide) -> tuple[Refusal, ...]:
    """Give what the guards that the city places at the publishing have against it, its kind's own guard among them."""
    gates = list(profile.gates_at(PUBLISH_GUIDE))
    if kind.publish_guard not in {gate.guard for gate in gates}:
        gates.append(_gate_of(kind))
    found = ((gate, PUBLISHING_GUARDS[gate.guard](kind, guide)) for gate in gates)
    return tuple(refusal_of(gate, unmet) for gate, unmet in found if unmet is not None)


def _gate_of(kind: GuideKind) -> Gate:
    """Place a kind's own guard as a gate that rests on the same text."""
    return Gate(transition=PUBLISH_GUIDE, guard=kind.publish_guard, cite=kind.cite, default=kind.default, why=kind.why)
