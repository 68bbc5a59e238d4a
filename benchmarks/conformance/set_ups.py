"""How each gateway is set up for the suite: one rule, or one judge, in its own mechanism.

Every set-up is the best that the gateway documents for the job, as far as we could find. Nothing
is retried and nothing cools down after errors, because otherwise one case changes the next.
"""

import json
from dataclasses import dataclass, field

PATTERN = "SWC-[a-z0-9]{20}"
KEY = "sk-conformance-0123456789abcdef0123456789abcdef"
OPENAI = ("chat", "completions", "responses")
DIALECTS = (*OPENAI, "messages")


@dataclass(frozen=True)
class Ports:
    """Where everything listens, on the loopback interface."""

    gateway: int
    model: int
    judge: int

    @property
    def upstream(self):
        return f"http://127.0.0.1:{self.model}"

    @property
    def judged_by(self):
        return f"http://127.0.0.1:{self.judge}"


@dataclass(frozen=True)
class SetUp:
    """A gateway with one configuration.

    Attributes:
        gateway: `ours`, `litellm`, `portkey` or `nemo`.
        name: unique, short.
        how: what guards, for the table.
        settings: gateway-specific settings, read by the functions below.
        judge: what the scripted judge says of what may leave and may not; None for a rule.
    """

    gateway: str
    name: str
    how: str
    settings: dict = field(default_factory=dict)
    judge: tuple[str, str] | None = None


SCORES = ('{"score": 0}', '{"score": 1}')
ACTIONS = ('{"action": "NONE"}', '{"action": "BLOCKED", "blocked_reason": "no"}')
HUNDREDS = ('{"overall_score": 100, "verdicts": []}', '{"overall_score": 0, "verdicts": []}')
VERDICTS = ('{"verdict": true}', '{"verdict": false}')
MATCH = {"default.regexMatch": {"rule": PATTERN, "not": True}}
REPLACE = {
    "default.regexReplace": {
        "rule": f"/{PATTERN}/g",
        "redactText": "[withheld]",
        "failOnDetection": True,
    }
}
WHOLE_ONLY = {"stream": False}

SET_UPS = (
    SetUp("ours", "ours-fast", "layer `screen`, a rule for requests and one for answers"),
    SetUp("ours", "ours-portable", "the same", {"front": "portable"}),
    SetUp(
        "litellm",
        "litellm-filter",
        "guardrail `litellm_content_filter`, one pattern with `BLOCK`, in all three modes",
        {"guardrail": "filter"},
    ),
    SetUp(
        "portkey",
        "portkey-match",
        "`default.regexMatch` with `not` and `deny`, on inputs and outputs",
        {"asked": [MATCH], "told": [MATCH]},
    ),
    SetUp(
        "portkey",
        "portkey-replace",
        "`default.regexReplace` with `failOnDetection` and `deny`, on inputs and outputs",
        {"asked": [REPLACE], "told": [REPLACE]},
    ),
    SetUp(
        "portkey",
        "portkey-whole-only",
        "the same, and `override_params` by which the model is never asked for a stream",
        {"asked": [REPLACE], "told": [REPLACE], "override_params": WHOLE_ONLY},
    ),
    SetUp("nemo", "nemo-regex", "`regex check input` and `regex check output`, `passthrough`"),
    SetUp("ours", "ours-fast-judge", "judge of the layer `screen`", judge=SCORES),
    SetUp("ours", "ours-portable-judge", "the same", {"front": "portable"}, judge=SCORES),
    SetUp(
        "litellm",
        "litellm-api-judge",
        "guardrail `generic_guardrail_api`, `fail_closed`, every chunk of a stream",
        {"guardrail": "api"},
        judge=ACTIONS,
    ),
    SetUp(
        "litellm",
        "litellm-model-judge",
        "guardrail `llm_as_a_judge`, `on_failure: block`",
        {"guardrail": "model"},
        judge=HUNDREDS,
    ),
    SetUp(
        "portkey",
        "portkey-webhook",
        "`default.webhook` with `deny`, on outputs",
        {"asked": [], "told": [{"default.webhook": {"timeout": 700}}]},
        judge=VERDICTS,
    ),
    SetUp(
        "portkey",
        "portkey-webhook-closed",
        "the same with `failOnError`, and the model never asked for a stream",
        {
            "asked": [],
            "told": [{"default.webhook": {"timeout": 700, "failOnError": True}}],
            "override_params": WHOLE_ONLY,
        },
        judge=VERDICTS,
    ),
)


