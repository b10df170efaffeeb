"""Sealed choice ids: opaque to the browser, and valid only in the session they were made for (W3).

An id holds its meaning, encrypted and authenticated, so that the server remembers nothing and
accepts nothing that it did not offer.
"""

import base64
import hashlib
import json
import secrets
from http import HTTPStatus

from cryptography.fernet import Fernet, InvalidToken

from bot.channels.problems import Problem


class ChoiceSeal:
    """Seals button payloads into ids and opens them again."""

    def __init__(self, secret_key: bytes | None) -> None:
        """Derive a key of its own from the secret; without one, a random key is made."""
        material = hashlib.sha256(b"webchat-choices" + (secret_key or secrets.token_bytes(32)))
        self._fernet = Fernet(base64.urlsafe_b64encode(material.digest()))

    def seal(self, sender_id: str, payload: str) -> str:
        """Return the id of a choice offered to this conversation."""
        return self._fernet.encrypt(json.dumps([sender_id, payload]).encode()).decode()

    def open(self, sender_id: str, choice: str) -> str:
        """Return the payload of a choice.

        Raises:
            Problem: 422 if this choice was not offered in this conversation.
        """
        try:
            offered_to, payload = json.loads(self._fernet.decrypt(choice.encode()))
        except (InvalidToken, UnicodeEncodeError):
            offered_to, payload = None, ""
        if offered_to != sender_id:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "utter_problem_choice")
        return str(payload)
