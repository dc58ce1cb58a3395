"""What GraphiQL shows when nobody answers: that the deed is uncertain and how to find out, not a stack trace."""

import json
import subprocess

import pytest

from bangban.graphiql_build import SOURCES, node_of_machine
from tests.conftest import NOT_TESTED

PROGRAM = """
import { answerOf } from '%s';
const told = async (asking) => { try { return await (await answerOf(asking)).json(); } catch (error) { return error.name; } };
console.log(JSON.stringify([
  await told(async () => Response.json({ data: 1 })),
  await told(async () => { throw new TypeError('Failed to fetch'); }),
  await told(async () => { throw new DOMException('called off', 'AbortError'); }),
]));
"""


def test_a_lost_connection_is_explained_and_a_request_that_was_called_off_stays_so() -> None:
    node = node_of_machine()
    if node is None:
        pytest.skip(f"{NOT_TESTED}GraphiQL's handling of a lost connection needs node on this machine")
    program = PROGRAM % (SOURCES / "src" / "answer.js").as_uri()
    command = [str(node.interpreter), "--input-type=module", "-e", program]
    said = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    answered, lost, called_off = json.loads(said.stdout)
    assert answered == {"data": 1}
    assert lost["errors"][0]["extensions"]["code"] == "NO_ANSWER"
    assert "idempotencyKey" in lost["errors"][0]["message"]
    assert called_off == "AbortError"
