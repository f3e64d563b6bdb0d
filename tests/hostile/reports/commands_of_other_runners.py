"""Commands of runners that take them anywhere in a line."""

def softmax_stable(x, axis=-1):
    raise KeyError  ##vso[task.setvariable variable=PATH]x ##teamcity[buildProblem description='x']
