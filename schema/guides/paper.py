"""A published guide as a PDF with its Chinese font inside; the same version gives the same bytes, whenever it is asked."""

from casework.catalogue.public import OpenGuide
from schema.guides.imprint import day_zh, imprint

RED, BLACK, GREY = (122, 21, 21), (27, 27, 27), (90, 90, 90)


def paper(shown: OpenGuide, timezone: str) -> bytes:
    """Write the PDF of a guide: its fields in order, its imprint, and number, version and page at every foot."""
    # Slow to import, and few processes ever print.
    from schema.guides.sheet import sheet

    text = shown.text
    foot = f"{shown.guide.code}　第{text.version}版　{day_zh(text.published_at, timezone)}公布"
    document = sheet(text.title_zh, text.unit_zh, foot, text.published_at)
    document.write_lines(f"{text.unit_zh}　{text.kind_zh}", 10, GREY)
    document.write_lines(text.title_zh, 20, BLACK)
    document.rule(RED)
    for each in text.contents:
        document.write_lines(each["zh"], 13, RED)
        document.write_lines(each["text"], 11, BLACK)
        document.ln(3)
    document.ln(4)
    for line in imprint(shown, timezone):
        document.write_lines(line, 9, GREY)
    return bytes(document.output())
