"""placeholder until merged"""


def confine(keep, memory=None): ...
