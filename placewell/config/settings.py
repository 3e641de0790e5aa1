"""All settings, from the environment alone; production stops loudly when one is missing."""

from urllib.parse import parse_qsl, unquote, urlsplit

import structlog
from csp.constants import NONCE, NONE, SELF

from placewell.config import environment, logs
from placewell.gateways import postgres

MODE = environment.mode()
PRODUCTION = MODE == "production"
DEBUG = False
ROOT = environment.ROOT
HOME = environment.HOME

SECRET_KEY = (
    environment.required("SECRET_KEY", "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'")
    if PRODUCTION
    else environment.kept_secret("secret_key")
)
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
if PRODUCTION:
    environment.required("ALLOWED_HOSTS", "Name the hosts that people type, separated by commas.")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "placewell.overview",
    "placewell.outcomes",
    "placewell.placements",
    "placewell.tenders",
    "placewell.needs",
    "placewell.visits",
    "placewell.contracts",
    "placewell.budget",
    "placewell.children",
    "placewell.market",
    "placewell.governance",
    "placewell.notifications",
    "placewell.accounts",
    "placewell.audit",
    "placewell.web",
    "placewell.storage",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"  # the worker knows the jobs of every room

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "placewell.web.middleware.PrivatePages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "placewell.web.middleware.Refusals",
    "placewell.accounts.middleware.SecondFactor",
    "placewell.accounts.middleware.ActInScope",
]

ROOT_URLCONF = "placewell.config.urls"
WSGI_APPLICATION = "placewell.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "placewell.web.context.frame",
            ],
            "builtins": ["placewell.web.templatetags.web"],
        },
    }
]
FORM_RENDERER = "placewell.web.forms.Renderer"


# Of how many tables the server looks for the best order: each has its row security, so that for a dozen looking took
# longer than reading. More than these are joined as the question is written; over a test's few rows, all are.
BEST_OF = 1 if MODE == "test" else 4


def _database(url: str) -> dict:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        # The server keeps the plans of repeated statements: planning costs more than running most of them.
        "OPTIONS": {
            "connect_timeout": 5,
            "server_side_binding": True,
            "prepare_threshold": 3,
            "options": f"-c join_collapse_limit={BEST_OF} -c from_collapse_limit={BEST_OF}",
        }
        | dict(parse_qsl(parts.query)),  # sslmode and the like
    }


_urls = postgres.urls()
DATABASES = {
    "default": _database(_urls.app),  # the application: no schema changes, bound by row security
    "owner": _database(_urls.owner),  # owns the tables: migrations and nothing else
}
if MODE != "test":
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # a connection that died with its server is not handed out
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 5}
DATABASE_ROUTERS = ["placewell.storage.routers.OneDatabase"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "placewell.accounts.sign_in.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False  # a session ends after half an hour without use
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/key,10/5m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Placewell"
MFA_REQUIRED = PRODUCTION  # everyone, before any page of a room
DEMO_PERSONAS = MODE == "demo"  # one-click sign-in; never in production

SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^health/$", "^ready/$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
# Beyond the reach of the database, one file for each: what a cut-off trail is told by.
CHECKPOINTS = HOME / "checkpoints" / f"{DATABASES['default']['NAME']}.jsonl"
MEDIA_ROOT = HOME / "files"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if PRODUCTION else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = HOME / "mail"
DEFAULT_FROM_EMAIL = environment.text("MAIL_FROM", "placewell@localhost")
EMAIL_HOST = environment.text("MAIL_HOST", "localhost")
EMAIL_TIMEOUT = 10
# What stands before a page's path in a mail.
PUBLIC_URL = environment.text("PUBLIC_URL", "http://127.0.0.1:8000")

LOGGING_CONFIG = None
logs.configure(json_lines=PRODUCTION)
log = structlog.get_logger()
