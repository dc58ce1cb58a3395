"""A case by its number, with unit, owner, item, timers, ten steps, documents and notices."""

from bench.questions.question import Question

OURS = """
query Case($no: String!) {
  case(caseNo: $no) {
    caseNo serviceKind state receivedAt acceptedAt filedAt decidedAt endedAt
    unit { code nameZh tier }
    owner { code name }
    item { code nameZh }
    timers { code state startedAt dueAt stoppedAt }
    steps { at trigger fromState toState stage }
    documents { formCode edition completeAt }
    notices { issuedAt }
  }
}
"""
PEER = """
query Case($tenant: String!, $no: String!) {
  case: serviceCaseByTenantIdAndCaseNo(tenantId: $tenant, caseNo: $no) {
    caseNo serviceKind state receivedAt acceptedAt filedAt decidedAt endedAt
    unit: orgUnitByTenantIdAndUnitId { code nameZh tier }
    owner: staffMemberByTenantIdAndOwnerStaffId { code name }
    item: serviceItemByTenantIdAndItemId { code nameZh }
    timers: timersByTenantIdAndSubjectIdList { code state startedAt dueAt stoppedAt }
    steps: caseStepsByTenantIdAndCaseIdList(orderBy: [AT_ASC]) { at trigger fromState toState stage }
    documents: documentsByTenantIdAndCaseIdList { formCode edition completeAt }
    notices: oneTimeNoticesByTenantIdAndCaseIdList { issuedAt }
  }
}
"""
STATEMENT = """
SELECT json_build_object('data', json_build_object('case', json_build_object(
  'caseNo', c.case_no, 'serviceKind', c.service_kind, 'state', c.state, 'receivedAt', c.received_at,
  'acceptedAt', c.accepted_at, 'filedAt', c.filed_at, 'decidedAt', c.decided_at, 'endedAt', c.ended_at,
  'unit', json_build_object('code', u.code, 'nameZh', u.name_zh, 'tier', u.tier),
  'owner', CASE WHEN o.id IS NOT NULL THEN json_build_object('code', o.code, 'name', o.name) END,
  'item', CASE WHEN i.id IS NOT NULL THEN json_build_object('code', i.code, 'nameZh', i.name_zh) END,
  'timers', (SELECT coalesce(json_agg(json_build_object('code', t.code, 'state', t.state, 'startedAt', t.started_at,
      'dueAt', t.due_at, 'stoppedAt', t.stopped_at) ORDER BY t.started_at, t.id), '[]')
    FROM timer t WHERE t.tenant_id = c.tenant_id AND t.subject_id = c.id),
  'steps', (SELECT coalesce(json_agg(json_build_object('at', s.at, 'trigger', s.trigger, 'fromState', s.from_state,
      'toState', s.to_state, 'stage', s.stage) ORDER BY s.at, s.id), '[]')
    FROM case_step s WHERE s.tenant_id = c.tenant_id AND s.case_id = c.id),
  'documents', (SELECT coalesce(json_agg(json_build_object('formCode', d.form_code, 'edition', d.edition,
      'completeAt', d.complete_at) ORDER BY d.id), '[]')
    FROM document d WHERE d.tenant_id = c.tenant_id AND d.case_id = c.id),
  'notices', (SELECT coalesce(json_agg(json_build_object('issuedAt', n.issued_at) ORDER BY n.id), '[]')
    FROM one_time_notice n WHERE n.tenant_id = c.tenant_id AND n.case_id = c.id)
)))
FROM service_case c
JOIN org_unit u ON u.tenant_id = c.tenant_id AND u.id = c.unit_id
LEFT JOIN staff_member o ON o.tenant_id = c.tenant_id AND o.id = c.owner_staff_id
LEFT JOIN service_item i ON i.tenant_id = c.tenant_id AND i.id = c.item_id
WHERE c.tenant_id = %(tenant)s AND c.case_no = %(no)s
"""
CASE = Question("case", OURS, PEER, STATEMENT, varies=True)
