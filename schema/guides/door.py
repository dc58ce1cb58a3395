"""The public addresses of guides: a page and a PDF for everybody, without a token and without a cookie."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from casework.catalogue.public import OpenGuide, open_guide
from casework.kernel.work import Office, Work
from schema.about import RELEASE
from schema.guides.page import POLICY, page
from schema.guides.paper import paper
from schema.observation import observation_of
from schema.public.window import read_publicly

MOST_PRINTED = 64
FRESH = "public, max-age=60"
"""A browser may keep a guide for a minute; after that it asks whether there is a newer version or none."""
GONE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>未找到</title></head><body>
<h1>没有该指南 / No such guide</h1><p>该指南不存在,或者已被撤回。</p></body></html>
"""


@dataclass
class GuideDoor:
    """Serves guides; what was printed once is kept, because a version never changes."""

    office: Office
    _printed: OrderedDict[tuple[str, str], bytes] = field(default_factory=OrderedDict)
    _press: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def show(self, request: Request) -> Response:
        """Answer with the page of a guide."""
        found = await self._found(request)
        if found is None:
            return gone()
        shown, timezone = found
        known = unchanged(request, shown)
        if known is not None:
            return known
        headers = {**headers_of(shown), "Content-Security-Policy": POLICY}
        return Response(page(shown, timezone), media_type="text/html", headers=headers)

    async def print(self, request: Request) -> Response:
        """Answer with the PDF of a guide."""
        found = await self._found(request)
        if found is None:
            return gone()
        shown, timezone = found
        known = unchanged(request, shown)
        if known is not None:
            return known
        name = f'inline; filename="{shown.guide.code}-v{shown.text.version}.pdf"'
        headers = {**headers_of(shown), "Content-Disposition": name}
        return Response(await self._sheet(shown, timezone), media_type="application/pdf", headers=headers)

    async def _found(self, request: Request) -> tuple[OpenGuide, str] | None:
        tenant, code = request.path_params["tenant"], request.path_params["code"]

        async def read(work: Work) -> tuple[OpenGuide, str] | None:
            shown = await open_guide(work, code)
            return None if shown is None else (shown, work.profile.calendar.timezone)

        return await read_publicly(self.office, tenant, observation_of(request.scope).correlation_id, read)

    async def _sheet(self, shown: OpenGuide, timezone: str) -> bytes:
        key = (shown.text.tenant_id, str(shown.text.id))
        # One at a time and beside the loop: setting a page takes a second of a core, whoever asks for it.
        async with self._press:
            if key not in self._printed:
                self._printed[key] = await asyncio.to_thread(paper, shown, timezone)
            self._printed.move_to_end(key)
            while len(self._printed) > MOST_PRINTED:
                self._printed.popitem(last=False)
            return self._printed[key]


def tag_of(shown: OpenGuide) -> str:
    """Name the version of a guide as this release shows it."""
    return f'"{shown.text.id}-{RELEASE}"'


def headers_of(shown: OpenGuide) -> Mapping[str, str]:
    """Say how long an answer may be kept, and of which version it is."""
    return {"ETag": tag_of(shown), "Cache-Control": FRESH, "Content-Language": "zh-CN"}


def unchanged(request: Request, shown: OpenGuide) -> Response | None:
    """Answer that the reader has this version already; None when he has not."""
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    return Response(status_code=304, headers=headers_of(shown)) if tag_of(shown) in known else None


def gone() -> Response:
    """Answer that no guide is shown here, whatever the reason."""
    return Response(GONE, 404, media_type="text/html", headers={"Cache-Control": "no-store"})


def guide_routes(office: Office) -> list[BaseRoute]:
    """Give the addresses of guides."""
    door = GuideDoor(office)
    return [
        Route("/guides/{tenant}/{code}.pdf", door.print, methods=["GET"]),
        Route("/guides/{tenant}/{code}", door.show, methods=["GET"]),
    ]
