"""One Whisper in the forms that the engines of the field load: CTranslate2, openai-whisper, whisper.cpp."""
