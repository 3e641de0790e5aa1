"""The parts of a draft: lots, one question a page, prices of a lot, files. What is unfinished is kept."""

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from placewell.kernel.errors import NotFound, Refused

from .. import actions, forms, queries, rules, states
from .bidding import OnDraft

LARGEST_REQUEST = actions.LARGEST_FILE + 100_000


class _Part(OnDraft):
    button, done = "Save", "Saved."

    @property
    def method(self) -> rules.Method:
        """The method as it is published."""
        return queries.method(self.procurement)


class Lots(_Part):
    """Choose the lots."""

    form_class = forms.Lots
    title = "Lots"

    def get_form_kwargs(self):
        """Offer the lots."""
        lots = [(str(lot.number), f"Lot {lot.number}: {lot.title}") for lot in self.method.lots]
        return super().get_form_kwargs() | {"lots": lots}

    def get_initial(self):
        """Start with those that were chosen."""
        return {"lots": [str(each) for each in self.state["lots"]]}

    def act(self, data):
        """Save them."""
        actions.save_draft(lots=[int(each) for each in data["lots"]], **self.on)


class _OnQuestion(_Part):
    def asked(self) -> rules.Asked:
        """Return the question that the address names."""
        found = next((each for each in self.method.questions if each.number == self.kwargs["number"]), None)
        if found is None:
            raise NotFound("There is no such question.")
        return found


class Answer(_OnQuestion):
    """Answer one question."""

    form_class = forms.Answer
    template_name = "tenders/answer.html"

    def get_form_kwargs(self):
        """Ask as the question wants to be answered."""
        self.question = self.asked()
        self.title = f"Question {self.question.number}"
        return super().get_form_kwargs() | {"kind": self.question.kind}

    def get_initial(self):
        """Start with what was kept."""
        kept = self.state["answers"].get(rules.answer_key(self.question.number, self.question.lot), "")
        if self.question.kind == states.Answer.HOMES and not kept:
            kept = queries.own_homes(user=self.user, on=self.today)
        return {"answer": kept}

    def get_context_data(self, **kwargs):
        """Add the question."""
        return super().get_context_data(**kwargs) | {"asked": self.question}

    def act(self, data):
        """Keep the answer."""
        key = rules.answer_key(self.question.number, self.question.lot)
        actions.save_draft(answers={key: data["answer"]}, **self.on)


class Prices(_Part):
    """Give the prices of one lot."""

    form_class = forms.Prices

    def get_form_kwargs(self):
        """Ask for each price."""
        self.lot = next((each for each in self.method.lots if each.number == self.kwargs["lot"]), None)
        if self.lot is None:
            raise NotFound("There is no such lot.")
        self.title = f"Prices for lot {self.lot.number}"
        self.lede = f"Pounds a week. The most that may be bid is £{self.lot.ceiling:,.2f}." if self.lot.ceiling else ""
        lines = [
            (f"price_{at}", f"Ages {line.age_from} to {line.age_to}, {line.need_level}")
            for at, line in enumerate(self.lot.lines)
        ]
        return super().get_form_kwargs() | {"lines": lines}

    def get_initial(self):
        """Start with what was kept."""
        prices = self.state["prices"]
        return {
            f"price_{at}": prices.get(rules.price_key(self.lot.number, at), "") for at in range(len(self.lot.lines))
        }

    def act(self, data):
        """Keep the prices."""
        prices = {rules.price_key(self.lot.number, at): data[f"price_{at}"] for at in range(len(self.lot.lines))}
        actions.save_draft(prices=prices, **self.on)


class InMemory(MemoryFileUploadHandler):
    """Takes an upload in memory alone: a bid's file is never written in clear, not even for a moment."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        """Refuse what is too large before reading it."""
        if content_length > LARGEST_REQUEST:
            raise Refused(f"The file is larger than {actions.LARGEST_FILE // (1024 * 1024)} MB.")
        self.activated = True


@method_decorator(csrf_exempt, name="dispatch")
class Attach(_OnQuestion):
    """Put a file with a question."""

    form_class = forms.Upload
    button, done = "Add the file", "The file is added."

    def dispatch(self, request, *args, **kwargs):
        """Take the upload in memory, and only then check the form's token."""
        request.upload_handlers = [InMemory(request)]
        return csrf_protect(super().dispatch)(request, *args, **kwargs)

    def get_form_kwargs(self):
        """Name the question."""
        self.question = self.asked()
        if self.question.kind != states.Answer.FILE:
            raise NotFound("This question takes no file.")
        self.title, self.lede = f"Question {self.question.number}: add a file", self.question.text
        return super().get_form_kwargs()

    def act(self, data):
        """Seal the file."""
        file = data["file"]
        actions.attach_file(question=self.question.number, name=file.name, data=file.read(), **self.on)


class Detach(_OnQuestion):
    """Take a file out of the draft."""

    form_class = forms.Empty
    button, is_warning, done = "Remove it", True, "The file is removed."

    def get_form_kwargs(self):
        """Name the file."""
        files = self.state["files"]
        if self.kwargs["place"] >= len(files):
            raise NotFound("There is no such file.")
        self.name = files[self.kwargs["place"]]["name"]
        self.title = f"Remove {self.name}"
        return super().get_form_kwargs()

    def act(self, data):
        """Remove it."""
        actions.remove_file(name=self.name, **self.on)


class Reuse(_Part):
    """Take over the answers of an earlier bid."""

    form_class = forms.Reuse
    title, button = "Use earlier answers", "Take the answers over"
    lede = "Answers are taken where the question reads the same and you have written none yet. Prices are given anew."

    def get_form_kwargs(self):
        """Offer our opened bids."""
        bids = queries.our_bids(provider_id=self.user.organisation_id)
        return super().get_form_kwargs() | {"bids": [(str(each.pk), str(each.procurement)) for each in bids]}

    def act(self, data):
        """Take them over."""
        taken = queries.answers_to_reuse(
            bid_id=data["bid"],
            provider_id=self.user.organisation_id,
            method=self.method,
            draft=queries.draft_of(self.state),
        )
        actions.save_draft(answers=taken, **self.on)
        count = len(taken)
        self.done = f"{count} {'answer was' if count == 1 else 'answers were'} taken over. Read them once more."


class AttachPaper(_OnQuestion):
    """Put one of our registered papers with a question."""

    form_class = forms.PickPaper
    button, done = "Add it", "The file is added."

    def get_form_kwargs(self):
        """Offer the papers that have a file and still hold."""
        self.question = self.asked()
        if self.question.kind != states.Answer.FILE:
            raise NotFound("This question takes no file.")
        self.title, self.lede = f"Question {self.question.number}: use a registered paper", self.question.text
        titles = queries.paper_forms()
        papers = [
            (str(each.pk), f"{titles[each.kind].title}: {each.name}")
            for each in queries.papers(provider_id=self.user.organisation_id)
            if each.size and (each.expires_on is None or each.expires_on > self.today)
        ]
        return super().get_form_kwargs() | {"papers": papers}

    def act(self, data):
        """Seal it."""
        paper = queries.file_of_paper(paper_id=data["paper"], provider_id=self.user.organisation_id)
        actions.attach_file(question=self.question.number, name=paper.name, data=bytes(paper.body), **self.on)
