"""The models that the product knows by name, with what has been published about them.

Character error rates (%) are those of the model cards of BELLE-2/Belle-whisper-large-v2-zh and -v3-zh (same authors,
same test sets for all rows): AISHELL-1 is read speech, WenetSpeech meeting is far-field, HKUST is telephone speech,
the nearest to a call. None means that no comparable figure is known, not that it is good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class PublishedCer:
    """Character error rates in per cent on three public Mandarin test sets."""

    aishell_1: float
    wenetspeech_meeting: float
    hkust_telephone: float


@dataclass(frozen=True, slots=True)
class KnownModel:
    """`repository` is the hub repository in CTranslate2 form; "" where the authors publish none and the model has to
    be converted from `convert_from` once. `size_mb` is the download in float16, `relative_speed` how many times as
    fast as large-v2 the model's authors give, both approximate."""

    name: str
    repository: str
    size_mb: int
    relative_speed: float
    explanation_zh: str
    explanation_en: str
    cer: PublishedCer | None = None
    convert_from: str = ""


_SMALL_ZH: Final = "体积小、速度快,电话录音中文错误多;没有可比的公开中文电话错误率。"
_SMALL_EN: Final = (
    "Small and fast, many errors on Chinese calls; no comparable telephone figure is published."
)

KNOWN_MODELS: Final[tuple[KnownModel, ...]] = (
    KnownModel(
        "demo", "", 9, 0.0,
        "随产品自带的演示模型:只认识样例录音里的合成声音,不能用于真实通话。",
        "Ships with the product; knows only the synthetic sample voices. Not for real calls.",
    ),
    KnownModel("tiny", "Systran/faster-whisper-tiny", 75, 32, _SMALL_ZH, _SMALL_EN),
    KnownModel("base", "Systran/faster-whisper-base", 145, 16, _SMALL_ZH, _SMALL_EN),
    KnownModel(
        "small", "Systran/faster-whisper-small", 484, 6,
        "无显卡时的起点:可以看清流程,但电话录音中文错误仍多。",
        "Where to start without a GPU: shows the whole path, still many errors on calls.",
    ),
    KnownModel(
        "medium", "Systran/faster-whisper-medium", 1530, 2,
        "介于 small 与 large 之间;有显卡时不如直接用 large-v3-turbo。",
        "Between small and large; with a GPU large-v3-turbo is the better choice.",
    ),
    KnownModel(
        "large-v2", "Systran/faster-whisper-large-v2", 3090, 1,
        "通用大模型;电话中文约每三字错一字(HKUST 31.9%)。",
        "General large model; about one character in three is wrong on telephone Mandarin (HKUST).",
        PublishedCer(8.818, 26.413, 31.917),
    ),
    KnownModel(
        "large-v3", "Systran/faster-whisper-large-v3", 3090, 1,
        "通用大模型,略好于 large-v2;静音处更容易凭空出字,产品有相应防护。",
        "General large model, somewhat better than large-v2; invents more on silence, against which there are guards.",
        PublishedCer(8.085, 20.15, 28.597),
    ),
    KnownModel(
        "large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1620, 8,
        "large-v3 的提速版,一张普通显卡即可;中文电话错误率没有可比的公开数字。",
        "The fast version of large-v3 for one ordinary GPU; no comparable telephone figure is published.",
    ),
    KnownModel(
        "belle-large-v2-zh", "", 3090, 1,
        "推荐用于生产:large-v2 的中文微调,电话中文错误率减半(HKUST 16.3%);不出标点,产品按停顿补。需自行转换一次。",
        "Recommended for production: large-v2 fine-tuned on Chinese, half the errors on calls. Convert once.",
        PublishedCer(2.549, 14.598, 16.289),
        "BELLE-2/Belle-whisper-large-v2-zh",
    ),
    KnownModel(
        "belle-large-v3-zh", "", 3090, 1,
        "推荐用于嘈杂录音:large-v3 的中文微调(HKUST 16.4%,会议 11.2%)。需自行转换一次。",
        "Recommended for noisy recordings: large-v3 fine-tuned on Chinese. Convert once.",
        PublishedCer(2.781, 11.246, 16.440),
        "BELLE-2/Belle-whisper-large-v3-zh",
    ),
    KnownModel(
        "belle-large-v3-turbo-zh", "", 1620, 8,
        "推荐用于大批量:large-v3-turbo 的中文微调,自带标点。需自行转换一次。",
        "Recommended for volume: large-v3-turbo fine-tuned on Chinese, with punctuation. Convert once.",
        convert_from="BELLE-2/Belle-whisper-large-v3-turbo-zh",
    ),
)  # fmt: skip


def known_model(name: str) -> KnownModel | None:
    """The model of that name, or None."""
    return next((model for model in KNOWN_MODELS if model.name == name), None)


def conversion_command(model: KnownModel) -> str:
    """The command that makes a CTranslate2 folder of a model that is published for Transformers only."""
    return (
        f"ct2-transformers-converter --model {model.convert_from} --output_dir models/{model.name} "
        "--copy_files tokenizer.json preprocessor_config.json --quantization float16"
    )
