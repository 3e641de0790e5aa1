"""Pages of homes: the list with its map, one home, its details, its places."""

import datetime as dt

from django.urls import reverse
from django.utils.html import format_html

from placewell.accounts.permissions import Permission
from placewell.notifications.actions import note_opened
from placewell.web.maps import map_panel, point
from placewell.web.templatetags.web import words
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, states

MOST_ON_MAP = 2000
BLUR_M = 2000
WEEKS = 12


class Homes(TableView):
    """The homes that the reader may see, and where they are."""

    permission = Permission.SEE_MARKET
    template_name = "market/homes.html"
    title = "Homes"
    empty = "There is no such home."
    filter_form = forms.HomeFilters
    file_name = "homes"
    columns = (
        Column("reference", "Home", sort="reference"),
        Column("kind", "Kind", cell="get_kind_display", sort="kind"),
        Column("provider", "Provider", cell="provider.name", sort="provider__name"),
        Column("district", "District", sort="district"),
        Column("area", "Authority", cell=lambda home: queries.area_name(home.area_code), sort="area_code"),
        Column("ages", "Ages", cell=lambda home: ages(home), sort="age_from"),
        Column("grade", "Grade", cell="registration.get_grade_display", sort="registration__grade"),
        Column("place_count", "Places", sort="place_count", numeric=True),
        Column("free_count", "Free tonight", sort="free_count", numeric=True),
    )

    def rows(self, filters):
        """Return the homes as the filters leave them, with their places of tonight."""
        rows = queries.with_vacancies(queries.homes(for_user=self.user).filter(is_open=True), on=self.today)
        wanted = {name: value for name, value in filters.items() if name != "free"}
        rows = queries.filtered(rows, **wanted, by_name=queries.sees_addresses(self.user, on=self.today))
        return rows.filter(free_count__gt=0) if filters.get("free") else rows

    def link(self, row):
        """Lead to the home."""
        return reverse("market:home", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Add the map, blurred for those who are shown districts only."""
        on_map = [home for home in self.ordered()[:MOST_ON_MAP] if home.easting is not None]
        points = [
            point(
                easting=home.easting,
                northing=home.northing,
                label=f"{home.reference}, {home.district}",
                url=self.link(home),
                blur_m=0 if queries.sees_address(self.user, home=home, on=self.today) else BLUR_M,
            )
            for home in on_map
        ]
        return super().get_context_data(
            map=map_panel(points, title="Homes", table_id="table") if points else "",
            may_edit=self.may(Permission.EDIT_HOME),
            **kwargs,
        )


def ages(home) -> str:
    """Return whom a home takes by age: "8 to 17"."""
    if home.age_from is None and home.age_to is None:
        return ""
    youngest = 0 if home.age_from is None else home.age_from
    return f"{youngest} and over" if home.age_to is None else f"{youngest} to {home.age_to}"


class OneHome:
    """A page about one home: 404 for whoever may not see it."""

    def dispatch(self, request, *args, **kwargs):
        """Find the home once it is known that the page may be opened."""
        if request.user.is_authenticated and self.may(self.permission):
            self.home = queries.home(home_id=kwargs["home_id"], for_user=request.user)
            self.caption = self.home.reference
            self.back_url = reverse("market:home", args=[self.home.pk])
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self):
        """Lead back to the home."""
        return self.back_url


class Home(OneHome, DetailPage):
    """One home: whom it takes, its places, its grades. Its address only for those who place children, and its own."""

    permission = Permission.SEE_MARKET
    template_name = "market/home.html"

    def get_context_data(self, **kwargs):
        """Gather the home."""
        home, on = self.home, self.today
        until = on + dt.timedelta(weeks=WEEKS)
        sees = queries.sees_address(self.user, home=home, on=on)
        terms = queries.vocabulary()
        known = {code: term for kind in terms.values() for code, term in kind.items()}
        self.title = (home.name if sees else "") or home.get_kind_display()
        if self.may(Permission.FOLLOW_RECORD):
            note_opened(record="market.home", record_id=home.pk, by=self.user, now=self.now)
        return super().get_context_data(
            home=home,
            sees_address=sees,
            area=queries.area_name(home.area_code),
            ages=ages(home),
            takes=dict(forms.TAKES)[home.accepts],
            lists=[
                (title, [known.get(code, words(code)) for code in codes])
                for title, codes in (
                    ("Features", home.features),
                    ("Skills", home.skills),
                    ("Cannot take", home.excludes),
                    ("Languages", home.languages),
                    ("Faiths", home.faiths),
                )
            ],
            calendar=queries.calendar(home_id=home.pk, start_on=on, end_on=until),
            until=until,
            residents=queries.residents(home_id=home.pk, on=on),
            free=queries.free_places(home_ids=[home.pk], start_on=on, end_on=on + dt.timedelta(days=1))[home.pk],
            inspections=queries.inspections(registration_id=home.registration_id),
            void=states.Use.VOID,
            may_edit=self.may(Permission.EDIT_HOME),
            may_void=self.may(Permission.RECORD_VOID),
            **kwargs,
        )


class AddHome(ActionView):
    """Add a home under a registration."""

    permission = Permission.EDIT_HOME
    form_class = forms.NewHome
    title = "Add a home"
    done = "The home was added."

    def dispatch(self, request, *args, **kwargs):
        """Find the registration."""
        if request.user.is_authenticated and self.may(self.permission):
            found = queries.registration(registration_id=kwargs["registration_id"], for_user=request.user)
            self.registration, self.caption = found, f"{found.urn}, {found.provider.name}"
        return super().dispatch(request, *args, **kwargs)

    def act(self, data):
        """Add the home."""
        self.home = actions.add_home(registration_id=self.registration.pk, **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the home."""
        return reverse("market:home", args=[self.home.pk])


class ChangeHome(OneHome, ActionView):
    """Change what is said of a home."""

    permission = Permission.EDIT_HOME
    form_class = forms.HomeDetails
    title = "Change the home"
    done = "The home was changed."

    def get_initial(self):
        """Show what is held."""
        held = {name: getattr(self.home, name) for name in forms.HomeDetails.base_fields if name != "places"}
        lists = {name: ", ".join(held[name]) for name in ("languages", "faiths")}
        return held | lists | {"places": queries.place_count(home_id=self.home.pk, on=self.today)}

    def get_form(self, form_class=None):
        """Leave the address to those who see it."""
        form = super().get_form(form_class)
        if not queries.sees_address(self.user, home=self.home, on=self.today):
            for name in ("name", "address", "postcode"):
                form.fields.pop(name)
        return form

    def act(self, data):
        """Change the home."""
        actions.change_home(home_id=self.home.pk, **data, by=self.user, now=self.now)


class RecordVoid(OneHome, ActionView):
    """Say that places can't be used."""

    permission = Permission.RECORD_VOID
    form_class = forms.Void
    title = "Places that can't be used"
    done = "The places are void."

    def get_initial(self):
        """Start today."""
        return {"places": 1, "start_on": self.today}

    def act(self, data):
        """Record the void."""
        actions.record_void(home_id=self.home.pk, **data, by=self.user, now=self.now)


class EndVoid(OneHome, ActionView):
    """Say that a place can be used again."""

    permission = Permission.RECORD_VOID
    form_class = forms.EndVoid
    title = "A place that can be used again"
    done = "The place can be used again."

    def get_initial(self):
        """Start today."""
        return {"on": self.today}

    def act(self, data):
        """End the void."""
        actions.end_void(occupancy_id=self.kwargs["occupancy_id"], on=data["on"], by=self.user, now=self.now)


def voids(row):
    """Return how many places can't be used, and the way to say at once that another can't."""
    link = (
        '{} <a class="govuk-link" href="{}">Can\'t be used<span class="govuk-visually-hidden">: places of {}</span></a>'
    )
    return format_html(link, row.void, reverse("market:void", args=[row.home.pk]), row.home.reference)


class Vacancies(TableView):
    """What each home has tonight; a provider keeps its own from here."""

    permission = Permission.RECORD_VOID
    title = "Vacancies"
    lede = "Places tonight. Open a home to say that a place can be used again."
    file_name = "vacancies"
    columns = (
        Column("reference", "Home", cell="home.reference", sort="home__reference"),
        Column("district", "District", cell="home.district", sort="home__district"),
        Column("places", "Places", sort="places", numeric=True),
        Column("taken", "Taken", sort="taken", numeric=True),
        Column("void", "Void", cell=lambda row: voids(row), sort="void", numeric=True, out=lambda row: row.void),
        Column("free", "Free", sort="free", numeric=True),
    )

    def rows(self, filters):
        """Return the vacancies of the reader's homes."""
        return queries.vacancies(for_user=self.user, on=self.today)

    def link(self, row):
        """Lead to the home."""
        return reverse("market:home", args=[row.home.pk])
