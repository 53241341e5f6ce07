"""The one way in which the product asks a service that the settings name: nowhere else, and through no proxy of the machine."""

from __future__ import annotations

import urllib.request
from typing import Any, Final


class _StayHere(urllib.request.HTTPRedirectHandler):
    """An endpoint that points elsewhere is not followed: the key and the words are meant for it alone."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


OPENER: Final = urllib.request.build_opener(_StayHere, urllib.request.ProxyHandler({}))
