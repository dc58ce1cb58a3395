"""Who may do what: the rules as casbin text, compiled per city into a table that answers in microseconds."""
