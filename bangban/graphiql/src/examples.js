// One tab for each kind of reader. The first answers without a token.
const integrator = {
  query: `# Integrator 集成方: find your way without asking anybody.
# This one answers without a token. Press the play button.
query WhatIsThis {
  about {
    name
    release
    now
  }
  __schema {
    queryType {
      fields {
        name
        description
      }
    }
  }
}

# Neither does this: what a city publishes of a village station, and its handbooks.
query WhoIsThere {
  publicUnit(tenant: "taian", code: "370902001001") {
    nameZh
    phone
    dutiesZh
    staff {
      name
      rolesZh
      workPhone
    }
  }
  publicGuides(tenant: "taian", limit: 5) {
    titleZh
    version
    page
    pdf
  }
}

# With any token of a city: who am I, and what does the city offer?
query WhoAmI {
  me {
    kind
    tenant
    roles {
      role
      unitPath
    }
  }
  items(first: 5) {
    totalCount
    nodes {
      code
      nameZh
    }
  }
}
`,
};

const portal = {
  query: `# Portal 门户: one request from a citizen, then its state.
mutation Ask($input: CreateRequestInput!) {
  createRequest(input: $input) {
    case {
      id
      caseNo
      state
      timers {
        dueAt
        state
        legalStatus
      }
    }
    userErrors {
      code
      messageZh
      path
      rule {
        id
        article
      }
      lawfulNext {
        mutation
        labelZh
      }
    }
  }
}
`,
  variables: JSON.stringify(
    {
      input: {
        unitCode: 'the code of a unit, see the clerk tab',
        serviceKind: 'ASSIST',
        channel: 'MINI_PROGRAM',
        text: '想开一家小餐馆,不知道要办哪些手续',
        applicant: { subjectType: 'NATURAL_PERSON', name: '测试用户' },
        idempotencyKey: 'portal-example-1',
      },
    },
    null,
    2,
  ),
};

const clerk = {
  query: `# Clerk 窗口人员: the worklist, and the steps of one case.
query Worklist {
  units(first: 10) {
    nodes {
      code
      nameZh
    }
  }
  cases(first: 20, orderBy: [RECEIVED_AT_ASC]) {
    totalCount
    nodes {
      id
      caseNo
      version
      state
      receivedAt
      timers {
        dueAt
        state
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

# The training record of the reader, what the unit plans, and whether its teams are as the text wants them.
query TrainingAndTeams {
  trainingResults(first: 10) {
    nodes {
      score
      passed
      session {
        topicZh
        heldAt
      }
    }
  }
  trainingPlans(first: 5) {
    nodes {
      titleZh
      topics
      openTopics
    }
  }
  teamReport(verdicts: [SHORT]) {
    unitNameZh
    nameZh
    least
    actual
    rules {
      id
      article
    }
  }
}

mutation Respond($input: RespondCaseInput!) {
  respondCase(input: $input) {
    case {
      state
      respondedAt
      version
    }
    userErrors {
      code
      messageZh
      rule {
        id
        article
        source {
          titleZh
        }
      }
    }
  }
}

mutation Accept($case: CaseActInput!) {
  acceptCase(input: $case) {
    case {
      state
      acceptedAt
      version
    }
    userErrors {
      code
      messageZh
      lawfulNext {
        mutation
        labelZh
      }
    }
  }
}
`,
  variables: JSON.stringify(
    {
      input: {
        caseId: 'the id of a case of the worklist',
        channel: 'PHONE',
        content: '已电话说明所需材料',
        idempotencyKey: 'clerk-example-1',
      },
      case: { caseId: 'the id of a case of the worklist', idempotencyKey: 'clerk-example-2' },
    },
    null,
    2,
  ),
};

const lead = {
  query: `# Lead 机构负责人: what somebody has in hand passes to successors before he leaves.
# Each matter moves when its receiver accepts; until then nobody can be taken off duty or moved.
query HandOvers {
  handovers(first: 20) {
    totalCount
    nodes {
      id
      version
      state
      reason
      leaver {
        id
        name
      }
      items {
        id
        kind
        caseNo
        state
        receiver {
          name
        }
      }
    }
  }
  handoverIncidents(first: 20) {
    nodes {
      id
      kind
      matters {
        kind
        caseNo
      }
      responsibleUnitIds
      resolvedAt
      rules {
        id
        article
      }
    }
  }
}

mutation HandOver($start: StartHandoverInput!) {
  startHandover(input: $start) {
    handover {
      id
      state
      items {
        kind
        caseNo
        receiver {
          name
        }
      }
    }
    userErrors {
      code
      messageZh
      lawfulNext {
        mutation
        labelZh
      }
    }
  }
}

mutation TakeOver($accept: AcceptHandoverInput!) {
  acceptHandover(input: $accept) {
    handover {
      state
      version
    }
    userErrors {
      code
      messageZh
    }
  }
}

mutation Leave($leave: DeactivateStaffInput!) {
  deactivateStaff(input: $leave) {
    staff {
      name
      active
    }
    userErrors {
      code
      messageZh
      rule {
        id
        article
      }
      lawfulNext {
        mutation
        labelZh
      }
    }
  }
}
`,
  variables: JSON.stringify(
    {
      start: { staffId: 'the id of whoever leaves', reason: '轮岗', idempotencyKey: 'lead-example-1' },
      accept: { handoverId: 'the id of the hand-over', idempotencyKey: 'lead-example-2' },
      leave: { staffId: 'the id of whoever leaves', reason: '轮岗', idempotencyKey: 'lead-example-3' },
    },
    null,
    2,
  ),
};

const supervisor = {
  query: `# Provincial supervisor 省级监管: figures of the cities of one province, never a person, never another province.
# Paste the token of a province; the documentation on the left then shows the province's own schema.
# Figures are published once a day for the running month and once more when it is over.
query Province($metrics: [String!]!, $period: MonthInput!) {
  cities {
    tenant
    nameZh
    periods {
      first
      last
    }
  }
  compareCities(metrics: $metrics, period: $period) {
    metric {
      code
      nameZh
      unit
    }
    comparable
    cities {
      tenant
      value
      n
      suppressed
      noRule
      legalStatus
      rules {
        id
        article
      }
    }
  }
}
`,
  variables: JSON.stringify(
    {
      metrics: ['cases_received', 'median_response', 'response_within_limit'],
      period: { first: '2026-11-01', last: '2026-11-30' },
    },
    null,
    2,
  ),
};

export const examples = [integrator, portal, clerk, lead, supervisor];
