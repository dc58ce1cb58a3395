from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authz.actor import Actor
from authz.decide import Resource
from authz.masks import CLASS_OF_KIND, COVER, MaskClass, MaskKind, mask_text, sees_priority_reason, unlocked_classes
from authz.table import compile_table
from tests.authz.cities import APPLICANTS, PEOPLE, TALL, applicant, held, integrator, province, staff

TABLE = compile_table(TALL)
CASE = Resource("c.k.", frozenset({PEOPLE[0]}), APPLICANTS[0])
FOREIGN = Resource("c.k.", frozenset({PEOPLE[1]}), APPLICANTS[1])
ALL = frozenset(MaskClass)
LISTED = frozenset({MaskClass.P0, MaskClass.P1})
PUBLIC = frozenset({MaskClass.P0})


@pytest.mark.parametrize(
    ("actor", "resource", "wanted"),
    [
        (staff(held("helper")), CASE, ALL),
        (staff(held("helper")), FOREIGN, LISTED),
        (staff(held("helper", "c.other.")), FOREIGN, PUBLIC),
        (staff(held("guide")), CASE, PUBLIC),
        (staff(held("lead")), FOREIGN, ALL),
        (staff(held("lead", "c.")), FOREIGN, LISTED),
        (staff(held("supervisor", "c.")), FOREIGN, LISTED),
        (staff(held("supervisor", "c."), reason="audit"), FOREIGN, ALL),
        (staff(held("lead"), tenant="flat"), CASE, PUBLIC),
        (applicant(), CASE, ALL),
        (applicant(), FOREIGN, PUBLIC),
        (integrator(), CASE, ALL),
        (integrator(None), CASE, PUBLIC),
        (province(), CASE, PUBLIC),
        (Actor.system("tall"), CASE, PUBLIC),
    ],
)
def test_who_reads_which_class(actor: Actor, resource: Resource, wanted: frozenset[MaskClass]) -> None:
    assert unlocked_classes(TABLE, actor, resource) == wanted


def test_the_reason_of_a_priority_is_for_the_case_worker_and_the_applicant() -> None:
    assert sees_priority_reason(TABLE, staff(held("helper")), CASE)
    assert sees_priority_reason(TABLE, applicant(), CASE)
    # The same people read the personal data of the case, but not why it has priority.
    watcher = staff(held("supervisor", "c."), reason="audit", staff_id=PEOPLE[2])
    for actor, resource in [
        (staff(held("lead")), FOREIGN),
        (staff(held("intake"), staff_id=PEOPLE[2]), CASE),
        (watcher, CASE),
        (integrator(), CASE),
    ]:
        assert MaskClass.P3 in unlocked_classes(TABLE, actor, resource)
        assert not sees_priority_reason(TABLE, actor, resource)
    assert not sees_priority_reason(TABLE, replace(applicant(), applicant_id=APPLICANTS[1]), CASE)


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        ("\u5f20\u4e09\u4e30", MaskKind.NAME, "\u5f20**"),
        ("\u5f20\u4e09", MaskKind.NAME, "\u5f20**"),
        ("\u5f20", MaskKind.NAME, "**"),
        ("\u6cf0\u5b89\u5e02\u5cb1\u5b97\u8d38\u6613\u6709\u9650\u516c\u53f8", MaskKind.NAME, "\u6cf0**"),
        ("370902199001011234", MaskKind.ID_NUMBER, "370****1234"),
        ("37090219900101123X", MaskKind.ID_NUMBER, "370****123X"),
        ("91370900MA3C8X1X2Y", MaskKind.ID_NUMBER, "913****1X2Y"),
        ("E12345678", MaskKind.ID_NUMBER, "****"),
        ("13812345678", MaskKind.PHONE, "138****5678"),
        ("+86 138 1234 5678", MaskKind.PHONE, "138****5678"),
        ("0538-8201234", MaskKind.PHONE, "053****1234"),
        ("8201234", MaskKind.PHONE, "****34"),
        ("12345", MaskKind.PHONE, "****"),
        ("山东省泰安市泰山区岱庙街道东岳大街12号", MaskKind.ADDRESS, "山东省泰安市泰山区****"),
        ("广西壮族自治区南宁市青秀区民族大道1号", MaskKind.ADDRESS, "广西壮族自治区南宁市青秀区****"),
        ("河南省南阳市内乡县王店镇王店村3组", MaskKind.ADDRESS, "河南省南阳市内乡县****"),
        ("新泰市青云街道5号", MaskKind.ADDRESS, "新泰市****"),
        ("幸福小区3号楼", MaskKind.ADDRESS, "****"),
        ("泰安市高新园区7号", MaskKind.ADDRESS, "泰安市****"),
        ("12 Dongyue Street", MaskKind.ADDRESS, "****"),
        ("he limps", MaskKind.TEXT, "****"),
        (None, MaskKind.NAME, None),
        ("", MaskKind.PHONE, ""),
    ],
)
def test_covers(value: str | None, kind: MaskKind, wanted: str | None) -> None:
    assert mask_text(value, kind) == wanted


@given(st.text(min_size=1, max_size=40), st.sampled_from(MaskKind))
def test_a_cover_never_shows_the_whole(value: str, kind: MaskKind) -> None:
    covered = mask_text(value, kind)
    if value.strip() and set(value) != {"*"}:
        assert covered is not None
        assert value.strip() not in covered.split("*")
        assert "**" in covered


@given(st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True))
def test_the_birthday_in_an_identity_number_stays_covered(number: str) -> None:
    covered = mask_text(number, MaskKind.ID_NUMBER)
    assert covered == f"{number[:3]}{COVER}{number[-4:]}"
    assert covered is not None
    assert len(covered) < len(number)


def test_every_kind_has_a_class() -> None:
    assert set(CLASS_OF_KIND) == set(MaskKind)
