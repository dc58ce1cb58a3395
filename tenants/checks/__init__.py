"""What must hold in a profile beyond the types of its fields; every check reports all it finds."""
