"""GraphiQL from our own disk: an API explorer that works on a network without the internet."""

from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
"""Everything from our own address. Inline styles are allowed because the editor positions its lines with them."""

HEADERS: Mapping[str, str] = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
KEPT: Mapping[str, str] = {"Content-Security-Policy": POLICY, "Cache-Control": "public, max-age=31536000, immutable"}
NOT_BUILT = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>GraphiQL</title></head><body>
<h1>GraphiQL has not been built on this machine / 接口浏览器尚未构建</h1>
<p>The API itself is running at <a href="/graphql">/graphql</a>. 接口本身运行正常。</p>
<p>To build the explorer once (it needs a connection to the package registry, or a node installation with the packages
in its cache), run in the project folder: <code>make graphiql</code>, then reload this page.</p>
<p>首次构建需要能访问软件包仓库;请在项目目录运行 <code>make graphiql</code>,然后刷新本页。</p>
</body></html>
"""


class Assets(StaticFiles):
    """The built files; their names hold a digest of their content, so browsers may keep them for ever."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a file under the page's policy: workers take the policy of their own file."""

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                added = [(name.lower().encode(), value.encode()) for name, value in KEPT.items()]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await super().__call__(scope, receive, send_with_policy)


def graphiql_routes(built: Path) -> list[BaseRoute]:
    """Serve the explorer from the folder it was built into, or a page that says how to build it."""
    page = built / "index.html"

    async def explorer(_request: Request) -> Response:
        if page.is_file():
            return FileResponse(page, headers=HEADERS)
        return Response(NOT_BUILT, 503, media_type="text/html", headers=HEADERS)

    async def with_slash(_request: Request) -> Response:
        return RedirectResponse("/graphiql/")

    return [
        Route("/graphiql", with_slash),
        Route("/graphiql/", explorer),
        Mount("/graphiql/assets", Assets(directory=built / "assets", check_dir=False)),
    ]
