"""Each kind of mistake in a profile: found, with its line and key, and told what would be right."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tenants.loader import PROFILES, Problem, ProfileInvalid, dump, load_profile, parse_profile

Breaker = Callable[[str, str], tuple[Problem, int]]
TIMER = "  - id: assist_response\n    zh: 2小时响应\n    workflow: assist\n"

MISTAKES = [
    ("unknown key", "names: {zh: 泰安市, en: Taian}", "names: {zh: 泰安市, enn: x, en: Taian}", "names.enn", "unknown key 'enn'", "en"),
    ("unknown key at the top", "tenant: taian\n", "tenant: taian\nteirs: []\n", "teirs", "unknown key", "tiers"),
    ("missing key", "    duration: PT2H\n    clock: WORKING_TIME\n    boundary: INCLUSIVE\n    warn_at: [PT1H30M]\n    on_breach: [RECORD_BREACH, ESCALATE]\n    legal_status: REGULATION\n", "    duration: PT2H\n    clock: WORKING_TIME\n    boundary: INCLUSIVE\n    warn_at: [PT1H30M]\n    on_breach: [RECORD_BREACH, ESCALATE]\n", "timers[0].legal_status", "is missing", "legal_status: …"),
    ("wrong type, number", "  - {code: CITY, zh: 市级, order: 1,", "  - {code: CITY, zh: 市级, order: first,", "tiers[0].order", "wrong kind", "a whole number"),
    ("wrong type, list", "    tiers: [CITY]\n    kind: SERVICE_UNIT\n", "    tiers: CITY\n    kind: SERVICE_UNIT\n", "unit_types[0].tiers", "wrong kind", "a list"),
    ("wrong type, truth", "makeup_workdays: true", "makeup_workdays: perhaps", "calendar.makeup_workdays", "wrong kind", "true or false"),
    ("wrong type, date", "valid_from: 2024-08-28", "valid_from: 28.8.2024", "validity.valid_from", "", "a date"),
    ("wrong type, text", "  renewal: silent", "  renewal: 5", "validity.renewal", "wrong kind", "text"),
    ("not a choice", "  kind: TRIAL\n", "  kind: TRAIL\n", "validity.kind", "not possible", "TRIAL"),
    ("duplicate key", "revision: 1\n", "revision: 1\nrevision: 2\n", "revision", "stands twice", "only the one on line 9"),
    ("bad duration", TIMER + "    starts_on: REQUEST_RECEIVED\n    stops_on: FIRST_HUMAN_RESPONSE\n    duration: PT2H", TIMER + "    starts_on: REQUEST_RECEIVED\n    stops_on: FIRST_HUMAN_RESPONSE\n    duration: 2 hours", "timers[0].duration", "not a length of time", ""),
    ("unknown weekday", "working_days: [MON, TUE,", "working_days: [MON, TEU,", "calendar.working_days[1]", "unknown weekday", "TUE"),
    ("unknown time zone", "timezone: Asia/Shanghai", "timezone: Asia/Shangai", "calendar.timezone", "unknown time zone", "Asia/Shanghai"),
    ("office hours", '["13:30", "17:00"]', '["11:30", "17:00"]', "calendar.office_hours[1]", "do not follow", "in order"),
    ("unknown rule id", 'cite: ["TA-16-1 [000, Art.16]"]', 'cite: ["TA-16-1 [000, Art.16]", TA-16-11]', "workflows.agency.cite[1]", "unknown rule id", "TA-16-1 [000, Art.16]"),
    ("rule of another tenant", 'cite: ["TA-16-1 [000, Art.16]"]', 'cite: ["TA-16-1 [000, Art.16]", ZZ-2-3]', "workflows.agency.cite[1]", "another tenant", "TA-"),
    ("wrong article", '"TA-16-1 [000, Art.16]"', '"TA-16-1 [000, Art.17]"', "workflows.agency.cite[0]", "does not stand there", "TA-16-1 [000, Art.16]"),
    ("uncited rule", 'cite: ["TA-27-1 [000, Art.27]"]}\n  - {code: STEERING_TO_PAID_BODY, zh: 引导服务对象到指定机构购买服务, cite: ["TA-27-1 [000, Art.27]"]}', "default: true, why: nothing}\n  - {code: STEERING_TO_PAID_BODY, zh: 引导服务对象到指定机构购买服务, default: true, why: nothing}", "(whole file)", "no part of the profile cites TA-27-1", "a part that rests on"),
    ("no basis", '  kind: TRIAL\n  valid_from: 2024-08-28\n', '  kind: TRIAL\n  cite: []\n  valid_from: 2024-08-28\n', "validity.cite", "", ""),
    ("default without why", "  default: true\n  why: The text states no office hours;", "  default: true\n  note: The text states no office hours;", "calendar", "", ""),
    ("unknown role", "    inherits: [guide]\n    default_fields: [inherits]\n    cite: [\"TA-15-3 ", "    inherits: [giude]\n    default_fields: [inherits]\n    cite: [\"TA-15-3 ", "roles[6].inherits[0]", "unknown role 'giude'", "guide"),
    ("unknown neutral role", "    neutral: [INTAKE_OFFICER]", "    neutral: [INTAKE_OFICER]", "roles[8].neutral[0]", "unknown neutral role", "INTAKE_OFFICER"),
    ("unknown tier", "    tiers: [CITY]\n    kind: SERVICE_UNIT\n", "    tiers: [CITTY]\n    kind: SERVICE_UNIT\n", "unit_types[0].tiers[0]", "unknown tier", "CITY"),
    ("unknown unit type", "root: {unit_type: city_service_unit,", "root: {unit_type: city_servce_unit,", "root.unit_type", "unknown unit_type", "city_service_unit"),
    ("unknown form", "        produces: [one_time_notice, assist_record]", "        produces: [one_time_notise, assist_record]", "workflows.assist.stages[0].produces[0]", "unknown form or guide or team", "one_time_notice"),
    ("unknown timer", "        timers: [assist_response]", "        timers: [asist_response]", "workflows.assist.stages[0].timers[0]", "unknown timer", "assist_response"),
    ("unknown actor", "        actors: [intake_officer, helper]", "        actors: [intake_officer, helpr]", "workflows.assist.stages[0].actors[1]", "unknown role or team", "helper"),
    ("unknown state", "        states: [PREPARING, FILED]\n        actors: [helper]\n", "        states: [PREPARING, FILED, FYLED]\n        actors: [helper]\n", "workflows.assist.stages[1].states[2]", "unknown state", "FILED"),
    ("state without stage", "        states: [COMPLETED, TERMINATED, ARCHIVED]", "        states: [COMPLETED, ARCHIVED]", "workflows.agency.stages", "no stage covers TERMINATED", "TERMINATED in the states"),
    ("unknown guard", "guard: ONE_NAMED_AGENT", "guard: ONE_NAMED_AGNET", "workflows.agency.gates[8].guard", "unknown guard", "ONE_NAMED_AGENT"),
    ("unknown transition", "{transition: PLAN, guard", "{transition: PLANN, guard", "", "", ""),
    ("transition elsewhere", "{transition: PUBLISH_GUIDE, guard", "{transition: FILE, guard", "gates[0].transition", "FILE does not happen here", "one of"),
    ("missing parameter", "        params: {power: PROXY_FILING}\n", "", "workflows.agency.gates[15].params", "", ""),
    ("unknown parameter", "params: {list: AGENCY}", "params: {list: AGENCY, lists: AGENCY}", "workflows.agency.gates[6].params.lists", "takes no parameter", "list"),
    ("unknown form in a gate", "params: {forms: [agency_file], when: MANDATED}", "params: {forms: [agency_fiel], when: MANDATED}", "workflows.agency.gates[25].params.forms[0]", "unknown form", "agency_file"),
    ("unknown condition", "params: {forms: [agency_file], when: MANDATED}", "params: {forms: [agency_file], when: MANDATE}", "workflows.agency.gates[25].params.when", "unknown condition", "MANDATED"),
    ("unknown power", "{power: PROXY_FILING}", "{power: PROXY_FILLING}", "workflows.agency.gates[15].params.power", "unknown power of this workflow", "PROXY_FILING"),
    ("unknown timer event", "    starts_on: PLAN_APPROVED", "    starts_on: PLAN_APROVED", "timers[4].starts_on", "unknown timer event", "PLAN_APPROVED"),
    ("default reported as law", "    legal_status: OPERATIONAL\n    default: true\n    why: Art.18 gives no hours", "    legal_status: REGULATION\n    default: true\n    why: Art.18 gives no hours", "timers[1]", "cannot be a limit of the regulation", "OPERATIONAL"),
    ("declared twice", "  - {code: COUNTY, zh: 县级,", "  - {code: CITY, zh: 县级,", "", "", ""),
    ("attribute left open", "    default_fields: [min]\n    cite: [\"TA-6-26 [000, Art.6(6)]\"]\n  - id: village-full-time", "    default_fields: [mim]\n    cite: [\"TA-6-26 [000, Art.6(6)]\"]\n  - id: village-full-time", "staffing[13].default_fields[0]", "is no attribute", "min"),
]
