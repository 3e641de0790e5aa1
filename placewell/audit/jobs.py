"""Every five minutes the head of the chain is written down outside the database."""

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from . import chain


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="audit.checkpoint")
def keep_checkpoint(timestamp: int) -> None:
    """Keep a checkpoint of the chain."""
    chain.keep_checkpoint(settings.CHECKPOINTS, now=timezone.now())
