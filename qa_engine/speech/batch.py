"""A queue of recordings → transcripts, several calls in the recogniser at a time.

Calls are opened one after another until they hold enough speech to fill the recogniser's batches, then heard together. Nothing
waits for calls that are not there: where the queue has one, it is heard at once. However long the queue, only the calls of one
group are in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final, Generic, TypeVar

from qa_engine.speech.engines.base import Recognizer
from qa_engine.speech.engines.batches import recognize_all
from qa_engine.speech.transcribe import Prepared, Recording, Transcribed, finish, prepare

K = TypeVar("K")
# Two batches of eight windows of 28 s a group: more gains nothing, and the first calls of a queue end later.
MOST_SPEECH_S: Final = 450.0
# Decoded sound is 128 kB a second and two channels: a group stays below some 150 MB and its longest call.
MOST_SOUND_S: Final = 1200.0
MOST_CALLS: Final = 32


@dataclass(frozen=True, slots=True)
class Asked(Generic[K]):
    """A call of the queue under the caller's `key`. `open` decodes it and may raise."""

    key: K
    open: Callable[[], Recording]


@dataclass(frozen=True, slots=True)
class Ended(Generic[K]):
    """What came of a call: `made`, or the `error` that opening, preparing, recognising or finishing it raised."""

    key: K
    made: Transcribed | None = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Opened(Generic[K]):
    key: K
    prepared: Prepared | None
    error: Exception | None


def transcribe_many(
    queue: Iterable[Asked[K]], recognizer: Recognizer, *, threads: int = 1
) -> Iterator[Ended[K]]:
    """One result a call, in the order of the queue; one that fails does not fail the others. `threads` decode and prepare
    calls at the same time."""
    rest = iter(queue)
    with ThreadPoolExecutor(threads, thread_name_prefix="speech") as pool:
        while group := _group(rest, pool, threads):
            heard = [one for one in group if one.prepared]
            made = iter(_together(heard, recognizer))
            for one in group:
                yield next(made) if one.prepared else Ended(one.key, error=one.error)


def _group(rest: Iterator[Asked[K]], pool: ThreadPoolExecutor, threads: int) -> list[_Opened[K]]:
    """The next calls, until they hold enough to be worth hearing together, or there are no more."""
    group: list[_Opened[K]] = []
    speech_s = sound_s = 0.0
    while speech_s < MOST_SPEECH_S and sound_s < MOST_SOUND_S and len(group) < MOST_CALLS:
        opened = list(pool.map(_open, islice(rest, threads)))
        if not opened:
            break
        group += opened
        found = [one.prepared for one in opened if one.prepared]
        speech_s += sum(prepared.speech_s for prepared in found)
        sound_s += sum(prepared.recording.audio.duration_s for prepared in found)
    return group


def _open(asked: Asked[K]) -> _Opened[K]:
    try:
        return _Opened(asked.key, prepare(asked.open()), None)
    except Exception as error:  # noqa: BLE001 (a call's own fault; its neighbours go on)
        return _Opened(asked.key, None, error)


def _together(group: Sequence[_Opened[K]], recognizer: Recognizer) -> Iterator[Ended[K]]:
    """Where hearing a group fails, each call is heard alone, so that the fault is that of one call."""
    prepared = [one.prepared for one in group if one.prepared]
    if len(prepared) < 2:
        yield from (_alone(one, recognizer) for one in group)
        return
    voices = [one.voices(recognizer) for one in prepared]
    try:
        heard = iter(recognize_all(recognizer, [voice for own in voices for voice in own]))
    except Exception:  # noqa: BLE001 (said by the call that raises it again)
        yield from (_alone(one, recognizer) for one in group)
        return
    for one, ours, own in zip(group, prepared, voices, strict=True):
        yield _ended(one.key, partial(finish, ours, list(islice(heard, len(own))), recognizer))


def _alone(one: _Opened[K], recognizer: Recognizer) -> Ended[K]:
    assert one.prepared is not None, "only prepared calls are heard"
    prepared = one.prepared
    return _ended(
        one.key, lambda: finish(prepared, recognize_all(recognizer, prepared.voices(recognizer)), recognizer)
    )


def _ended(key: K, work: Callable[[], Transcribed]) -> Ended[K]:
    try:
        return Ended(key, made=work())
    except Exception as error:  # noqa: BLE001
        return Ended(key, error=error)
