"""What the API answers, typed; documents that are stored whole (transcript, evaluation, analysis) keep their format."""
