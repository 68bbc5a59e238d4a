"""Every generated file of the repository, as text by path."""

from pathlib import Path

import click

from shipworthy.app.reference.catalogue_pages import (
    attack_page,
    framework_page,
    glossary_page,
    judge_page,
    scenario_page,
)
from shipworthy.app.reference.command_pages import command_page, exit_code_page
from shipworthy.app.reference.error_page import error_page
from shipworthy.app.reference.markdown import code, page, table
from shipworthy.app.reference.plugin_page import plugin_page
from shipworthy.app.reference.schemas import FORMATS, schema_files
from shipworthy.app.reference.setting_pages import (
    assessment_page,
    deployment_page,
    monitor_page,
    safeguard_page,
    target_page,
)


def reference_files(commands: click.Group, root: Path) -> dict[str, str]:
    """Return the text of every generated file by its path in the repository at `root`.

    Raises:
        ValueError: when something has no explanation, or an explanation is about nothing.
    """
    pages = {
        "assessment-file": assessment_page(),
        "attacks": attack_page(),
        "commands": command_page(commands),
        "deployment-file": deployment_page(),
        "errors": error_page(),
        "exit-codes": exit_code_page(),
        "frameworks": framework_page(),
        "glossary": glossary_page(),
        "judges": judge_page(),
        "monitor-file": monitor_page(),
        "plugins": plugin_page(root),
        "records": _record_page(),
        "safeguards": safeguard_page(),
        "scenarios": scenario_page(),
        "targets": target_page(),
    }
    return {
        **{f"docs/reference/{name}.md": text for name, text in pages.items()},
        **schema_files(),
    }


def _record_page() -> str:
    return page(
        "Records",
        "Every record that is written down has a JSON Schema (draft 2020-12). The bytes are "
        "canonical JSON; see [spec/bundle.md](../../spec/bundle.md#1-bytes). Numbers with a "
        "fraction are decimal strings. Unknown fields are refused. What people write has schemas, "
        "too, for editors: [a framework](../../spec/formats/framework-document.schema.json), whose "
        "meaning is in [spec/language.md](../../spec/language.md), and [a scenario pack]"
        "(../../spec/formats/pack-document.schema.json), explained in "
        "[write-a-scenario-pack.md](../how-to/write-a-scenario-pack.md).",
        table(
            ("schema", "record", "found as", "what it is"),
            (
                (
                    f"[{one.name}](../../spec/formats/{one.name}.schema.json)",
                    code(getattr(one.kind, "__name__", "")),
                    one.where,
                    one.about,
                )
                for one in FORMATS
            ),
        ),
    )
