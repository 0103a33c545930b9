"""The trip of target sentences through a system's stages, each set after the other.

    transfer     words -> labels -> entities
    projection   words -> translation -> its entities -> word links (-> further evidence) -> candidates, scores, matching -> entities

Each method below gives the records of one stage for one set, and asks the one before it for what it needs: from files if they are there.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from boundarybench.gold import load
from boundarybench.schemes import Span

from .alignment import aligner as alignment
from .machine import Machine
from .projection import evidence as evidence_stages
from .projection.back_translation import BackTranslation, replaced, with_evidence
from .projection.fusion import Evidence, plausible
from .projection.outcome import Projection
from .projection.pair import SentencePair
from .projection.project import candidates, match, project, scored
from .projection.scores import TaggerScores
from .projection.settings import MatchingSettings
from .stages import Record, Shards, Stage
from .system import System
from .tagging import capitals
from .tagging import tagger as tagging
from .translation import translator as translation


@dataclass(frozen=True, slots=True)
class TargetSet:
    """The sentences of a set that are to be tagged: ids and words."""

    suite: str
    lang: str
    ids: list[str]
    sentences: list[list[str]]

    @property
    def name(self) -> str:
        """The folder's name among a stage's results."""
        return f"{self.suite}.{self.lang}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system says of a sentence.

    Attributes:
        entities: in the target sentence, from left to right.
        scores: of each, in [0, 1] where the method gives one; None where it gives none.
        failed: the stage that could do nothing with the sentence, and why; None if all could. Then there are no entities.
        record: what became of every source entity; None for transfer.
    """

    entities: list[Span]
    scores: list[float] | None = None
    failed: str | None = None
    record: dict[str, Any] | None = None


#: Is told the stage, the set and how many more of its sentences are done.
Watch = Callable[[str, TargetSet, int], None]


