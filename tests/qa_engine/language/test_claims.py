"""What is claimed, and what is only denied, asked, reported or warned about. `|…|` marks the words in question."""

import pytest

from qa_engine.language.claims import ClaimKind, is_claim
from qa_engine.language.normalize import normalize

CLAIMED = [
    "这款产品|保本|保息",
    "您放心,|保本|的,别听别人瞎说",
    "别人家不敢做,我们|保本|",
    "您别犹豫了,|稳赚不赔|",
    "不用担心,|本金安全|",
    "您不能错过这款|保本|的",
    "您今天办,我|保证收益|",  # a conditional promise is a promise
    "如果亏了,|我赔给您|",
    "这么|稳赚不赔|的产品,您还犹豫什么",
    "|稳赚不赔|您别后悔",
    "|保本|不会让您吃亏",
    "|没有风险|您放心",
    "不是说了嘛,|没有风险|",
    "大家都买了,|稳赚不赔|",
    "|保本|,您信我,别信外面的",
    "|保本保息|,我们是正规公司,不会骗您",
]

UNCLAIMED = [
    "这款不|保本|",  # denied before
    "没有谁能说|稳赚不赔|",
    "谁都不敢说|稳赚不赔|",
    "我们做这一行的谁也不敢跟客户打包票说|稳赚不赔|",
    "从来没跟您说过|保本|",
    "不能给您任何|保本|的承诺",
    "没有哪家公司能承诺|保证收益|",
    "不是每个产品都|保本|的",
    "哪有|稳赚不赔|的生意",
    "并不是|没有风险|",
    "也不能说就完全|没有风险|",
    "收益高不代表|没有风险|",
    "有人|冒充银行|打电话",
    "没有哪家机构能|保证提分|",
    "没有哪个产品是|没有风险|的",
    "|保本|我们做不到",  # denied after
    "|保本|是不可能的",
    "|稳赚不赔|这种话我不敢说",
    "|保证收益|的话我们不能讲",
    "|包过|那是骗人的",
    "|稳赚不赔|?没有的事",
    "承诺|保本|属于违规",
    "您是问|保本|吗",  # asked
    "您问的是|保本|还是浮动",
    "保不|保本|得看产品",
    "这款到底|保本|要看合同",
    "是不是|保本|我给您查一下",
    "别人跟您说|包过|您要小心",  # told of others
    "有人打电话让您|转到个人账户|",
    "外面那些|包过|的",
    "谁跟您说|保本|您让他写下来",
    "骗子最爱说|稳赚不赔|",
    "说|稳赚不赔|的,您要小心",  # warned about
    "让您|转到个人账户|的都是骗子",
    "跟您承诺|保本|的人,十有八九是骗子",
    "监管规定不得承诺|保证收益|",  # a rule
    "公司有规定,严禁业务员|转到个人账户|",
    "谨防以高息|保本|为名的诈骗",
    "国债才敢说|保本|,咱们这是混合型",  # of something else
    "之前有业务员|私下收钱|,已经开除了",
    "|国家级|这种词广告法不让用",
    "要是真的|稳赚不赔|我自己早买了",  # not so
]


def claimed(marked: str, *, kind: ClaimKind = "statement") -> bool:
    *before, core, after = marked.split("|")
    text = "".join((*before, core, after))
    return is_claim(normalize(text).text, len("".join(before)), len("".join(before)) + len(core), kind=kind)


@pytest.mark.parametrize("marked", CLAIMED)
def test_is_claimed(marked: str) -> None:
    assert claimed(marked)


@pytest.mark.parametrize("marked", UNCLAIMED)
def test_is_not_claimed(marked: str) -> None:
    assert not claimed(marked)


@pytest.mark.parametrize("marked", ["|转到我微信|可以吗", "你是不是|脑子有病|?"])
def test_a_demand_may_be_a_question(marked: str) -> None:
    assert claimed(marked, kind="demand")
    assert not claimed(marked)


@pytest.mark.parametrize(
    "marked",
    ["那帮人|真不要脸|,拿了钱就跑", "这系统|是个废物|,又卡了", "我要是骗您,|天打雷劈|", "|等着|啊,我给您查"],
)
def test_what_is_said_of_others_insults_nobody(marked: str) -> None:
    assert claimed(marked, kind="demand")
    assert not claimed(marked, kind="insult")


@pytest.mark.parametrize("marked", ["我|让人去你家|坐着", "|废物|一个", "你这人|真不要脸|"])
def test_what_is_said_to_the_listener_insults(marked: str) -> None:
    assert claimed(marked, kind="insult")
