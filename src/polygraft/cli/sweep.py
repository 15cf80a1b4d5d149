"""What the demo's sweep found: an accuracy for each pair of filter sizes."""

from dataclasses import dataclass, field

Sizes = tuple[int, int]


@dataclass(slots=True)
class Sweep:
    """Accuracies by the sizes of the first and the second convolution."""

    names: tuple[str, str]
    accuracies: dict[Sizes, float] = field(default_factory=dict[Sizes, float])

    @property
    def rows(self) -> list[int]:
        return sorted({first for first, _ in self.accuracies})

    @property
    def columns(self) -> list[int]:
        return sorted({second for _, second in self.accuracies})

    @property
    def best(self) -> Sizes:
        """The sizes with the highest accuracy; the first tried among equals."""
        return max(self.accuracies, key=lambda sizes: self.accuracies[sizes])
