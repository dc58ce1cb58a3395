"""The doors of guides: what their writers read and do, and the pages that the public reads."""
