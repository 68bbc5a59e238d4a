"""The sections of a report, one module each; `build.SECTIONS` gives their order."""
