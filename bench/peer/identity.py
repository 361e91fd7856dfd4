"""Who asks: the same token and session as for the app, and the same identity for the database."""

import json
import os
from functools import lru_cache

import jwt
from django.db import connection
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

KEY = os.environ["TOKEN_KEY"]


class Account:
    """An account with its rights, as DRF wants a user."""

    is_authenticated = True

    def __init__(self, row):
        self.id, self.organisation_id, _, self.username, _, grants = row
        areas = [grant["area"] for grant in json.loads(grants)]
        self.district = next((a for a in areas if a % 10**6 == 0), None)
        self.village = next((a for a in areas if a % 10**3), None)


@lru_cache(maxsize=4096)
def _session(token):
    return jwt.decode(token, KEY, algorithms=["ES256"], audience="anlan-api")["sid"]


class Session(BaseAuthentication):
    """Bearer token → session row → account; then the settings that row-level security reads."""

    def authenticate(self, request):
        """(account, token), or AuthenticationFailed."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        with connection.cursor() as cursor:
            cursor.execute(
                "select account_id, organisation_id, version, username, display_name, grants"
                " from session_identity(%s)",
                [_session(token)],
            )
            row = cursor.fetchone()
            if row is None:
                raise AuthenticationFailed
            account = Account(row)
            cursor.execute(
                f"set local app.account = '{account.id}';"
                f"set local app.districts = '{account.district or ''}';"
                f"set local app.villages = '{account.village or ''}';"
                f"set local app.holders = '{account.id},{account.organisation_id}'"
            )
        return account, token
