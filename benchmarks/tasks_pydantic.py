"""The tasks that pydantic's validated models do."""

import pydantic
from worker import Task


class Layer(pydantic.BaseModel):
    units: int
    activation: str = "relu"
    use_bias: bool = True


def version() -> str:
    return pydantic.VERSION


def create_object(scale: int) -> Task:
    # pydantic's models take keyword arguments only.
    return Task("Layer(units=16, activation='gelu', use_bias=False)", {"Layer": Layer})


TASKS = {"create_object": create_object}
