"""Both aliases are one database under two roles: relations may cross, only the owner migrates."""


class OneDatabase:
    """Allow relations between the aliases, since they reach the same tables."""

    def allow_relation(self, *_rows, **_hints) -> bool:
        """Allow any relation."""
        return True
