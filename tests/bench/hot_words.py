"""Hot words put right by sound: what it repairs, and what it spoils."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from fixtures.builders.demo_model.evaluate import held_out_calls, sample_calls
from fixtures.builders.demo_model.recognise import transcribed
from fixtures.builders.demo_model.scoring import Errors, count_errors, pooled
from qa_engine.calls import Corrected, Word
from qa_engine.language.phonetics import folded_syllable, sounds
from qa_engine.speech.cleanup import spoken_chars
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.hot_word_repair import repaired
from tests.bench.labelled_calls import load_calls
from tests.bench.runs import Runs
from tests.bench.samples import Sample
from tests.bench.statistics import share

COMPANIES = {
    "ins": "安心保险", "credit": "鑫诚信贷", "edu": "启明教育", "tel": "云联通信", "wealth": "恒远财富",
}  # fmt: skip
# Invented, and in no recording or script: whatever is changed into one of them is spoilt.
STRANGERS = (
    "华安人寿", "信达贷款", "新知学堂", "联信宽带", "永恒理财", "金泰", "诚信", "远航", "康宁保", "易借通", "学而优",
    "畅听卡", "王丽萍", "李建国", "张晓燕", "刘志强", "陈静", "杨帆", "黄海涛", "周文杰", "吴敏", "徐佳慧", "孙丽",
    "马晓东", "朱婷", "何俊", "郭明", "罗小红", "梁伟", "宋佳", "郑爽爽", "谢芳", "韩磊", "唐雪", "冯洁", "董卿华",
    "安享一生", "如意保", "薪易贷", "好学班", "全家享", "稳盈宝",
)  # fmt: skip
SEED = 4


def section(runs: Runs) -> list[str]:
    """The section of the report."""
    return [
        "## Hot words",
        "",
        *on_recordings(runs.samples),
        "",
        *on_mishearings(runs.samples),
        "",
        *on_strangers(runs.samples),
        "",
    ]


def hot_words(sample: Sample) -> tuple[str, ...]:
    """As a campaign's file would give them: its company, and the agent of the call."""
    name = sample.script.facts.agent_name
    return (COMPANIES[sample.id.split("-")[0]], *((name,) if name else ()))


def on_recordings(samples: Sequence[Sample]) -> list[str]:
    """What the demo model wrote, before and after."""
    recognizer = load_recognizer("demo", threads=1)
    rows: list[str] = []
    everybody = tuple(dict.fromkeys(word for sample in samples for word in hot_words(sample)))
    sets = {
        "sample calls": [(r, hot_words(s)) for r, s in zip(sample_calls(), samples, strict=True)],
        "held-out sentences": [(r, everybody) for r in held_out_calls()],
    }
    for name, recordings in sets.items():
        before: list[Errors] = []
        after: list[Errors] = []
        changes = worse = 0
        for recording, words in recordings:
            heard = transcribed(recognizer, recording.audio, recording.name)
            for turns, (_, found) in zip(recording.turns, heard, strict=True):
                said = "".join(turn.text for turn in turns)
                fixed, corrected = repaired(found, words, channel=0)
                before.append(count_errors(recording.name, said, _text(found)))
                after.append(count_errors(recording.name, said, _text(fixed)))
                changes += len(corrected)
                worse += after[-1].errors > before[-1].errors
        old, new = pooled(before), pooled(after)
        rows.append(f"| {name} | {old.rate:.2%} | {new.rate:.2%} | {old.characters} | {changes} | {worse} |")
    return [
        "| demo model | CER before | CER after | characters | changes | channels made worse |",
        "|---|---|---|---|---|---|",
        *rows,
    ]


def on_mishearings(samples: Sequence[Sample]) -> list[str]:
    """Hot words in the scripts, one or two of their characters replaced by others of the same or a folded sound."""
    rng = random.Random(SEED)
    found: dict[int, list[bool]] = defaultdict(list)
    spoilt = 0
    for sample in samples:
        words = hot_words(sample)
        for turn in sample.script.transcript.turns:
            for word in words:
                for place in re.finditer(word, turn.text):
                    wrong = misheard(word, rng)
                    text = turn.text[: place.start()] + wrong + turn.text[place.end() :]
                    fixed, _ = repaired(_as_words(text, 0.6), words, channel=0)
                    found[len(word)].append(_text(fixed) == turn.text)
                    spoilt += _text(fixed) not in {turn.text, text}
    return [
        "| characters of the hot word, misheard on purpose | put right |",
        "|---|---|",
        *(f"| {length} | {share(sum(right), len(right))} |" for length, right in sorted(found.items())),
        "",
        f"Of these {sum(map(len, found.values()))} turns {spoilt} were changed otherwise.",
    ]


def misheard(word: str, rng: random.Random) -> str:
    """One or two characters become common ones that sound alike."""
    chars = list(word)
    for place in rng.sample(range(len(chars)), k=rng.choice((1, 2))):
        alike = [
            char for char in _alike(folded_syllable(sounds().plain(chars[place]))) if char != chars[place]
        ]
        if alike:
            chars[place] = rng.choice(alike)
    return "".join(chars)


@cache
def _alike(folded: str) -> tuple[str, ...]:
    """The characters of that sound that jieba's dictionary counts most."""
    from qa_engine.language.words import likelihood

    chars = [char for char in sounds().toned if folded_syllable(sounds().plain(char)) == folded]
    return tuple(sorted(chars, key=likelihood, reverse=True)[:8])


def on_strangers(samples: Sequence[Sample]) -> list[str]:
    """Texts in which none of the words is said, at several levels of confidence."""
    texts = {
        "scripts of the sample calls": [t.text for s in samples for t in s.script.transcript.turns],
        "frozen set of whole calls": [t.text for c in load_calls() for t in c.call.transcript.turns],
    }
    rows = []
    for name, lines in texts.items():
        clean = [line for line in lines if not any(word in line for word in STRANGERS)]
        for confidence in (0.95, 0.5):
            wrong: list[Corrected] = []
            for line in clean:
                wrong += repaired(_as_words(line, confidence), STRANGERS, channel=0)[1]
            characters = sum(len(spoken_chars(line)) for line in clean)
            rows.append(f"| {name} | {confidence} | {len(wrong)} | {characters} | {len(clean)} |")
    return [
        f"{len(STRANGERS)} hot words that nobody says:",
        "",
        "| text | confidence | false changes | characters | n turns |",
        "|---|---|---|---|---|",
        *rows,
    ]


def _as_words(text: str, confidence: float) -> tuple[Word, ...]:
    return tuple(Word(char, at * 0.2, at * 0.2 + 0.2, confidence) for at, char in enumerate(text))


def _text(words: Sequence[Word]) -> str:
    return "".join(word.text for word in words)
