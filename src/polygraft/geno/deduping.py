"""`Deduping`: another generator without its repetitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from polygraft.geno.dna import DNA
from polygraft.geno.fields import check_int, wrong_type
from polygraft.geno.generator import DNAGenerator, GeneratorValue, register_generator

DEDUP_KEY = "dedup_key"
REWARD_KEY = "reward"  # A proposal that carries it is not evaluated again.


class Deduping(GeneratorValue):
    """Proposes what another generator proposes, but no genotype more than `max_duplicates` times.

    Args:
        generator: The inner generator.
        hash_fn: Maps a genotype to the key by which repetitions are known; by default its hash,
            which follows its decisions alone.
        auto_reward_fn: If the inner generator learns: maps the earlier rewards of a repetition to a
            reward. The repetition is then returned with that reward as metadata `reward`, for the
            loop to report without evaluation.
        max_duplicates: How often a genotype may occur, at least 1.
        max_proposal_attempts: How often the inner generator is asked for one proposal, at least 1.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "generator",
        "hash_fn",
        "auto_reward_fn",
        "max_duplicates",
        "max_proposal_attempts",
    )
    TYPE_KEYS = (
        "polygraft.geno.Deduping",
        "pyglove.core.geno.deduping.Deduping",
    )

    def __init__(
        self,
        generator: DNAGenerator,
        hash_fn: Callable[[DNA], Any] | None = None,
        auto_reward_fn: Callable[[list[Any]], Any] | None = None,
        max_duplicates: int = 1,
        max_proposal_attempts: int = 100,
    ) -> None:
        if not isinstance(cast(Any, generator), DNAGenerator):
            wrong_type(DNAGenerator, generator, "generator")
        self.generator = generator
        self.hash_fn = hash_fn
        self.auto_reward_fn = auto_reward_fn
        self.max_duplicates = check_int(max_duplicates, "max_duplicates", 1)
        self.max_proposal_attempts = check_int(max_proposal_attempts, "max_proposal_attempts", 1)

    @property
    def needs_feedback(self) -> bool:
        """As the inner generator."""
        return self.generator.needs_feedback

    @property
    def multi_objective(self) -> bool:
        """As the inner generator."""
        return self.generator.multi_objective

    @property
    def seed(self) -> Any:
        """The seed that the inner generator was given; None for none."""
        return getattr(self.generator, "seed", None)

    @property
    def effective_seed(self) -> Any:
        """The seed that the inner generator uses, with which the run can be repeated."""
        return getattr(self.generator, "effective_seed", None)

    def use_seed(self, seed: Any) -> None:
        """Hands the seed to the inner generator."""
        self.generator.use_seed(seed)

    def _setup(self) -> None:
        self._seen: dict[Any, int] = {}  # How often, by key.
        self._rewards: dict[Any, list[Any]] = {}  # By key; kept where they are asked for.
        self.generator.setup(self.dna_spec)

    def _key(self, dna: DNA) -> Any:
        return hash(dna) if self.hash_fn is None else self.hash_fn(dna)

    def _propose(self) -> DNA:
        for _ in range(self.max_proposal_attempts):
            dna = self.generator.propose()
            key = self._key(dna)
            dna.set_metadata(DEDUP_KEY, key)
            if self._seen.get(key, 0) < self.max_duplicates:
                if not self.needs_feedback:
                    self._record(key, None)
                return dna
            if self.auto_reward_fn is not None and self.needs_feedback:
                dna.set_metadata(REWARD_KEY, self.auto_reward_fn(list(self._rewards[key])))
                return dna
        raise StopIteration

    def _record(self, key: Any, reward: Any) -> None:
        self._seen[key] = self._seen.get(key, 0) + 1
        if self.auto_reward_fn is not None and self.needs_feedback:
            self._rewards.setdefault(key, []).append(reward)

    def _feedback(self, dna: DNA, reward: Any) -> None:
        self.generator.feedback(dna, reward)
        key = dna.metadata.get(DEDUP_KEY)
        self._record(self._key(dna) if key is None else key, reward)

    def _replay(self, trial_id: int, dna: DNA, reward: Any) -> None:
        if self.needs_feedback:
            self.generator.recover([(dna, reward)])
        elif self._repeated() != dna:  # Some other run: the inner generator goes on from there.
            self.generator.recover([(dna, None)])
        # The key is made again: hashes of texts, which it may hold, are other ones in each process.
        if reward is not None or not self.needs_feedback:
            self._record(self._key(dna), reward if self.needs_feedback else None)

    def _repeated(self) -> DNA | None:
        """Proposes again what the run that is recovered has proposed, with the repetitions that it passed over."""
        for _ in range(self.max_proposal_attempts):
            try:
                dna = self.generator.propose()
            except StopIteration:
                return None
            if self._seen.get(self._key(dna), 0) < self.max_duplicates:
                return dna
        return None


register_generator(Deduping)
