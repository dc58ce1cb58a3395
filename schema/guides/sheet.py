"""A sheet of paper for public texts: A4, a Chinese font inside, a foot on every page."""

from datetime import datetime

from fpdf import FPDF
from fpdf.enums import WrapMode
from pylopdf_fonts_zh_cn import sans_path

FONT = "NotoSansSC"
MARGIN = 20
HEIGHT_OF_A_POINT = 0.62
"""Millimetres from line to line for each point of size."""
Colour = tuple[int, int, int]


class Sheet(FPDF):
    """A document whose pages carry the same foot with their number."""

    foot = ""

    def footer(self) -> None:
        """Write the foot of a page; the library calls it."""
        self.set_y(-15)
        self.set_font(FONT, size=8)
        self.set_text_color(90, 90, 90)
        self.cell(0, 8, f"{self.foot}　第{self.page_no()}页", align="C")

    def write_lines(self, text: str, size: int, colour: Colour) -> None:
        """Write a text line by line; Chinese breaks between any two signs, and nothing leaves the sheet."""
        self.set_font(FONT, size=size)
        self.set_text_color(*colour)
        for line in text.splitlines():
            self.multi_cell(
                0, size * HEIGHT_OF_A_POINT, line, align="L", new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR
            )

    def rule(self, colour: Colour) -> None:
        """Draw a line across the page."""
        self.set_draw_color(*colour)
        self.line(MARGIN, self.get_y() + 2, self.w - MARGIN, self.get_y() + 2)
        self.ln(6)


def sheet(title: str, author: str, foot: str, at: datetime) -> Sheet:
    """Begin a document that says of itself nothing but what it is given, so that the same input gives the same bytes."""
    made = Sheet(format="A4")
    made.foot = foot
    made.set_creation_date(at)
    made.set_title(title)
    made.set_author(author)
    made.set_lang("zh-CN")
    made.set_margin(MARGIN)
    made.set_auto_page_break(auto=True, margin=MARGIN)
    made.add_font(FONT, fname=sans_path())
    made.add_page()
    return made
