"""Pages for decisions and approvals, and the public register."""
