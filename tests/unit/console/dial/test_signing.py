"""The signature of requests to a provider of privacy numbers, against the example that its pages work out."""

from __future__ import annotations

import pytest

from console.dial.axb.cloud import national
from console.dial.axb.signing import authorization, digest
from console.dial.numbers import dialled_ours

pytestmark = pytest.mark.clause("issue-5")
NAMES = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"


def test_the_published_example() -> None:
    """Alibaba Cloud help, document 2593177, the example with fixed parameters."""
    headers = {
        "x-acs-version": "2014-05-26",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-content-sha256": digest(b""),
        "x-acs-action": "RunInstances",
        "host": "ecs.cn-shanghai.aliyuncs.com",
    }
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert authorization("YourAccessKeyId", "YourAccessKeySecret", "POST", query, headers) == (
        f"ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders={NAMES},"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


@pytest.mark.parametrize("changed", ["host", "x-acs-action", "x-acs-content-sha256"])
def test_nothing_signed_can_be_changed(changed: str) -> None:
    headers = {"host": "a", "x-acs-action": "b", "x-acs-content-sha256": "c"}
    signed = authorization("k", "s", "POST", "", headers)
    assert authorization("k", "s", "POST", "", {**headers, changed: "other"}) != signed
    assert authorization("k", "other", "POST", "", headers) != signed
    assert authorization("k", "s", "GET", "", headers) != signed
    assert authorization("k", "s", "POST", "a=1", headers) != signed


@pytest.mark.parametrize(
    ("number", "spelt"),
    [("+8613800138000", "13800138000"), ("+8657188156655", "057188156655"), ("+14155550123", None)],
)
def test_numbers_as_the_provider_spells_them(number: str, spelt: str | None) -> None:
    assert national(number) == spelt


def test_a_number_of_ours_is_dialled_by_the_rules_of_the_line() -> None:
    assert dialled_ours("17000000001", "", "") == "+8617000000001"
    assert dialled_ours("17000000001", "+86", "9") == "917000000001"
    assert dialled_ours("057100000000", "", "") == "+8657100000000"