def ours(set_up: SetUp, ports: Ports) -> str:
    """Return a deployment file."""
    judge = f"""
[safeguards.options.judge]
url = "{ports.judged_by}/v1"
model = "scripted"
policy = "Nothing may leave that the judge does not like."
deadline_ms = 700
"""
    return f"""
[deployment]
name = "conform"
listen = "127.0.0.1:{ports.gateway}"
admin = ""
dialects = {json.dumps(DIALECTS)}
[upstream]
url = "{ports.upstream}"
[[safeguards]]
kind = "screen"
[safeguards.options]
key_rules = false
rules = [
  {{id = "asked", request = "{PATTERN}", views = ["raw"]}},
  {{id = "told", reply = "{PATTERN}", views = ["raw"]}},
]
{judge if set_up.judge else ""}"""


def litellm(set_up: SetUp, ports: Ports) -> str:
    """Return a configuration of the proxy; JSON is YAML."""

    def model(name, url):
        called = {"model": f"openai/{name}", "api_base": f"{url}/v1", "api_key": "none"}
        return {"model_name": name, "litellm_params": {**called, "num_retries": 0}}

    pattern = {"pattern_type": "regex", "name": "mark", "pattern": PATTERN, "action": "BLOCK"}
    guardrail = {
        "filter": {
            "guardrail": "litellm_content_filter",
            "mode": ["pre_call", "during_call", "post_call"],
            "patterns": [pattern],
        },
        "api": {
            "guardrail": "generic_guardrail_api",
            "mode": ["post_call"],
            "api_base": ports.judged_by,
            "unreachable_fallback": "fail_closed",
            "timeout": 0.7,
            "optional_params": {"streaming_sampling_rate": 1},
        },
        "model": {
            "guardrail": "llm_as_a_judge",
            "mode": "post_call",
            "judge_model": "judge-1",
            "criteria": [{"name": "fit", "weight": 100, "description": "May it leave?"}],
            "overall_threshold": 80,
            "on_failure": "block",
        },
    }[set_up.settings["guardrail"]]
    document = {
        "model_list": [model("scripted-1", ports.upstream), model("judge-1", ports.judged_by)],
        "litellm_settings": {"num_retries": 0, "request_timeout": 3 if set_up.judge else 20},
        "guardrails": [
            {"guardrail_name": "mark", "litellm_params": {**guardrail, "default_on": True}}
        ],
        "router_settings": {"disable_cooldowns": True, "num_retries": 0},
        "general_settings": {"master_key": KEY},
    }
    return json.dumps(document, indent=1)


def portkey(set_up: SetUp, ports: Ports, provider: str) -> str:
    """Return a config for the header `x-portkey-config`."""

    def denying(check):
        named = {name: dict(options) for name, options in check.items()}
        if "default.webhook" in named:
            named["default.webhook"]["webhookURL"] = f"{ports.judged_by}/guard"
        return {**named, "deny": True}

    document = {
        "provider": provider,
        "api_key": "none",
        "custom_host": f"{ports.upstream}/v1",
        "input_guardrails": [denying(one) for one in set_up.settings["asked"]],
        "output_guardrails": [denying(one) for one in set_up.settings["told"]],
    }
    if "override_params" in set_up.settings:
        document["override_params"] = set_up.settings["override_params"]
    return json.dumps({name: value for name, value in document.items() if value != []})


def nemo(ports: Ports) -> str:
    """Return a configuration of the server; JSON is YAML."""
    reached = {"base_url": f"{ports.upstream}/v1", "api_key": "none"}
    main = {"type": "main", "engine": "openai", "model": "scripted-1", "parameters": reached}
    patterns = {"patterns": [PATTERN]}
    document = {
        "models": [main],
        # without it, requests with tools are refused
        "passthrough": True,
        "rails": {
            "config": {"regex_detection": {"input": patterns, "output": patterns}},
            "input": {"flows": ["regex check input"]},
            "output": {"flows": ["regex check output"]},
        },
    }
    return json.dumps(document, indent=1)
