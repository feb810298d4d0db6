"""Microsoft Presidio as a peer: its own recognisers on the same sentences. Never needed, and only used where it is.

There is no language model on the package index for it to run on, so it gets a blank one: its pattern recognisers work
whole, and what takes a model, people and places, it cannot find. Its phone recogniser is told the regions in question.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, Final

from console.bench.labelled import Label

PACKAGE: Final = "presidio-analyzer"
_KINDS: Final = {
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "bank_card",
    "EMAIL_ADDRESS": "email",
    "PERSON": "name",
    "LOCATION": "address",
    "ID": "id_number",
    "CN_ID": "id_number",
}
_LEAST: Final = 0.3


def installed() -> str:
    """Its version; empty where it is not installed."""
    if find_spec("presidio_analyzer") is None:
        return ""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


def detector() -> Callable[[str], list[Label]]:
    """Its analyser, in the words of the labels; for each place the surest answer.

    Raises:
        ImportError: it is not installed.
    """
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    _stay_offline()
    engine = _engine()

    def find(text: str) -> list[Label]:
        taken: list[Label] = []
        found = engine.analyze(text=text, language="en", score_threshold=_LEAST)
        for one in sorted(found, key=lambda item: (-item.score, item.start - item.end)):
            kind = _KINDS.get(one.entity_type)
            free = all(one.end <= other.start or one.start >= other.end for other in taken)
            if kind is not None and free:
                taken.append(Label(kind, one.start, one.end))
        return taken

    return find


def _stay_offline() -> None:
    """Its e-mail recogniser would fetch a list of domains; the copy that comes with the package does."""
    domains: Any = import_module("tldextract.tldextract")
    domains.TLD_EXTRACTOR = domains.TLDExtract(suffix_list_urls=(), cache_dir=None)


def _engine() -> Any:  # noqa: ANN401 - a library without types, which may not be there
    analyzer: Any = import_module("presidio_analyzer")
    registry = analyzer.RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=None)
    generic: Any = import_module("presidio_analyzer.predefined_recognizers")
    registry.remove_recognizer("PhoneRecognizer")
    registry.add_recognizer(
        generic.PhoneRecognizer(supported_regions=("CN", "HK", "SG", "US"), supported_language="en")
    )
    return analyzer.AnalyzerEngine(
        registry=registry, nlp_engine=_blank(analyzer), supported_languages=["en"], log_decision_process=False
    )


def _blank(analyzer: Any) -> Any:  # noqa: ANN401 - as above
    spacy: Any = import_module("spacy")
    nlp: Any = import_module("presidio_analyzer.nlp_engine")
    engine = nlp.SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.nlp = {"en": spacy.blank("en")}
    del analyzer
    return engine
