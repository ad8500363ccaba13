"""The one async place: a request's head and body, under their limits, become a plain Asked; a thread answers it.

Refused here, before anybody is asked: another host's name, a body too large or too slow, a form in another encoding,
bytes that are no text. The client's address is what the outermost trusted proxy saw (HS-12).
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from urllib.parse import quote

from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from hub.files.kinds import LARGEST, WHY_NOT
from hub.web import handling, middleware, multipart, pairs, problems, sending
from hub.web.context import Answer, Asked, Hub
from hub.web.cookies import Jar, parse_header
from hub.web.handling import Route
from hub.web.middleware import Raw
from hub.web.multipart import Multipart, Sent
from hub.web.pairs import NONE, Pairs
from hub.web.problems import Stopped
from hub.web.texts import _
from hub.web.threads import Threads
from hub.web.uploads import GIVEN

PATIENCE, WITH_FILE = 20, 240  # seconds for a body to arrive
DRAINED = 5 * LARGEST  # bytes of a form with a file that is too large: read on, so that what was typed is kept
SLOTS = sending.Slots(6)  # files on their way, each up to LARGEST in memory
THREADS = Threads(12)  # requests at work; fewer than a store's connections
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
LONGEST_PATH, LONGEST_QUERY = 1_000, 4_000  # bytes
ANY_HOST = ("/healthz", "/readyz")


class Door:
    """One path with its methods, as Starlette calls it. Raises nothing."""

    def __init__(self, hub: Hub, routes: Mapping[str, Route]) -> None:
        self.hub, self.routes, self.netloc = hub, routes, hub.settings.netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await WebSocketClose()(scope, receive, send)
            return
        asked = _plain(self.hub, scope)
        try:
            answer = self._elsewhere(asked, scope) or await self._answer(asked, scope, receive)
        except Stopped as stop:
            answer = await THREADS.run(problems.problem, asked, stop.status, stop.code, stop.sentence)
        except Exception as cause:  # a fault of ours before the handler; the handler's own never come here
            answer = problems.unexpected(asked, cause)
        await self._send(asked, answer, scope, receive, send)

    async def _answer(self, asked: Asked, scope: Scope, receive: Receive) -> Answer:
        asked.params, asked.query = _params(scope), _query(scope)
        route = self.routes.get("GET" if asked.method == "HEAD" else asked.method)
        if route is None:
            raise Stopped(405, _("This page does not take that kind of request. Go back and try again."), "web.method")
        asked.is_machine = route.is_machine
        boundary = multipart.boundary_of(asked.headers.get("content-type", "")) if route.takes_file else b""
        if boundary:
            # Whoever is nobody here is sent away before anything large is read.
            asked.client = client_address(self.hub.settings.trusted_proxies, scope)
            with SLOTS.held_by(await THREADS.run(sending.sender, asked)):
                asked.form, asked.sent = await _form_with_file(asked, receive, boundary)
                return await THREADS.run(handling.answer, route, asked)
        if asked.method in ("POST", "PUT"):
            asked.form = await _form(asked, receive)
        if route.unit == "ready":
            return handling.answer(route, asked)
        asked.client = client_address(self.hub.settings.trusted_proxies, scope)
        return await THREADS.run(handling.answer, route, asked)

    def _elsewhere(self, asked: Asked, scope: Scope) -> Answer | None:
        """Another Host name never reaches a handler: a look is sent to the one address, a form is refused.

        Files that people sent have an address of their own: whatever a browser might run there has no cookie of ours,
        and finds no other page (WE-08).
        """
        settings = self.hub.settings
        host = asked.headers.get("host", "").lower()
        if asked.path.startswith(GIVEN):
            if host != settings.aside_netloc:
                raise Stopped(404, _("There is nothing at this address."), "web.not_found")
            return None
        if host == self.netloc or asked.path in ANY_HOST:
            return None
        if asked.method not in ("GET", "HEAD"):
            raise Stopped(421, _("This hub has one address: %s. Open it there.") % settings.url, "web.other_host")
        return Answer(307, headers={"Location": settings.url + quote(asked.path) + _query_again(scope)})

    async def _send(self, asked: Asked, answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
        headers = middleware.dressed(self.hub.settings, answer)
        if asked.method not in self.routes and answer.status == 405:
            headers.append((b"allow", ", ".join(sorted(self.routes)).encode("ascii")))
        headers += [(b"set-cookie", cookie.encode("latin-1")) for cookie in asked.jar.headers()]
        if answer.file is not None and answer.status == 200:
            await _send_file(asked, answer, headers, scope, receive, send)
        else:
            await _send_bytes(asked, answer, headers, send)


async def _send_bytes(asked: Asked, answer: Answer, headers: list[Raw], send: Send) -> None:
    # The two messages themselves: a Response object of the framework's would encode every header once more.
    if answer.status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if asked.method == "HEAD" else answer.body})


async def _send_file(
    asked: Asked, answer: Answer, headers: list[Raw], scope: Scope, receive: Receive, send: Send
) -> None:
    assert answer.file is not None
    stat = answer.file.stat()
    etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    headers.append((b"etag", etag.encode("ascii")))
    if etag in asked.headers.get("if-none-match", ""):
        await _send_bytes(asked, Answer(304), headers, send)
        return
    response = FileResponse(answer.file, media_type=answer.media, stat_result=stat)
    ours = {name for name, _value in headers}
    response.raw_headers = [*headers, *(pair for pair in response.raw_headers if pair[0] not in ours)]
    await response(scope, receive, send)


def _plain(hub: Hub, scope: Scope) -> Asked:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
    headers["query"] = scope["query_string"].decode("latin-1")
    jar = Jar(hub.settings, parse_header(headers.get("cookie", "")))
    return Asked(hub, scope["method"], scope["path"], jar, headers=headers)


def client_address(trusted: int, scope: Scope) -> str:
    """Returns the address behind so many trusted proxies: each adds one to the end of X-Forwarded-For.

    What stands further left was written by whoever likes to; Forwarded and the like are not read at all.
    """
    peer = (scope.get("client") or ("",))[0]
    if not trusted:
        return _address(peer)
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    chain = [part.strip() for line in lines for part in line.split(",") if part.strip()]
    return _address(chain[-trusted]) if len(chain) >= trusted else _address(peer)


def _address(text: str) -> str:
    """Returns an IPv4 address, or an IPv6 one cut to the 64 bits of one household; else one name for all others."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        network = ipaddress.IPv6Network((found, 64), strict=False)
        return str(network.network_address.exploded)
    return str(found)


