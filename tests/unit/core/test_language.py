import pytest

from campaignbase.core.language import LanguageDetector


def words_of(line):
    return frozenset(line.split())


DETECTOR = LanguageDetector(
    {
        "en": words_of("a and are at for in is it of on our the this to we will with you your"),
        "de": words_of("an das der die ein für ihr in ist mit nicht sie und wir zu"),
        "es": words_of("a con de el en la los no para que se su un una y"),
        "fr": words_of("a avec dans de des et la le les nous pour que un une vous"),
        "pt": words_of("a com de e em não o os para que se um uma"),
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We are hiring a line cook", "en"),
        ("Join us for the launch on Thursday", "en"),
        ("Wir suchen Köche für das neue Restaurant und die Bar", "de"),
        ("Nous cherchons un cuisinier pour le restaurant", "fr"),
        ("Buscamos un cocinero para el restaurante y la barra", "es"),
        ("Procuramos um cozinheiro para o restaurante e não só", "pt"),
        # short, or hardly any function words
        ("We are hiring", None),
        ("Hiring", None),
        ("Big summer sale starts today", None),
        ("Sale sale sale the the the sale", None),  # one function word, however often
        ("", None),
        ("12 34 — 🎉", None),
        # every listed language shares "de", "la", "a", "que": nobody leads
        ("de la a que la de", None),
        # Swedish: "för" and "på" have letters none of these but German writes, and too few words are known
        ("Vi söker en kock på vår nya restaurang för sommaren", None),
        # between Spanish and Portuguese, but for the mark
        ("Casa para gatos que se venden", None),
        ("¿Casa para gatos que se venden?", "es"),
        # English words with letters no English text has
        ("This is ąćęłńś on the wall", None),
        # Polish letters
        ("Szukamy kucharza do naszej restauracji w centrum", None),
        # scripts
        ("Мы ищем повара, приходите, это вы", "ru"),
        ("Ми шукаємо кухаря, приєднуйтеся", "uk"),
        ("Търсим готвач", None),  # Cyrillic without a letter that tells
        ("Ζητούμε μάγειρα", "el"),
        ("我们正在招聘厨师", "zh"),
        ("シェフを募集しています", "ja"),
        ("料理人を募集", "ja"),  # one kana among Chinese characters
        ("요리사를 모집합니다", "ko"),
        ("نبحث عن طباخ", "ar"),
        ("ما به دنبال آشپز هستیم پیش", "fa"),
        ("אנחנו מחפשים טבח", "he"),
        ("เรากำลังมองหาพ่อครัว", "th"),
        ("हम रसोइये की तलाश में हैं", None),  # Hindi, Marathi and Nepali look alike
        ("New: 新しいメニュー menu for spring lovers", None),  # mixed
    ],
)
def test_detect_tells_languages_apart(text, expected):
    assert DETECTOR.detect(text) == expected


def test_detect_without_lists_knows_scripts_only():
    nobody = LanguageDetector({})
    assert nobody.detect("We are hiring a line cook") is None
    assert nobody.detect("Ζητούμε μάγειρα") == "el"


def test_detect_counts_common_words_beside_function_words():
    common = {"en": words_of("sale tonight"), "de": words_of("heute sale")}
    detector = LanguageDetector({"en": words_of("the at"), "de": words_of("der um")}, common)
    assert detector.detect("Rooftop yoga tonight at sunset") == "en"
    assert detector.detect("Rooftop yoga heute um acht") == "de"
    assert detector.detect("Rooftop yoga sale by candlelight") is None  # both say "sale"


def test_detect_leaves_a_text_alone_that_speaks_like_another_language():
    lists = {"en": words_of("for is we")}
    assert LanguageDetector(lists).detect("We sell is for alle og ikke") == "en"
    assert (
        LanguageDetector(lists, other_words=words_of("alle og ikke")).detect("We sell is for alle og ikke")
        is None
    )
