"""What rules and fields may refer to in the text layer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from shipworthy.frameworks.language.reader import Faults, Section, distinct, known
from shipworthy.frameworks.language.sections.text_layer import TextLayer


@dataclass(frozen=True, slots=True)
class Names:
    """Ids of hedges and of evaluation methods."""

    hedges: tuple[str, ...]
    evaluations: tuple[str, ...]

    @classmethod
    def of(cls, said: TextLayer) -> Self:
        """Return the names that a text layer declares."""
        return cls(
            hedges=tuple(declared.hedge.id for declared in said.hedges),
            evaluations=tuple(method.id for method in said.evaluations),
        )


def released_by(section: Section, hedges: Iterable[str], faults: Faults) -> tuple[str, ...]:
    """Return the hedges of `unless_discretion`, one or a list (language 4.3)."""
    nodes = section.one_or_more("unless_discretion")
    distinct(nodes, "hedge", faults)
    return tuple(known(nodes, hedges, "hedge", faults))
