"""Words for yes and no: none is both, and the draft takes no letters of different languages for them."""

import pytest

from schemas.yes_no import NO_WORDS, YES_WORDS, are_yes_and_no


def test_no_word_means_both():
    assert not set(YES_WORDS) & set(NO_WORDS)
    assert {word.lower() for word in (*YES_WORDS, *NO_WORDS)} == {*YES_WORDS, *NO_WORDS}


@pytest.mark.parametrize("texts", [{"ja", "nein"}, {"yes", "no", "y"}, {"1.0", "0.0"}, {"sim", "não"}, {"n", "j"}])
def test_words_of_one_language_are_yes_and_no(texts):
    assert are_yes_and_no(texts)


@pytest.mark.parametrize("texts", [{"yes"}, {"ja", "non"}, {"s", "f"}, {"m", "f"}, {"1", "2"}, {"yes", "no", "maybe"}])
def test_other_words_are_no_answers(texts):
    assert not are_yes_and_no(texts)
