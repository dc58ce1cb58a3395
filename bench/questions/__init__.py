"""What is asked: each question for our API, for PostGraphile, and as the one statement that answers it."""

from bench.questions.case import CASE
from bench.questions.dashboard import DASHBOARD
from bench.questions.province import PROVINCE
from bench.questions.question import Question
from bench.questions.worklist import WORKLIST

TYPENAME = Question("typename", "{ __typename }", "{ __typename }", None)
TYPENAME_ANSWER = b'{"data":{"__typename":"Query"}}'
QUESTIONS = (CASE, WORKLIST, DASHBOARD, PROVINCE, TYPENAME)

__all__ = ["CASE", "DASHBOARD", "PROVINCE", "QUESTIONS", "TYPENAME", "TYPENAME_ANSWER", "WORKLIST", "Question"]
