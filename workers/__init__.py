"""The house's own doors: workers carry out what events ask for, keep the clocks and seal the audit trail."""
