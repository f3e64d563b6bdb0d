"""A client of GitHub's REST API that waits where GitHub asks it to, and never writes twice.

What is asked may fail on the way. Reading, and replacing what is known by its number, is done
again a few times. A request that makes something new is done again only if GitHub surely did
not act on it; else ``Unsure`` leaves it to the caller to look first.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from autograder.errors import UsageError

if TYPE_CHECKING:
    import httpx

__all__ = ["API", "BadToken", "Github", "Refused", "Unreachable", "Unsure"]

API = "https://api.github.com"
"""Of github.com; a runner says its own in ``GITHUB_API_URL``."""

_VERSION = "2022-11-28"
_TIMEOUT_S = 30.0
_PAUSES_S = (1.0, 2.0, 4.0, 8.0)
"""Before each further try of a request that came to nothing."""

_WAITS = 8
"""How often one request may be told to come later."""

_LONGEST_WAIT_S = 3700.0
"""The primary limit is by the hour."""

_BETWEEN_WRITES_S = 1.0
"""What GitHub asks of those who write, lest they meet the secondary limit."""


class BadToken(UsageError):
    """GitHub does not take the token."""


class Refused(Exception):
    """GitHub answered no.

    Attributes
    ----------
    status
        Of HTTP.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Unreachable(Exception):
    """GitHub gave no answer, however often it was asked."""


class Unsure(Unreachable):
    """Something new was to be made, and no answer came: it may be there now."""


class Github:
    """The API, with a token.

    Parameters
    ----------
    token
        Must be allowed what is asked.
    api
        Its address.
    say
        Gets a sentence when there is a long wait.
    sleep, clock
        Of the ``time`` module, and of a test.

    Raises
    ------
    UsageError
        Where httpx is not installed, which is an extra.
    """

    def __init__(
        self,
        token: str,
        api: str,
        say: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._api = api.rstrip("/")
        self._say, self._sleep, self._clock = say, sleep, clock
        self._last_write = 0.0
        try:
            import httpx
        except ImportError:
            raise UsageError("GitHub's API needs httpx: pip install 'onewalk[github]'") from None
        self._http = httpx.Client(
            timeout=_TIMEOUT_S,
            headers={
                # GitHub recommends the first; its description knows the second alone.
                "Accept": "application/vnd.github+json, application/json",
                "Authorization": f"Bearer {token}",
                "User-Agent": "onewalk",
                "X-GitHub-Api-Version": _VERSION,
            },
        )

    def __enter__(self) -> Github:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **query: str | int) -> Any:
        """What is there.

        Raises
        ------
        Refused, Unreachable, BadToken
        """
        return self._ask("GET", self._api + path, query).json()

    def pages(self, path: str, **query: str | int) -> Iterator[Any]:
        """All of a list, page after page."""
        url: str | None = self._api + path
        query = {**query, "per_page": 100}
        while url is not None:
            response = self._ask("GET", url, query)
            yield from response.json()
            url, query = self._link(response, "next"), {}

    def last(self, path: str) -> Any:
        """The last of a list; None of an empty one."""
        response = self._ask("GET", self._api + path, {"per_page": 1})
        if (url := self._link(response, "last")) is not None:
            response = self._ask("GET", url)
        items = response.json()
        return items[-1] if items else None

    def _link(self, response: httpx.Response, to: str) -> str | None:
        url = response.links.get(to, {}).get("url")
        if url is not None and not url.startswith(f"{self._api}/"):
            raise Unreachable(f"the {to} page is said to be at another address, {url}")
        return url

    def create(self, path: str, body: Mapping[str, Any]) -> Any:
        """Make something new.

        Raises
        ------
        Unsure
            When no answer came to a request that may have been heard.
        Refused, Unreachable, BadToken
        """
        return self._ask("POST", self._api + path, body=body).json()

    def replace(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change what is there; twice is as once."""
        return self._ask("PATCH", self._api + path, body=body).json()

    def pause(self, nth: int) -> None:
        """Let some time pass before something is tried again, longer each time."""
        self._sleep(_PAUSES_S[min(nth, len(_PAUSES_S) - 1)])

    def _ask(
        self,
        method: str,
        url: str,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        import httpx

        failures = waits = 0
        while True:
            if method != "GET":
                self._keep_distance()
            heard = True
            least = 0.0
            try:
                response = self._http.request(method, url, params=query or None, json=body)
                if response.is_success:
                    response.json()  # whole, and from GitHub
                    return response
                if (wait := self._told_to_wait(response, waits)) is not None:
                    self._wait(wait, waits)
                    waits += 1
                    continue
                if response.status_code < 500:
                    raise _refusal(response)
                why = f"GitHub answered {response.status_code}"
                least = _seconds(response.headers.get("retry-after")) or 0.0
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                heard, why = False, f"no connection to GitHub ({_kind(error)})"
            except httpx.HTTPError as error:
                why = f"the connection to GitHub broke ({_kind(error)})"
            except ValueError:
                why = "what answered is not GitHub's API"
            if heard and method == "POST":
                raise Unsure(why)
            if failures == len(_PAUSES_S):
                raise Unreachable(why)
            self._sleep(max(least, _PAUSES_S[failures]))
            failures += 1

    def _keep_distance(self) -> None:
        wait = self._last_write + _BETWEEN_WRITES_S - self._clock()
        if wait > 0:
            self._sleep(min(wait, _BETWEEN_WRITES_S))
        self._last_write = self._clock()

    def _told_to_wait(self, response: httpx.Response, waits: int) -> float | None:
        """How long GitHub wants not to be asked; None if that is not what it says."""
        if response.status_code not in (403, 429):
            return None
        headers = response.headers
        if (after := _seconds(headers.get("retry-after"))) is not None:
            return max(1.0, after)
        reset = _seconds(headers.get("x-ratelimit-reset"))
        if headers.get("x-ratelimit-remaining") == "0" and reset is not None:
            return max(1.0, reset - self._clock() + 1)
        if response.status_code == 429 or "rate limit" in _message(response).lower():
            return 60.0 * (1 << waits)
        return None

    def _wait(self, seconds: float, waits: int) -> None:
        if waits == _WAITS or seconds > _LONGEST_WAIT_S:
            raise Unreachable("GitHub's rate limit is used up")
        if seconds >= 10:
            self._say(f"GitHub's rate limit is used up; going on in {seconds / 60:.1f} minutes")
        self._sleep(seconds)


def _refusal(response: httpx.Response) -> Exception:
    status, message = response.status_code, _message(response)
    if status == 401:
        return BadToken(
            f"GitHub does not take the token ({message}): it may have expired; put a new one into "
            "GH_TOKEN"
        )
    if response.is_redirect:
        return Refused(status, "it has another name now; put that into the roster")
    return Refused(status, f"GitHub answered {status}: {message}")


def _message(response: httpx.Response) -> str:
    try:
        said = response.json()
    except ValueError:
        return response.reason_phrase
    message = said.get("message") if isinstance(said, dict) else None
    return message if isinstance(message, str) else response.reason_phrase


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdecimal() else None


def _kind(error: Exception) -> str:
    return type(error).__name__
