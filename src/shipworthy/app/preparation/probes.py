"""Training the probe of a screen on a person's own table, and keeping it in a file."""

from collections.abc import Mapping
from pathlib import Path

from shipworthy.instruments.safeguards.measuring import encoded
from shipworthy.instruments.safeguards.screening.probe import ProbeModel, Promise, table_probe
from shipworthy.kernel import Location, Problem, convert_record, system_reason


def train_on_table(table: Path, promise: Mapping[str, str], out: Path) -> ProbeModel:
    """Train, calibrate and measure, and write the probe.

    Raises:
        Problem: `probe-table` with the line, `record-invalid` for a promise that is none,
            `package-missing`, or `probe-unwritable`.
    """
    wanted = convert_record(dict(promise), Promise, "promise")
    trained = table_probe(table, wanted)
    try:
        out.write_bytes(encoded(trained) + b"\n")
    except OSError as error:
        raise Problem.of(
            "probe-unwritable", system_reason(error), location=Location(str(out))
        ) from None
    return trained
