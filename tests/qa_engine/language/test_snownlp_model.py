"""The baseline: SnowNLP's figures without SnowNLP's import."""

from __future__ import annotations

import subprocess
import sys
import warnings

import pytest

from qa_engine.language.snownlp_model import Bayes, jieba_words, shipped_bayes, snownlp_words

SENTENCES = [
    "不需要,谢谢",
    "这个产品挺好的,我很喜欢",
    "太贵了,你们是不是骗子",
    "您好,我是安心保险的小李,工号8021",
    "好的,那你明天下午三点打给我吧",
    "你们的服务真差!!!我要投诉",
    "每个月500元,保额20万元,年化3.5%",
    "不满意,没有一点用,别再打了",  # the stop list of SnowNLP drops 没有 and 别
    "謝謝您,我覺得不錯",
    "ok 没问题 bye",
    "嗯",
    "龘龘你好",  # a character that its segmenter has never seen
    "…… 😀",
    "我本来想买的，后来听朋友说理赔特别麻烦，等了半年都没有结果，所以还是算了吧，你也别再给我打电话了",
]


@pytest.fixture(scope="module")
def snownlp_sentiments() -> list[float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it leaves its stop list open
        from snownlp import SnowNLP

        return [float(SnowNLP(sentence).sentiments) for sentence in SENTENCES]


@pytest.mark.slow
def test_the_probabilities_are_those_of_snownlp(snownlp_sentiments: list[float]) -> None:
    ours = [shipped_bayes().positive(snownlp_words(sentence)) for sentence in SENTENCES]
    assert ours == pytest.approx(snownlp_sentiments, abs=1e-9)


def test_jiebas_words_are_the_text_without_its_spaces() -> None:
    assert [("".join(jieba_words(s))) for s in SENTENCES] == ["".join(s.split()) for s in SENTENCES]


def test_ignored_words_say_nothing_and_unseen_ones_little() -> None:
    bayes = Bayes({"好": 1.0}, unseen=-0.1, prior=0.0, ignored=frozenset({"的"}))
    assert bayes.positive(["的"]) == 0.5
    assert bayes.positive(["好"]) > 0.5 > bayes.positive(["桌子"])


def test_a_very_long_text_does_not_overflow() -> None:
    bayes = Bayes({"好": 1.0}, unseen=0.0, prior=0.0, ignored=frozenset())
    assert bayes.positive(["好"] * 5000) == pytest.approx(1)


def test_nothing_of_snownlp_or_jieba_is_loaded_by_the_default() -> None:
    code = (
        "import sys; from qa_engine.language.sentiment import table_scores; table_scores(['好的']);"
        "from qa_engine.language import snownlp_model as s;"
        "assert not s.shipped_bayes.cache_info().currsize;"
        "assert not {'snownlp', 'jieba'} & {name.split('.')[0] for name in sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
