"""The schedulers an order may name, as the field writes them."""

from typing import Final, Literal, get_args

SchedulerName = Literal["euler", "euler_a", "dpmpp_2m", "dpmpp_2m_karras", "unipc", "ddim"]
SCHEDULERS: Final[tuple[SchedulerName, ...]] = get_args(SchedulerName)
