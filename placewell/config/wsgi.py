"""The web server's entry."""

import gc
import multiprocessing
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from placewell.config import lifeline

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "placewell.config.settings")
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)
# What is loaded by now stays. Without this each full sweep of the collector walks it all again, in the middle of a search.
gc.collect()
gc.freeze()
if starter := multiprocessing.parent_process():
    lifeline.stop_with(starter.pid or 0)
