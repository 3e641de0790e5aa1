"""Who may open a page: everyone whose office, today, has the page's permission."""

import datetime as dt
from typing import Any

from django.contrib.auth.mixins import AccessMixin
from django.utils import timezone

from placewell.kernel.errors import NotAllowed


class Permitted(AccessMixin):
    """Only people whose role, today, has `permission`; `public = True` opens a page to everybody."""

    permission: Any = None
    public = False

    def dispatch(self, request, *args, **kwargs):
        """Refuse, ask to sign in, or go on."""
        if self.public:
            return super().dispatch(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if self.permission is None or not self.may(self.permission):
            raise NotAllowed("Your role does not allow you to open this page.")
        return super().dispatch(request, *args, **kwargs)

    def may(self, permission: Any) -> bool:
        """Tell whether the signed-in person may, today."""
        return self.request.user.is_authenticated and self.request.user.may(permission, on=self.today)

    @property
    def user(self):
        """The signed-in person."""
        return self.request.user

    @property
    def now(self) -> dt.datetime:
        """The clock: views hand it down."""
        return timezone.now()

    @property
    def today(self) -> dt.date:
        """The day in England."""
        return timezone.localdate()
