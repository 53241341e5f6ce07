"""What no model can say about a condition: when it is true, false and unknown, what it shows, and an example that loads.

The catalogue in the docs is made from this and from the models; a condition without a note fails the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """`example` is a condition as it is written after `pass_when:`."""

    true: str
    false: str
    unknown: str
    evidence: str
    example: str


BLUR = (
    "The words (or, for a miss, 30 % of the stretch searched) were recognised with less than `min_confidence`; "
    "`by` is given and roles are only guessed; `within` counts seconds and the transcript has no times."
)
TIMES = (
    "The transcript has no times; `by` is given and roles are only guessed; an excuse was badly recognised."
)
FIGURE = "It cannot be measured there (too little speech, no times), or roles are only guessed."
PARTS = "The parts', three-valued: a part that is unknown matters only where it could change the answer."
HIT = "The words with turn, characters and milliseconds; for a miss the stretch that was searched."
MOMENT = "The stretch in milliseconds; for a miss the stretch that was searched."

NOTES: Mapping[str, Note] = {
    "all": Note(
        "Every part is true.", "A part is false.", PARTS, "That of the parts that decide.",
        "{all: [{says: {by: agent, any_of: [您好]}}, {says: {by: agent, any_of: [我是, 这里是]}}]}",
    ),
    "any": Note(
        "A part is true.", "Every part is false.", PARTS, "That of the parts that decide.",
        "{any: [{says: {by: agent, any_of: [再见]}}, {says: {by: agent, any_of: [祝您生活愉快]}}]}",
    ),
    "none": Note(
        "Every part is false.", "A part is true.", PARTS, "That of the parts that decide.",
        "{none: [{says: {by: agent, any_of: [保本]}}, {regex: {by: agent, pattern: '稳赚.{0,3}赔'}}]}",
    ),
    "not": Note(
        "The part is false.", "The part is true.", "The part is unknown.", "That of the part.",
        "{not: {fact: {field: direction, is: inbound}}}",
    ),
    "maybe": Note(
        "Never.", "The part is false.", "The part is true or unknown.", "That of the part.",
        "{maybe: {regex: {by: agent, pattern: '(都|也)(包|含)'}}}",
    ),
    "at_least": Note(
        "`n` parts are true.", "So many parts are false that `n` cannot be reached.", PARTS,
        "That of the parts that decide.",
        "{at_least: {n: 2, of: [{says: {any_of: [保额]}}, {says: {any_of: [保费]}}, {says: {any_of: [保障期]}}]}}",
    ),
    "says": Note(
        "The phrases are said, each of the keys given being met.", "One of them is not met.", BLUR,
        f"{HIT} `phrase` is the phrase of the form, `distance` the syllables that differ.",
        "{says: {by: agent, any_of: [我是, 这里是], within: {first_s: 30}, match: fuzzy}}",
    ),
    "regex": Note(
        "A pattern matches, and none of `not_regex` in that turn.", "None matches.", BLUR,
        f"{HIT} `phrase` is the first pattern.",
        "{regex: {by: agent, pattern: '工号\\d{4}', not_regex: '没有工号'}}",
    ),
    "number": Note(
        "A number in the range is said, with the unit and near the words asked for.", "None is.", BLUR, HIT,
        "{number: {by: agent, min: 100, max: 200, unit: [元, 块], near: [每个月]}}",
    ),
    "asks": Note(
        "A question of that kind is asked.", "None is.", BLUR, HIT,
        "{asks: {by: agent, open: true, count: {min: 2}}}",
    ),
    "repeats": Note(
        "A turn says nearly what an earlier one said.", "None does.", BLUR, HIT,
        "{repeats: {by: agent, min_chars: 8, similarity: 0.85, except: [确认一下]}}",
    ),
    "similar": Note(
        "A stretch is at least so near to one of the lines.", "None is.", BLUR,
        f"{HIT} `phrase` is the nearest line, `score` its likeness in 0..1.",
        "{similar: {by: agent, lines: [为保证服务质量本次通话将被录音, 本次通话全程录音请您知晓], within: {first_s: 60}}}",
    ),
    "resembles": Note(
        "The trained table takes what is said for such a violation with at least the likelihood `sure`, and it is claimed.",
        "Nothing reaches `doubt`, or it is denied, told of others, warned about, quoted from a rule or (`statement`) asked.",
        f"The likeliest words lie between `doubt` and `sure`. {BLUR}",
        "The clauses with turn, characters and milliseconds; `score` is the likelihood in 0..1.",
        "{resembles: {by: agent, what: guaranteed_return, sure: 0.9, doubt: 0.6}}",
    ),
    "after": Note(
        "`expect` holds after the anchor, near enough.",
        "It does not, or the anchor does not occur (say `na_when` for calls that the item is not about).",
        "The anchor or what is expected is unknown, or it is doubtful which occurrence is the nth.",
        "The anchor, then what was expected.",
        "{after: {says: {by: customer, any_of: $拒绝}, nth: first}, "
        "expect: {says: {by: agent, any_of: [理解]}}, within: {turns: 2, seconds: 20}}",
    ),
    "before": Note(
        "`expect` holds before the anchor, near enough.", "It does not, or the anchor does not occur.",
        "As for `after`.", "The anchor, then what was expected.",
        "{before: {number: {by: agent, unit: 元}, nth: 1}, expect: {asks: {by: agent, open: true}}}",
    ),
    "around": Note(
        "`expect` holds before or after the anchor, near enough.", "It does not, or the anchor does not occur.",
        "As for `after`.", "The anchor, then what was expected.",
        "{around: {silence: {min_s: 6}, nth: each}, expect: {says: {by: agent, any_of: [请稍等, 久等了]}}, "
        "within: {seconds: 5}}",
    ),
    "sequence": Note(
        "The steps happen in this order, near enough.", "They do not.",
        "Doubtful occurrences, or a step that may have gone unheard, could complete the order.",
        "Every step of the chain.",
        "{sequence: {steps: [{says: {by: agent, any_of: [您好]}}, {asks: {by: agent}}, {says: {by: agent, any_of: [再见]}}], "
        "strict: true}}",
    ),
    "flow": Note(
        "Every step on the path that the call took is passed, in order and near enough (optional ones aside).",
        "A step is surely missed, too early or too late; the reason names which.",
        "Doubtful words could complete the path, or lead along another.",
        "A line a step: its title as `phrase`, and the words that pass it or the stretch in which it was missed.",
        "{flow: {nodes: [{id: hello, title: 问候, when: {says: {by: agent, any_of: [您好]}}}, "
        "{id: need, title: 探需, when: {asks: {by: agent, open: true}}, weight: 2}, "
        "{id: bye, title: 道别, when: {says: {by: agent, any_of: [再见]}}}], "
        "edges: [{from: hello, to: bye, when: {says: {by: customer, any_of: $拒绝}}, within: {turns: 1}}, "
        "{from: hello, to: need}, {from: need, to: bye}]}}",
    ),
    "silence": Note(
        "There is such a silence.", "There is none.",
        "The transcript has no times; who spoke before or after it is asked and roles are only guessed; "
        "an excuse was badly recognised.",
        MOMENT, "{silence: {min_s: 6, next_by: agent, except: [请稍等, 我查一下], count: {max: 0}}}",
    ),
    "response_time": Note(
        "An answer took that long.", "None did.", TIMES, MOMENT,
        "{response_time: {by: agent, min_s: 4, within: {turns: 4}}}",
    ),
    "overlap": Note(
        "One side cuts into the other's speech.", "It does not.", TIMES, MOMENT,
        "{overlap: {by: agent, min_s: 1, after_s: 2, yielded: true, count: {min: 2}}}",
    ),
    "monologue": Note(
        "One side speaks that long without an answer.", "It does not.", TIMES, MOMENT,
        "{monologue: {by: agent, min_s: 45}}",
    ),
    "speech_rate": Note(
        "The pace is in the range.", "It is not.", FIGURE, "The figure and the stretch it is of.",
        "{speech_rate: {by: agent, per: turn, min_chars_per_min: 400, count: {min: 3}, except: [说快点]}}",
    ),
    "talk_ratio": Note(
        "The share is in the range.", "It is not.", FIGURE, "The figure and the stretch it is of.",
        "{talk_ratio: {by: agent, max: 0.7, within: {percent: [20, 80]}}}",
    ),
    "turns": Note(
        "The number is in the range.", "It is not.", "`by` is given and roles are only guessed.",
        "The figure and the stretch it is of.", "{turns: {by: customer, min: 3}}",
    ),
    "signal": Note(
        "The figure is in the range.", "It is not.", FIGURE, "The figure and the stretch it is of.",
        "{signal: {name: silence_ratio, max: 0.3}}",
    ),
    "duration": Note(
        "The recording's length is in the range.", "It is not.", "The length is not known.", "The figure.",
        "{duration: {min_s: 30, max_s: 1800}}",
    ),
    "hold": Note(
        "Seconds and number of holds are within the limits.", "They are not.",
        "The dialer's facts `hold_s` and `holds` are absent, and the transcript has no times or roles are only guessed.",
        "The silences that count as holds, or the dialer's figures.", "{hold: {max_s: 60, count: {max: 2}}}",
    ),
    "loudness": Note(
        "A turn is so loud, or grows so much louder.", "None does.",
        "The turns' sound was not measured (a transcript that came without sound), or roles are only guessed.",
        "The turns with their figure.", "{loudness: {by: agent, level_db: {min: 9}, count: {max: 1}}}",
    ),
    "pitch_movement": Note(
        "Pitch moves so much within a turn, or usually.", "It does not.",
        "The turns' sound was not measured or has no steady pitch, or roles are only guessed.",
        "The turns with their figure.", "{pitch_movement: {by: agent, usual_range_st: {min: 3}}}",
    ),
    "entity": Note(
        "An entity of one of the kinds is said.", "None is.", BLUR, f"{HIT}",
        "{entity: {by: agent, kind: [money, percent]}}",
    ),
    "sentiment": Note(
        "The state occurs, or the score or its shift is in the range.", "It does not, or is not.",
        "Too little was said to judge by, or roles are only guessed.",
        "The turns in that state, or the figure and the stretch it is of.",
        "{sentiment: {by: customer, shift: {min: -0.5}}}",
    ),
    "objection": Note(
        "An objection that fits all keys is raised.", "None is.", BLUR,
        "The customer's words; `phrase` is the type.",
        "{objection: {type: [price, defer], handled: true, step: advance}}",
    ),
    "stage": Note(
        "The call reaches one of the stages.", "It does not.", BLUR, "The turns of that stage.",
        "{stage: {any_of: [closing, farewell], within: {last_s: 60}}}",
    ),
    "fact": Note(
        "The fact is so.", "It is not.", "The fact is absent or cannot be compared so (never for `missing`).",
        "The field and its value.", '{fact: {field: started_at, between: ["09:00", "21:00"]}}',
    ),
    "history": Note(
        "So many earlier calls fit all keys.", "They do not.",
        "Nobody looked for earlier calls (no customer id), or a fact asked about one of them is absent.",
        "Time, outcome and objections of the calls; the latest five.",
        "{history: {within_days: 30, objection: [do_not_call], count: {min: 1}}}",
    ),
    "item": Note(
        "The other item came out so.", "It came out otherwise.",
        "It is unknown, unless `unknown` is asked for.", "That of the other item.",
        "{item: {id: a.b, verdict: [pass, na]}}",
    ),
    "use": Note(
        "The named condition is true.", "It is false.", "It is unknown.", "That of the condition.",
        "{use: 客户拒绝}",
    ),
    "llm": Note(
        "The model answers yes with a quote that stands in the transcript.", "It answers no.",
        "No model is set up (`CALLQA_LLM_URL`), it is away, it does not know, its quote was not said (by `by`, in "
        "`within`), the words quoted (for a no: 30 % of what it read) were badly recognised, or `by` is given and roles "
        "are only guessed.",
        "The quote, found again in the transcript; `phrase` is the question. Pins name the model.",
        "{llm: {question: 坐席是否说明了提前还款的费用, by: agent}}",
    ),
}  # fmt: skip

KEYS: Mapping[tuple[str, str], str] = {
    ("by", ""): "Who.",
    ("within", ""): "Where to look; the whole call if left out.",
    ("within", "[distance](#distance)"): "How near; anywhere on that side if left out.",
    ("count", ""): "How often; at least once if left out.",
    (
        "except",
        "",
    ): "What excuses a hit. Phrases: said in the same sentence (for timing: by anyone in the two turns "
    "before). A condition: true from two turns before to one turn after.",
    ("min", ""): "At least this.",
    ("max", ""): "At most this.",
    ("min_s", ""): "At least so long.",
    ("max_s", ""): "At most so long.",
    ("min_chars_per_min", ""): "At least so fast.",
    ("max_chars_per_min", ""): "At most so fast.",
    ("id", ""): "A name of its own.",
    ("title", ""): "How people call it.",
    ("from", ""): "Id of a step.",
    ("to", ""): "Id of a step.",
    ("verdict", ""): "One of these.",
    ("n", ""): "So many.",
    ("of", ""): "Of these.",
    ("all", ""): "The parts.",
    ("any", ""): "The parts.",
    ("none", ""): "The parts.",
    ("not", ""): "The part.",
    ("maybe", ""): "The part.",
    ("use", ""): "A name in the form's `conditions:`.",
    ("after", ""): "What it starts from.",
    ("before", ""): "What it ends at.",
    ("around", ""): "What it is beside.",
    ("expect", ""): "What must hold there.",
    ("steps", ""): "In this order.",
    ("any_of", ""): "One of these.",
    ("first_s", ""): "The first so many seconds.",
    ("last_s", ""): "The last so many seconds.",
    ("from_s", ""): "From this second of the recording.",
    ("to_s", ""): "To this second of the recording.",
    ("turns", ""): "At most so many changes of speaker.",
    ("seconds", ""): "At most so many seconds.",
    ("type", ""): "One of these types; any if left out.",
    ("nodes", ""): "The steps.",
    ("edges", ""): "The ways between them.",
    ("is", ""): "Exactly this; `*` in a text stands for anything.",
    ("on", ""): "normalized: simplified characters, spoken numerals as digits. original: as recognised.",
}
"""The meaning of keys that need no words where they are defined, by key and kind of value (any kind: empty)."""

WAYS: Mapping[str, tuple[str, str]] = {
    "pass_when": ("Passes where the condition is true.", "pass_when: {says: {by: agent, any_of: [您好]}}"),
    "fail_when": ("Fails where the condition is true.", "fail_when: {says: {by: agent, any_of: [保本]}}"),
    "graded": (
        "The first step whose `when` is true gives the credit; an unknown step above it opens an interval.",
        "graded: [{when: {asks: {count: {min: 2}}}, credit: 1}, {when: {asks: {}}, credit: 0.5}, {otherwise: 0}]",
    ),
    "measure": (
        "A measured figure on a line of `[value, credit]` points.",
        "measure: {signal: agent_chars_per_min, points: [[240, 1], [400, 0]]}",
    ),
    "flow": (
        "The share of the weighted steps passed on the path that the call took; doubtful steps open an interval.",
        "flow: {nodes: [{id: hi, title: 问候, when: {says: {any_of: [您好]}}}, {id: ask, title: 探需, when: {asks: {}}}]}",
    ),
    "deduct": (
        "Points off the score for every occurrence, up to `cap`.",
        "deduct: {when: {overlap: {by: agent}}, points: 2, cap: 6}",
    ),
    "bonus": (
        "Points onto the score, once or for every occurrence.",
        "bonus: {when: {says: {by: customer, any_of: [谢谢你]}}, points: 2, per: once}",
    ),
    "manual": (
        "A person answers; unknown until then.",
        "manual: {type: single, question: 结束语是否得体?, options: [{label: 是, credit: 1}, {label: 否, credit: 0}]}",
    ),
}
