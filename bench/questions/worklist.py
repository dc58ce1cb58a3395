"""The worklist: the fifty newest accepted cases, each with unit, owner, item, timers and notices."""

from bench.questions.question import Question

OURS = """
query Worklist {
  cases(first: 50, filter: { state: { eq: ACCEPTED } }, orderBy: [RECEIVED_AT_DESC]) {
    nodes {
      caseNo serviceKind state receivedAt
      unit { code nameZh }
      owner { code name }
      item { code nameZh }
      timers { code state dueAt }
      notices { issuedAt }
    }
  }
}
"""
PEER = """
query Worklist {
  cases: allServiceCasesList(first: 50, condition: { state: "ACCEPTED" }, orderBy: [RECEIVED_AT_DESC]) {
    caseNo serviceKind state receivedAt
    unit: orgUnitByTenantIdAndUnitId { code nameZh }
    owner: staffMemberByTenantIdAndOwnerStaffId { code name }
    item: serviceItemByTenantIdAndItemId { code nameZh }
    timers: timersByTenantIdAndSubjectIdList { code state dueAt }
    notices: oneTimeNoticesByTenantIdAndCaseIdList { issuedAt }
  }
}
"""
STATEMENT = """
SELECT json_build_object('data', json_build_object('cases', coalesce(json_agg(json_build_object(
  'caseNo', c.case_no, 'serviceKind', c.service_kind, 'state', c.state, 'receivedAt', c.received_at,
  'unit', json_build_object('code', u.code, 'nameZh', u.name_zh),
  'owner', CASE WHEN o.id IS NOT NULL THEN json_build_object('code', o.code, 'name', o.name) END,
  'item', CASE WHEN i.id IS NOT NULL THEN json_build_object('code', i.code, 'nameZh', i.name_zh) END,
  'timers', (SELECT coalesce(json_agg(json_build_object('code', t.code, 'state', t.state, 'dueAt', t.due_at)
      ORDER BY t.started_at, t.id), '[]')
    FROM timer t WHERE t.tenant_id = c.tenant_id AND t.subject_id = c.id),
  'notices', (SELECT coalesce(json_agg(json_build_object('issuedAt', n.issued_at) ORDER BY n.id), '[]')
    FROM one_time_notice n WHERE n.tenant_id = c.tenant_id AND n.case_id = c.id)
) ORDER BY c.received_at DESC, c.id DESC), '[]')))
FROM (SELECT * FROM service_case WHERE tenant_id = %(tenant)s AND state = 'ACCEPTED'
      ORDER BY received_at DESC, id DESC LIMIT 50) c
JOIN org_unit u ON u.tenant_id = c.tenant_id AND u.id = c.unit_id
LEFT JOIN staff_member o ON o.tenant_id = c.tenant_id AND o.id = c.owner_staff_id
LEFT JOIN service_item i ON i.tenant_id = c.tenant_id AND i.id = c.item_id
"""
WORKLIST = Question("worklist", OURS, PEER, STATEMENT)
