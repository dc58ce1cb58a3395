"""What a newcomer pastes into GraphiQL first."""

QUERY = """query FirstLook {
  about { name release now }
}"""

MUTATION = ""
