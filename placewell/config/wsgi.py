"""The web server's entry."""

import multiprocessing
import os

from django.core.wsgi import get_wsgi_application

from placewell.config import lifeline

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "placewell.config.settings")
application = get_wsgi_application()
if starter := multiprocessing.parent_process():
    lifeline.stop_with(starter.pid or 0)
