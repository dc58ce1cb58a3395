from __future__ import annotations

import stat
from pathlib import Path
from threading import Barrier, Thread

import pytest

from authz.development import KEY_FILE, DevelopmentIssuer
from authz.issuers import TokenKind
from authz.rejections import RejectionCode, TokenRejected
from authz.tokens import Issuers
from tests.authz.cities import APPLICANTS

NOW = 1_730_700_000


def test_the_first_start_makes_a_key_only_its_owner_reads(tmp_path: Path) -> None:
    DevelopmentIssuer.open(tmp_path / "home")
    path = tmp_path / "home" / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == [KEY_FILE]
    path.chmod(0o644)
    DevelopmentIssuer.open(tmp_path / "home")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_tokens_outlive_a_restart(tmp_path: Path) -> None:
    token = DevelopmentIssuer.open(tmp_path).mint(TokenKind.STAFF, "li", NOW, tenant="taian")
    again = Issuers([DevelopmentIssuer.open(tmp_path).issuer()])
    assert again.verify(token, NOW).subject == "li"
    assert again.verify(token, NOW + 12 * 3600 - 1).tenant == "taian"
    with pytest.raises(TokenRejected) as caught:
        again.verify(token, NOW + 12 * 3600)
    assert caught.value.code is RejectionCode.EXPIRED


def test_another_home_has_another_key(tmp_path: Path) -> None:
    token = DevelopmentIssuer.open(tmp_path / "a").mint(TokenKind.STAFF, "li", NOW, tenant="taian")
    with pytest.raises(TokenRejected) as caught:
        Issuers([DevelopmentIssuer.open(tmp_path / "b").issuer()]).verify(token, NOW)
    assert caught.value.code is RejectionCode.KEY_UNKNOWN


def test_it_mints_for_everybody() -> None:
    made = DevelopmentIssuer.temporary()
    issuers = Issuers([made.issuer()])
    portal = issuers.verify(made.mint(TokenKind.PORTAL, "p", NOW, tenant="neixiang", applicant_id=APPLICANTS[0]), NOW)
    assert portal.applicant_id == APPLICANTS[0]
    assert issuers.verify(made.mint(TokenKind.PROVINCE, "s", NOW, province="36"), NOW).province == "36"
    client = issuers.verify(made.mint(TokenKind.INTEGRATOR, "c", NOW, tenant="taian", client_id="acme"), NOW)
    assert client.client_id == "acme"


def test_two_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    barrier, made = Barrier(4), list[DevelopmentIssuer]()

    def start() -> None:
        barrier.wait()
        made.append(DevelopmentIssuer.open(tmp_path))

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tokens = {issuer.mint(TokenKind.STAFF, "li", NOW, tenant="taian") for issuer in made}
    assert len(tokens) == 4
    issuers = Issuers([DevelopmentIssuer.open(tmp_path).issuer()])
    assert {issuers.verify(token, NOW).subject for token in tokens} == {"li"}


def test_a_spoilt_key_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="delete the file"):
        DevelopmentIssuer.open(tmp_path)
