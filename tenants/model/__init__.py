"""The parts of a profile, one file per theme; `tenants.profile` re-exports all of them."""
