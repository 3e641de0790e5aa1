"""Who takes part in a procurement, as a release names them."""

from .. import models


class Parties:
    """Who takes part: the buyer, and companies by their number where it is known; no person."""

    def __init__(self, procurement: models.Procurement):
        self.council = procurement.council
        self.found: dict[str, dict] = {}
        self.buyer()

    def _add(self, key: str, name: str, role: str, **more) -> dict:
        party = self.found.setdefault(key, {"id": key, "name": name, "roles": [], **more})
        if role not in party["roles"]:
            party["roles"].append(role)
        return {"id": key, "name": name}

    def buyer(self) -> dict:
        """Name the council."""
        kind = {"scheme": "UK_CA_TYPE", "id": "publicAuthoritySubCentralGovernment"}
        key = self.council.area_code or str(self.council.pk)
        return self._add(key, self.council.name, "buyer", details={"classifications": [kind]})

    def supplier(self, provider) -> dict:
        """Name a provider that wins, or is meant to."""
        return self._company(provider, "supplier")

    def tenderer(self, provider) -> dict:
        """Name a provider that bid."""
        return self._company(provider, "tenderer")

    def _company(self, provider, role: str) -> dict:
        number = provider.company_number
        known = {"identifier": {"scheme": "GB-COH", "id": number, "legalName": provider.name}} if number else {}
        return self._add(f"GB-COH-{number}" if number else str(provider.pk), provider.name, role, **known)

    def told(self) -> list[dict]:
        """Return everybody who was named."""
        return list(self.found.values())
