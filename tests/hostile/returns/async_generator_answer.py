"""An async generator, whose body never runs."""


async def softmax_stable(x, axis=-1):
    yield x
