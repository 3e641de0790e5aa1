"""The mail server: one plain mail to one person, with the address of a page in it."""

from django.conf import settings
from django.core.mail import EmailMessage


def send(*, to: str, subject: str, words: str, path: str) -> None:
    """Send one mail that leads to the page at *path*.

    Raises:
        smtplib.SMTPException, OSError: the server refused it or could not be reached.
        ValueError: no mail can be written to this address.
    """
    address = settings.PUBLIC_URL.rstrip("/") + path
    EmailMessage(subject=subject, body=f"{words}\n\n{address}\n", to=[to]).send()