@dataclass(slots=True)
class Pipeline:
    """The stages of a system over one folder of results, of which `shards` knows."""

    system: System
    shards: Shards
    machine: Machine
    watch: Watch
    _read: dict[tuple[str, str], list[Record]] = field(default_factory=dict)

    def stages(self) -> list[tuple[str, Callable[[TargetSet], object]]]:
        """The stages that compute something, in their order: each to be called with every set, so that one model is loaded at a time."""
        system = self.system
        if system.translator is None:
            return [("tagging", self.target_labels)]
        found: list[tuple[str, Callable[[TargetSet], object]]] = []
        if _given(system.translator).kind == "model":
            found.append(("translation", self.translations))
        found.append(("source tagging", self.source_labels))
        if system.back_translation:
            found.append(("back-translation", self.back_translations))
        if _given(system.aligner).method not in ("gloss", "file"):
            found.append(("alignment", self.links))
        if system.target_tagger:
            found.append(("target tagging", self.target_labels))
        if system.translation_score:
            found.append(("translation score", self.translation_scores))
        return found

    def target_labels(self, of: TargetSet) -> list[Record]:
        """What the tagger that reads target sentences says."""
        settings = _given(self.system.target_tagger)
        if settings.method == "capitals":  # which knows no types: the first that counts stands for all
            stage = capitals.stage(of.sentences, load.suite_of(of.suite).scored[0])
        else:
            stage = tagging.stage(settings, self.machine)
        return self._run("target tagging", stage, of, of.sentences)

    def translations(self, of: TargetSet) -> list[Record]:
        """The translation of each sentence."""
        settings = _given(self.system.translator)
        if settings.kind != "model":
            return translation.direct(settings, of.suite, of.lang, of.ids, of.sentences)
        texts = [translation.text_of(sentence, of.lang) for sentence in of.sentences]
        return self._run("translation", translation.stage(settings, of.suite, of.lang, self.machine), of, texts)

    def source_words(self, of: TargetSet) -> list[list[str]]:
        """The words of each translation; none where it failed."""
        settings = _given(self.system.translator)
        return [[] if "failed" in record else translation.words_of(record, settings) for record in self.translations(of)]

    def source_labels(self, of: TargetSet) -> list[Record]:
        """What the source tagger says of the translations."""
        tagger = _given(self.system.source_tagger)
        if tagger.method == "file":
            return tagging.direct(tagger, of.suite, of.lang, of.ids, self.source_words(of))
        language = translation.language_of(self.translations(of), of.name)
        stage = tagging.stage(tagging.of_language(tagger, language), self.machine)
        return self._run("source tagging", stage, of, self.source_words(of))

    def links(self, of: TargetSet) -> list[Record]:
        """Word links from translations to target sentences."""
        settings = _given(self.system.aligner)
        if settings.method == "gloss":
            return self.translations(of)
        pairs = list(zip(self.source_words(of), of.sentences, strict=True))
        if settings.method == "file":
            translated = ["failed" not in record for record in self.translations(of)]
            return alignment.direct(settings, of.suite, of.lang, pairs, translated)
        return self._run("alignment", alignment.stage(settings, self.machine), of, pairs)

    def back_translations(self, of: TargetSet) -> list[Record]:
        """The translations carried back with their entities, and the links of the result to the target sentences."""
        settings = _given(self.system.back_translation)
        items = list(zip(self.source_words(of), (_spans(entities) for entities in self.source_entities(of)), strict=True))
        stage = evidence_stages.back_stage(settings, of.suite, of.lang, self.machine)
        records = self._run("back-translation", stage, of, items)
        pairs = [(record.get("words", []), sentence) for record, sentence in zip(records, of.sentences, strict=True)]
        links = self._run("back-translation, alignment", alignment.stage(_given(self.system.aligner), self.machine), of, pairs)
        return [record | link for record, link in zip(links, records, strict=True)]

    def source_entities(self, of: TargetSet) -> list[list[Span]]:
        """The entities of the translations; none where tagging failed."""
        settings = _given(self.system.source_tagger)
        return [[] if "failed" in record else tagging.entities(record, settings) for record in self.source_labels(of)]

    def translation_scores(self, of: TargetSet) -> list[Record]:
        """How likely entities and candidate spans translate each other: records with `scores`, in the order of `_asked`."""
        settings = _given(self.system.translation_score)
        items = []
        for pair, places in self._asked(of):
            texts = [translation.text_of(pair.target[start:end], of.lang) for _, (start, end) in places]
            names = [" ".join(pair.source[entity.start : entity.end]) for entity in (pair.entities[index] for index, _ in places)]
            items.append(list(zip(names, texts, strict=True)))
        return self._run("translation score", evidence_stages.score_stage(settings, of.suite, of.lang, self.machine), of, items)

    def outcomes(self, of: TargetSet) -> list[Outcome]:
        """What the system says of every sentence."""
        if self.system.translator is None:
            settings = _given(self.system.target_tagger)
            return [_tagged(record, settings) for record in self.target_labels(of)]
        return self._projected(of)

    def _projected(self, of: TargetSet) -> list[Outcome]:
        settings = self.system.projection_settings(of.lang)
        stages = {"translation": self.translations(of), "source tagging": self.source_labels(of), "alignment": self.links(of)}
        pairs, evidences = self._pairs(of), self._evidence(of)
        backs = self._backs(of)
        if self.system.back_translation:
            stages["back-translation"] = self.back_translations(of)
        if self.system.target_tagger:
            stages["target tagging"] = self.target_labels(of)
        if self.system.translation_score:
            stages["translation score"] = self.translation_scores(of)
            evidences = self._with_translation(of, evidences)
        outcomes = []
        for index, pair in enumerate(pairs):
            failed = next((f"{name}: {records[index]['failed']}" for name, records in stages.items() if "failed" in records[index]), None)
            if failed:
                outcomes.append(Outcome([], failed=failed, record={"failed": failed}))
                continue
            outcomes.append(_outcome(self._project(pair, backs[index] if backs else None, evidences[index], settings)))
        return outcomes

    def _project(self, pair: SentencePair, back: BackTranslation | None, evidence: Evidence, settings: Any) -> Projection:
        told = self.system.back_translation
        if back is None or told is None:
            return project(pair, settings, evidence)
        if told.use == "replaced":
            return project(replaced(pair, back), settings, evidence)
        return match(pair, with_evidence(pair, scored(pair, settings, evidence), back, told.weight, settings.max_words), settings)

    def _pairs(self, of: TargetSet) -> list[SentencePair]:
        links = [frozenset() if "failed" in record else alignment.links_of(record) for record in self.links(of)]
        rows = zip(of.sentences, self.source_words(of), self.source_entities(of), links, strict=True)
        return [SentencePair(tuple(target), tuple(source), tuple(entities), each) for target, source, entities, each in rows]

    def _backs(self, of: TargetSet) -> list[BackTranslation | None] | None:
        if not self.system.back_translation:
            return None
        return [None if "failed" in record else evidence_stages.back_of(record) for record in self.back_translations(of)]

    def _evidence(self, of: TargetSet) -> list[Evidence]:
        settings = self.system.target_tagger
        if settings is None:
            return [Evidence() for _ in of.ids]
        found = []
        for record in self.target_labels(of):
            if "failed" in record:
                found.append(Evidence())
                continue
            matrix, names, iob1 = tagging.marginals(record, settings)
            found.append(Evidence(TaggerScores(matrix, names, iob1=iob1), tuple(tagging.entities(record, settings))))
        return found

    def _asked(self, of: TargetSet) -> Iterator[tuple[SentencePair, list[tuple[int, tuple[int, int]]]]]:
        """Every sentence pair with the (entity, span) pairs that get a translation score."""
        settings = self.system.projection_settings(of.lang)
        if not isinstance(settings, MatchingSettings):
            raise TypeError("only matching scores candidates")
        for pair, evidence in zip(self._pairs(of), self._evidence(of), strict=True):
            places = candidates(pair, settings, evidence)
            yield pair, plausible(pair, places, evidence) if settings.prune else places

    def _with_translation(self, of: TargetSet, evidences: Sequence[Evidence]) -> list[Evidence]:
        rows = zip(evidences, self._asked(of), self.translation_scores(of), strict=True)
        return [
            Evidence(
                evidence.tagger,
                evidence.spans,
                {(index, *span): score for (index, span), score in zip(places, record.get("scores", []), strict=False)},
            )
            for evidence, (_, places), record in rows
        ]

    def _run(self, name: str, stage: Stage, of: TargetSet, items: Sequence[Any]) -> list[Record]:
        # Later stages ask for the same records again: those of the set at hand are kept.
        if any(set_name != of.name for _, set_name in self._read):
            self._read.clear()
        if (name, of.name) not in self._read:
            self._read[name, of.name] = self.shards.of(stage, of.name, of.ids, items, lambda done: self.watch(name, of, done))
        return self._read[name, of.name]


def failures(outcomes: Sequence[Outcome]) -> Counter[str]:
    """How many sentences failed, by stage and reason."""
    return Counter(outcome.failed for outcome in outcomes if outcome.failed)


def _given(settings: Any) -> Any:
    if settings is None:
        raise TypeError("the system has no such stage")
    return settings


def _spans(entities: Sequence[Span]) -> list[tuple[int, int, str]]:
    return [(entity.start, entity.end, entity.type) for entity in entities]


def _tagged(record: Record, settings: tagging.TaggerSettings) -> Outcome:
    if "failed" in record:
        return Outcome([], failed=f"tagging: {record['failed']}")
    entities = tagging.entities(record, settings)
    if settings.method == "capitals":  # no run is surer than another
        return Outcome(entities)
    return Outcome(entities, [tagging.confidence(record, entity) for entity in entities])


def _outcome(projection: Projection) -> Outcome:
    entities = projection.spans()
    if projection.objective is None:
        return Outcome(entities, record=projection.as_json())
    scores = {span: landing.score for landing in projection.landings for span in landing.spans}
    return Outcome(entities, [scores[entity.start, entity.end] or 0.0 for entity in entities], record=projection.as_json())
