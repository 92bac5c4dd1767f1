"""Settings of perfbudget. Everything a site changes comes from the environment; see README.md."""

import contextlib
import os
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import bootstrap
import dj_database_url
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("PERFBUDGET_VAR_DIR", BASE_DIR / "var"))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def _secret(name: str) -> str:
    """Return the secret PERFBUDGET_<name>, else the one kept in var/, made on first use."""
    if from_environment := os.environ.get(f"PERFBUDGET_{name}"):
        return from_environment
    kept = VAR_DIR / name.lower()
    if not kept.exists():
        descriptor, unfinished = tempfile.mkstemp(dir=VAR_DIR)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        # A link appears whole or not at all: of two processes that start at once, the first one's key stays.
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, kept)
        os.unlink(unfinished)
    return kept.read_text()


def _words(name: str, default: str = "") -> list[str]:
    return os.environ.get(name, default).split()


SECRET_KEY = _secret("SECRET_KEY")
TRAIL_KEY = _secret("TRAIL_KEY")
# Keep it on another disk than the database: cutting off the last entries of the trail shows by it.
TRAIL_ANCHOR_FILE = os.environ.get("PERFBUDGET_TRAIL_ANCHOR_FILE", VAR_DIR / "trail-anchors.log")
DEBUG = os.environ.get("PERFBUDGET_DEBUG") == "1"
# A site to try things on, as bin/run makes it: demo users are allowed.
DEMO = os.environ.get("PERFBUDGET_DEMO") == "1"
ALLOWED_HOSTS = _words("PERFBUDGET_ALLOWED_HOSTS", "127.0.0.1 localhost [::1]")
CSRF_TRUSTED_ORIGINS = _words("PERFBUDGET_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "axes",
    "trail",
    "departments",
    "workflow",
    "projects",
    "indicators",
    "reports",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "departments.middleware.ContentPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "departments.middleware.IdleMiddleware",
    "departments.middleware.SignedInMiddleware",
    "departments.middleware.PasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "trail.middleware.remember_address",
    "trail.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "perfbudget.urls"
WSGI_APPLICATION = "perfbudget.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["perfbudget.templatetags.amounts"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{VAR_DIR / 'perfbudget.sqlite3'}", conn_max_age=600, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL: readers beside one writer. IMMEDIATE: a transaction takes the write lock at its start, so that
    # two writers queue instead of one failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA cache_size=-64000; PRAGMA temp_store=MEMORY;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "departments.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "departments.passwords.LongEnough",
        "OPTIONS": {"min_length": int(os.environ.get("PERFBUDGET_PASSWORD_LENGTH", "8"))},
    },
    {
        "NAME": "departments.passwords.EnoughClasses",
        "OPTIONS": {"least": int(os.environ.get("PERFBUDGET_PASSWORD_CLASSES", "0"))},
    },
    {"NAME": "departments.passwords.NotCommon"},
    {"NAME": "departments.passwords.NotAboutOneself"},
    {"NAME": "departments.passwords.NotTheOldOne"},
]
PASSWORD_DAYS = int(os.environ.get("PERFBUDGET_PASSWORD_DAYS", "0"))  # 0: for ever

# 三员: 系统管理员 grants no roles, 安全管理员 does, 审计管理员 reads what both did; nobody is two of them.
SEPARATE_ADMINISTRATORS = os.environ.get("PERFBUDGET_SEPARATE_ADMINISTRATORS") == "1"

# Who types a wrong password too often is locked out for a while, by username and address (django-axes).
AUTHENTICATION_BACKENDS = ["departments.lockouts.LockOutBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = int(os.environ.get("PERFBUDGET_LOGIN_FAILURES", "5"))
AXES_COOLOFF_TIME = timedelta(minutes=int(os.environ.get("PERFBUDGET_LOGIN_LOCK_MINUTES", "15")))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says how long: trying again adds nothing
AXES_DISABLE_ACCESS_LOG = True  # the trail has who signed in
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
# django-axes keeps what was typed with a wrong password; "password" it leaves out by itself.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "old", "again"]

# A session in which nobody acts for so long is over; pages warn before (docs/decisions/0038).
IDLE_SECONDS = 60 * int(os.environ.get("PERFBUDGET_IDLE_MINUTES", "30"))
IDLE_WARNING_SECONDS = 120

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# Pages that everybody may read without signing in: what departments have published (公开).
PUBLIC_PAGES = os.environ.get("PERFBUDGET_PUBLIC_PAGES") == "1"

# Uploads are private: no address serves this directory, views that check permissions hand files out.
MEDIA_ROOT = VAR_DIR / "files"
STATIC_URL = "static/"
# The package bootstrap-wrapper holds nothing but files, so it has a path and no __file__.
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", Path(*bootstrap.__path__))]
# WhiteNoise serves straight from the finders: there is no collect step to forget.
WHITENOISE_USE_FINDERS = True
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# A page of forty indicators, or a long narrative, is one form; Django's default is 1000 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Nothing inline and nothing from elsewhere (docs/decisions/0036); Bootstrap draws its arrows as data: images.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Set behind HTTPS; a plain intranet address could not log in with secure cookies.
HTTPS = os.environ.get("PERFBUDGET_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # the preload list of browsers knows no intranet
    "axes.W002",  # no middleware: the login form itself says who is locked out
]

# Messages go out by e-mail where a mail server is set: smtp://name:password@host:25, smtps:// for TLS
# throughout, ?tls=1 for STARTTLS. A name or password with signs such as @ is percent-encoded.
_EMAIL = urlsplit(os.environ.get("PERFBUDGET_EMAIL_URL", ""))
SENDS_EMAIL = bool(_EMAIL.hostname)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if SENDS_EMAIL else 'dummy'}.EmailBackend"
EMAIL_HOST = _EMAIL.hostname or ""
EMAIL_PORT = _EMAIL.port or (465 if _EMAIL.scheme == "smtps" else 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_EMAIL.username or ""), unquote(_EMAIL.password or "")
EMAIL_USE_SSL = _EMAIL.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL and parse_qs(_EMAIL.query).get("tls") == ["1"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("PERFBUDGET_EMAIL_FROM", "perfbudget@localhost")
# How people reach the site, for links in mails: https://budget.example.gov.cn
SITE_ADDRESS = os.environ.get("PERFBUDGET_SITE_ADDRESS", "").rstrip("/")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A refused page is an answer, not a fault: no traceback for every 403 and 404.
    # Nor a line for every wrong password: the 安全日志 has them.
    "loggers": {"django.request": {"level": "ERROR"}, "axes": {"level": "ERROR"}},
}
