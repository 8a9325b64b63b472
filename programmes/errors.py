"""The one error that speaks: its message is meant for the person at the keyboard, in both languages."""


class StatedError(Exception):
    """Something a person can correct; says what and where, and what to do, in German and English."""

    def __init__(self, german: str, english: str) -> None:
        super().__init__(english)
        self.german = german
        self.english = english