def _params(scope: Scope) -> Mapping[str, str]:
    if len(scope.get("raw_path") or scope["path"].encode("utf-8", "replace")) > LONGEST_PATH:
        raise Stopped(400, _("This address is too long."), "web.path")
    if not scope["path"].isprintable() or not _is_text(scope["path"]):
        raise Stopped(400, _("This address holds characters that no address of ours has."), "web.path")
    found: Mapping[str, str] = scope.get("path_params", {})
    return found


def _query_again(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"?{query}" if query and query.isascii() and query.isprintable() else ""


def _query(scope: Scope) -> Pairs:
    raw: bytes = scope["query_string"]
    if not raw:
        return NONE
    return _read(raw, LONGEST_QUERY)


async def _form(asked: Asked, receive: Receive) -> Pairs:
    kind, _sep, _rest = asked.headers.get("content-type", "").partition(";")
    arrived, limit = bytearray(), asked.hub.settings.body_limit
    await _receive(asked, receive, arrived.extend, limit, PATIENCE)
    raw = bytes(arrived)
    asked.raw = raw if asked.is_machine else b""
    if asked.is_machine and kind.strip().lower() == JSON:
        return NONE
    if raw and kind.strip().lower() != FORM:
        raise Stopped(415, _("Forms are sent as %s here.") % FORM, "web.media")
    return _read(raw, limit)


async def _form_with_file(asked: Asked, receive: Receive, boundary: bytes) -> tuple[Pairs, dict[str, Sent]]:
    limit = asked.hub.settings.body_limit
    form = Multipart(boundary, text_most=limit, file_most=LARGEST)
    try:
        await _receive(asked, receive, form.feed, DRAINED, WITH_FILE)
        return form.end()
    except multipart.TextTooLong:
        raise _too_large(limit) from None
    except pairs.Unreadable:
        raise _unreadable() from None


async def _receive(asked: Asked, receive: Receive, take: Callable[[bytes], None], limit: int, patience: float) -> None:
    """Hands a body on as it arrives. limit: bytes, of which no more are read; patience: seconds."""
    said = asked.headers.get("content-length", "0")
    if not said.isascii() or not said.isdecimal() or len(said) > 12 or int(said) > limit:
        raise _too_large(limit)
    size = 0
    try:
        async with asyncio.timeout(patience):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Stopped(400, _("The connection ended early."), "web.disconnected")
                part: bytes = message.get("body", b"")
                more, size = message.get("more_body", False), size + len(part)
                if size > limit:
                    raise _too_large(limit)
                take(part)
    except TimeoutError:
        raise Stopped(408, _("Your form took too long to arrive. Send it again."), "web.slow") from None


def _too_large(limit: int) -> Stopped:
    if limit == DRAINED:
        return Stopped(413, WHY_NOT["large"], "files.large")
    return Stopped(413, _("A form may hold %d kilobytes. Send less.") % (limit // 1024), "web.too_large")


def _unreadable() -> Stopped:
    return Stopped(400, _("Something in it is no text. Type it again by hand."), "web.unreadable")


def _read(raw: bytes, limit: int) -> Pairs:
    if len(raw) > limit:
        raise Stopped(400, _("This address is too long."), "web.query")
    try:
        return pairs.parse(raw)
    except pairs.Unreadable:
        raise _unreadable() from None


def _is_text(path: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in path)
