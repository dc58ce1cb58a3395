"""A published guide as a web page: text and nothing else, no script, nothing fetched from anywhere."""

from base64 import b64encode
from hashlib import sha256
from html import escape

from casework.catalogue.public import OpenGuide
from schema.guides.imprint import imprint

STYLE = """
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem; color: #1b1b1b; background: #fff; line-height: 1.7;
  font-family: "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
header { border-bottom: 3px solid #9d1c1c; margin-bottom: 1.2rem; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; }
h2 { font-size: 1.1rem; margin: 1.4rem 0 .3rem; color: #7a1515; }
p { margin: .2rem 0; }
footer { border-top: 1px solid #bbb; margin-top: 2rem; padding-top: .6rem; font-size: .9rem; color: #444; }
@media print { body { max-width: none; padding: 0; } a { color: inherit; text-decoration: none; } }
"""
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""The page's own style and nothing else."""


def page(shown: OpenGuide, timezone: str) -> str:
    """Write the page of a guide; every text is escaped, whoever wrote it."""
    text = shown.text
    sections = "\n".join(
        f"<section><h2>{escape(each['zh'])}</h2>\n{paragraphs(each['text'])}</section>" for each in text.contents
    )
    notes = "\n".join(f"<p>{escape(line)}</p>" for line in imprint(shown, timezone))
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(text.title_zh)}</title><style>{STYLE}</style></head><body>\n"
        f"<header><p>{escape(text.unit_zh)}　{escape(text.kind_zh)}</p><h1>{escape(text.title_zh)}</h1></header>\n"
        f"<main>{sections}</main>\n<footer>{notes}\n"
        f'<p><a href="{escape(shown.guide.code, quote=True)}.pdf">下载PDF</a></p></footer></body></html>\n'
    )


def paragraphs(text: str) -> str:
    """Write each line as a paragraph of its own."""
    return "\n".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
