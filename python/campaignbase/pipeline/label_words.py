"""What an embedder is given for a label. The hash beside the vector is that of the text as stored."""

from campaignbase.core.text import spoken
from campaignbase.ports import Embedder, PromptedEmbedder


def label_words(embedder: Embedder, text: str) -> str:
    prompt = embedder.label_prompt if isinstance(embedder, PromptedEmbedder) else ""
    return prompt + spoken(text)
