"""What everything stands on: canonical JSON, digests, ids, time, diagnostics, files, plug-ins."""

from shipworthy.kernel.canonical import canonical_bytes, decimal_string, is_unicode, significant
from shipworthy.kernel.clock import Clock, FixedClock, SystemClock, is_day, timestamp
from shipworthy.kernel.diagnostics import (
    Diagnostic,
    Location,
    Problem,
    Severity,
    did_you_mean,
    escaped,
)
from shipworthy.kernel.digests import (
    Digest,
    digest_bytes,
    digest_file,
    digest_of,
    digest_text,
    is_digest,
    short,
)
from shipworthy.kernel.exit_codes import MEANING, PRECEDENCE, ExitCode, worst_exit
from shipworthy.kernel.files import (
    TooLargeError,
    read_bounded,
    read_stream,
    system_reason,
    utf8_text,
)
from shipworthy.kernel.identifiers import derive_id
from shipworthy.kernel.plugins import GROUPS, Plugin, Registry
from shipworthy.kernel.randomness import Stream
from shipworthy.kernel.record import Record, convert_options, convert_record, read_record
from shipworthy.kernel.surroundings import Surroundings

__all__ = [
    "GROUPS",
    "MEANING",
    "PRECEDENCE",
    "Clock",
    "Diagnostic",
    "Digest",
    "ExitCode",
    "FixedClock",
    "Location",
    "Plugin",
    "Problem",
    "Record",
    "Registry",
    "Severity",
    "Stream",
    "Surroundings",
    "SystemClock",
    "TooLargeError",
    "canonical_bytes",
    "convert_options",
    "convert_record",
    "decimal_string",
    "derive_id",
    "did_you_mean",
    "digest_bytes",
    "digest_file",
    "digest_of",
    "digest_text",
    "escaped",
    "is_day",
    "is_digest",
    "is_unicode",
    "read_bounded",
    "read_record",
    "read_stream",
    "short",
    "significant",
    "system_reason",
    "timestamp",
    "utf8_text",
    "worst_exit",
]
