"""Messages in each receiver's form. The signatures were computed apart with `openssl dgst -sha256 -hmac`."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

from qa_engine.alerts.messages import (
    Message,
    dingtalk,
    feishu,
    markdown,
    message_of,
    plain,
    webhook,
    wecom,
    without_numbers,
)

HELLO = Message("m1", "接通率低", ("T1:8 %(n=200)", "负责人:王主管"), "http://callqa.example/alerts/7")
NOW_S = 1_700_000_000


def test_a_message_survives_storage() -> None:
    assert message_of(json.loads(json.dumps(HELLO.document()))) == HELLO


def test_the_webhook_is_signed_with_every_active_secret() -> None:
    post = webhook(HELLO, "https://a.example/hook", ("new", "old"), NOW_S)
    wanted = [
        hmac.new(key, f"{NOW_S}.".encode() + post.body, hashlib.sha256).hexdigest()
        for key in (b"new", b"old")
    ]
    assert post.headers["X-CallQA-Signature"] == f"v1={wanted[0]},v1={wanted[1]}"
    assert post.headers["X-CallQA-Id"] == "m1"
    assert json.loads(post.body)["title"] == "接通率低"


def test_dingtalk_signs_in_the_address() -> None:
    post = dingtalk(HELLO, "https://oapi.dingtalk.com/robot/send?access_token=x", "SECabc", NOW_S)
    query = parse_qs(urlsplit(post.url).query)
    assert query["access_token"] == ["x"]
    assert query["timestamp"] == ["1700000000000"]
    assert query["sign"] == ["jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM="]
    assert json.loads(post.body)["markdown"]["text"].startswith("### 接通率低")


def test_feishu_signs_in_the_body() -> None:
    body = json.loads(feishu(HELLO, "https://open.feishu.cn/open-apis/bot/v2/hook/x", "abc", NOW_S).body)
    assert (body["timestamp"], body["sign"]) == ("1700000000", "VIS10b0EBvzzSdFnuk4tznEmK5wHaruvf/WnViv2yR4=")
    assert body["content"]["text"] == plain(HELLO)


def test_robots_without_a_secret_are_not_signed() -> None:
    assert dingtalk(HELLO, "https://a.example/", "", NOW_S).url == "https://a.example/"
    assert "sign" not in json.loads(feishu(HELLO, "https://a.example/", "", NOW_S).body)


def test_wecom_stays_below_its_limit() -> None:
    body = json.loads(wecom(Message("m", "长", ("很长" * 3000,)), "https://a.example/").body)
    assert len(body["markdown"]["content"].encode()) <= 4096


def test_names_cannot_become_markup() -> None:
    text = markdown(Message("m", "[点我](http://evil.example)", ("<script>",)))
    assert r"\[点我\](http" in text
    assert r"\<script\>" in text


def test_numbers_are_hidden() -> None:
    assert without_numbers("客户 13800001234 投诉,共 123456 通") == "客户 138****34 投诉,共 123456 通"
