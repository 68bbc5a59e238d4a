"""The names of OpenTelemetry's generative-AI conventions that are read, in one table.

The conventions are in development (opentelemetry/semantic-conventions-genai); what changes there
changes here and nowhere else.
"""

from typing import Final

VERSION: Final = "gen-ai/2026-09"
"""Which state of the conventions the table follows."""

DETAILS: Final = "gen_ai.client.inference.operation.details"
"""The event that holds a whole exchange."""

OPERATION: Final = "gen_ai.operation.name"
CONVERSATION: Final = "gen_ai.conversation.id"
REQUEST_MODEL: Final = "gen_ai.request.model"
RESPONSE_MODEL: Final = "gen_ai.response.model"
RESPONSE_ID: Final = "gen_ai.response.id"
STREAM: Final = "gen_ai.request.stream"
TEMPERATURE: Final = "gen_ai.request.temperature"
TOP_P: Final = "gen_ai.request.top_p"
MAX_TOKENS: Final = "gen_ai.request.max_tokens"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
SYSTEM: Final = "gen_ai.system_instructions"
INPUT: Final = "gen_ai.input.messages"
OUTPUT: Final = "gen_ai.output.messages"
ERROR: Final = "error.type"
USERS: Final = ("user.id", "enduser.id", "enduser.pseudo.id")
"""Who asked, by the first of these that is there."""

DIALECT_OF: Final = {"text_completion": "completions"}
"""Our dialect by operation; `chat` for others."""

RESPONSES: Final = ("response", "result")
"""Where a tool's answer stands: the schema says the first, an example of the conventions the
second, and both are sent."""
