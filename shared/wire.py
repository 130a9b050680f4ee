"""What every message between the rooms stands on."""

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    # Without the input: it may be a prompt, and errors are logged. No database stores a number that is none.
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)
