"""An agent's way to another score, and comments on moments of a call, in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.access import SESSION_COOKIE
from models.access.accounts import AccountRow, SignInRow
from models.access.roles import Role
from models.access.sign_in import sha
from models.call_comment import comment_changes, comments_of
from models.database import reading
from models.database import session as writing
from tests.api.pages.product import fill, open_product
from tests.browser.conftest import OpenPage, Site, serve
from tests.browser.test_accessibility import faults
from tests.conftest import make_settings

pytestmark = pytest.mark.browser
Picture = Callable[[Page, str], None]
ITEM = "compliance.no_guaranteed_return"
PEOPLE = (
    ("root", "管理员", Role.ADMIN, {}),
    ("zhao", "赵鹏", Role.AGENT, {"agent_id": "A003"}),
    ("chen", "陈班长", Role.TEAM_LEAD, {"teams": ["T1"]}),
    ("li", "李质检", Role.REVIEWER, {}),
    ("wang", "王主管", Role.QA_MANAGER, {}),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """The folder of a product with the sample calls, on a day on which they are new."""
    folder = tmp_path_factory.mktemp("appeals")
    shutil.copyfile(migrated_sqlite, folder / "callqa.sqlite3")
    product = fill(
        open_product(make_settings(folder, f"sqlite:///{folder / 'callqa.sqlite3'}", whisper_model="none"))
    )
    (folder / "call").write_text(product.ids["wealth-002"])
    product.engine.dispose()
    return folder


@pytest.fixture
def site(tmp_path: Path, filled: Path) -> Iterator[Site]:
    shutil.copytree(filled, tmp_path / "site")
    url = f"sqlite:///{tmp_path / 'site/callqa.sqlite3'}"
    product = open_product(make_settings(tmp_path / "site", url, today=date(2026, 11, 20)))
    product.ids["wealth-002"] = (filled / "call").read_text()
    yield from serve(product)


def everybody_signs_in(site: Site) -> None:
    """Accounts with a session each, whose cookie is the login: passwords have tests of their own."""
    with writing(site.product.engine) as opened:
        for login, name, role, scope in PEOPLE:
            account = AccountRow(login=login, name=name, role=role, password="-", **scope)
            opened.add(account)
            opened.flush()
            opened.add(SignInRow(token_sha=sha(login), account_id=account.id))


def as_person(open_page: OpenPage, site: Site, login: str, **options: str) -> Page:
    page = open_page(f"{site.url}/sign-in", **options)
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": login, "url": site.url}])
    page.goto(site.url)
    return page


def test_an_agent_appeals_and_sees_the_new_score(open_page: OpenPage, site: Site, picture: Picture) -> None:
    everybody_signs_in(site)
    agent = as_person(open_page, site, "zhao")
    agent.goto(f"{site.url}/inbox")
    agent.locator(".inbox a", has_text="2026-11-03").click()
    item = agent.locator(f'.item[data-id="{ITEM}"]')
    before = agent.locator(".card-score .big").inner_text()
    item.get_by_text("申诉这一项").click()
    item.get_by_label("针对").select_option(index=1)
    item.get_by_label("原因").select_option("other_meaning")
    item.get_by_label("申诉理由").fill("我念的是条款里的“不保证收益”")
    picture(agent, "appeal-file")
    assert faults(agent) == []
    item.get_by_role("button", name="提出申诉").click()
    card = item.locator(".appeal")
    expect(card.locator(".appeal-head")).to_contain_text("处理中 · 班组长")
    expect(card.locator(".appeal-head")).to_contain_text("还有")
    expect(item.get_by_text("申诉这一项")).to_be_hidden()  # once

    lead = as_person(open_page, site, "chen")
    lead.goto(f"{site.url}/inbox")
    lead.get_by_role("link", name="去处理").click()
    lead.get_by_role("button", name="领取下一通").click()
    lead.locator(".appeal").get_by_label("说明").fill("请质检听第三句")
    picture(lead, "appeal-lead")
    lead.get_by_role("button", name="转交质检").click()
    expect(lead.locator(".notice")).to_contain_text("已经全部领完")

    reviewer = as_person(open_page, site, "li")
    reviewer.goto(f"{site.url}/reviews?queue=appeals")
    picture(reviewer, "appeal-queue")
    assert faults(reviewer) == []
    reviewer.get_by_role("button", name="领取下一通").click()
    expect(reviewer.locator(".appeal")).to_contain_text("请质检听第三句")
    picture(reviewer, "appeal-decide")
    assert faults(reviewer) == []
    reviewer.get_by_role("button", name="改判", exact=True).click()
    expect(reviewer.locator(".notice")).to_contain_text("已经全部领完")
    reviewer.goto(f"{site.url}/appeals")
    expect(reviewer.locator("tr", has_text=ITEM)).to_contain_text("100%")
    picture(reviewer, "appeal-report")
    assert faults(reviewer) == []

    agent.reload()
    expect(card.locator(".appeal-head")).to_contain_text("改判")
    after = agent.locator(".standing-score").inner_text()
    assert float(after) > float(before)
    expect(card.locator(".appeal-head")).to_contain_text(f"→ {after}")
    expect(card.locator(".appeal-log")).to_contain_text("李质检")
    picture(agent, "appeal-overturned")
    agent.get_by_role("button", name="同意成绩").click()
    expect(agent.locator(".standing")).to_contain_text("赵鹏 已同意")
    agent.goto(f"{site.url}/inbox")
    expect(agent.locator(".inbox")).to_contain_text("没有等待确认的成绩")
    picture(agent, "inbox-agent")
    assert faults(agent) == []


def write(page: Page, text: str) -> None:
    page.keyboard.press("c")
    expect(page.locator(".comment-form textarea")).to_be_focused()
    page.keyboard.type(text)


def test_a_comment_is_written_at_its_moment_and_finds_whom_it_mentions(
    open_page: OpenPage, site: Site, picture: Picture
) -> None:
    everybody_signs_in(site)
    reviewer = as_person(open_page, site, "li", meant="ERR_INTERNET_DISCONNECTED")
    reviewer.goto(f"{site.call('wealth-002')}?at=12")
    write(reviewer, "@陈")
    expect(reviewer.locator(".people li")).to_have_text(["陈班长"])
    picture(reviewer, "comment-mention")
    assert faults(reviewer) == []
    reviewer.keyboard.press("Enter")
    reviewer.keyboard.type("这句可以讲讲")
    reviewer.keyboard.press("Control+Enter")
    comment = reviewer.locator(".comment")
    expect(comment).to_contain_text("@陈班长 这句可以讲讲")
    expect(comment).to_contain_text("0:12")
    expect(comment).to_contain_text("内部")
    expect(reviewer.locator(".wave-mark")).to_have_count(1)
    expect(reviewer.locator("#saved")).not_to_contain_text("已提交")  # the review is not submitted by it

    reviewer.context.set_offline(True)  # what is written without the server waits on the page
    write(reviewer, "第二条")
    reviewer.keyboard.press("Control+Enter")
    expect(reviewer.locator("#comment-status")).to_contain_text("还在本页")
    expect(reviewer.locator(".comment.is-waiting")).to_have_text("0:12 第二条")
    reviewer.context.set_offline(False)
    expect(reviewer.locator(".comment.is-waiting")).to_have_count(0)
    expect(reviewer.locator(".comment")).to_have_count(2)
    picture(reviewer, "comments")
    assert faults(reviewer) == []

    reviewer.locator(".comment").nth(1).get_by_role("button", name="修改").click()
    reviewer.locator(".comment-form textarea").fill("第二条,改过")
    reviewer.locator(".comment-form").get_by_label("坐席可见").check()
    reviewer.keyboard.press("Control+Enter")
    expect(reviewer.locator(".comment").nth(1)).to_contain_text("已修改")

    agent = as_person(open_page, site, "zhao")
    agent.goto(site.call("wealth-002"))
    expect(agent.locator(".comment")).to_have_count(1)
    expect(agent.locator(".comment")).to_contain_text("第二条,改过")

    lead = as_person(open_page, site, "chen")
    expect(lead.locator("#badge-inbox")).to_contain_text("1")
    lead.goto(f"{site.url}/inbox")
    picture(lead, "inbox-lead")
    assert faults(lead) == []
    lead.locator(".mentions a").click()
    expect(lead.locator(".comment.is-current")).to_contain_text("这句可以讲讲")
    expect(lead.locator("#badge-inbox")).to_be_hidden()
    lead.locator(".comment.is-current").get_by_role("button", name="标为已处理").click()
    expect(lead.locator(".comment").first).to_contain_text("陈班长 已处理")
    picture(lead, "comment-resolved")

    reviewer.reload()
    reviewer.locator(".comment").nth(1).get_by_role("button", name="撤回").click()
    expect(reviewer.locator(".comment").nth(1)).to_have_text("李质检 撤回了一条批注")
    with reading(site.product.engine) as opened:
        one, other = comments_of(opened, site.product.ids["wealth-002"])
        assert [line.kind for line in comment_changes(opened, one.id or 0)] == ["write", "resolve"]
        texts = [(line.kind, line.text) for line in comment_changes(opened, other.id or 0)]
    assert texts == [("write", "第二条"), ("edit", "第二条,改过"), ("withdraw", "第二条,改过")]
