"""Settings and the WSGI application, for gunicorn. DATABASE_URL, TOKEN_KEY (PEM) and SCHEMA come
from the environment."""

import os
from urllib.parse import parse_qs, unquote, urlsplit

import django
from django.conf import settings

_url = urlsplit(os.environ["DATABASE_URL"])
_query = parse_qs(_url.query)

settings.configure(
    SECRET_KEY="bench",  # noqa: S106 - signs nothing here
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="bench.peer.views",
    USE_TZ=True,
    TIME_ZONE="UTC",
    INSTALLED_APPS=["django.contrib.postgres", "rest_framework", "bench.peer"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(_url.path.lstrip("/")),
            "USER": unquote(_url.username or ""),
            "HOST": _query["host"][0],
            "PORT": _query["port"][0],
            "CONN_MAX_AGE": None,
            "ATOMIC_REQUESTS": True,
            "OPTIONS": {
                "options": f"-c search_path={os.environ['SCHEMA']} -c jit=off -c timezone=UTC"
            },
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["bench.peer.identity.Session"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
