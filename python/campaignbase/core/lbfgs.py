"""The minimum of a smooth convex function, by L-BFGS. Pure.

Source: Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithms 7.4 and 3.1.
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Point = NDArray[np.float64]  # one dimension

MEMORY = 8  # steps remembered
FEWEST_STEPS = 8  # the first ones are short and say nothing about convergence
SUFFICIENT_DECREASE = 1e-4
MOST_HALVINGS = 20


class _Step(NamedTuple):
    moved: Point
    turned: Point  # how the gradient changed
    scale: float  # 1 / (moved . turned)


def minimize(
    value_and_gradient: Callable[[Point], tuple[float, Point]],
    start: Point,
    *,
    tolerance: float = 1e-4,
    most_steps: int = 200,
) -> Point:
    """The point where the function is lowest, from `start` on.

    Args:
        tolerance: stop once a step lowers the value by less than this share of it.
    """
    point = start
    value, gradient = value_and_gradient(point)
    steps: deque[_Step] = deque(maxlen=MEMORY)
    for number in range(most_steps):
        direction = -_curved(gradient, steps)
        slope = float(gradient @ direction)
        length = 1.0
        for _ in range(MOST_HALVINGS):
            new_value, new_gradient = value_and_gradient(point + length * direction)
            if new_value <= value + SUFFICIENT_DECREASE * length * slope:
                break
            length /= 2
        else:
            return point  # no way down: as low as the arithmetic allows
        moved = length * direction
        turned = new_gradient - gradient
        bend = float(moved @ turned)
        if bend > 1e-12:
            steps.append(_Step(moved, turned, 1 / bend))
        gained = value - new_value
        point, value, gradient = point + moved, new_value, new_gradient
        if number >= FEWEST_STEPS and gained <= tolerance * abs(value):
            break
    return point


def _curved(gradient: Point, steps: deque[_Step]) -> Point:
    """The gradient times the inverse curvature that the remembered steps show."""
    if not steps:
        return gradient / max(1e-12, float(np.abs(gradient).sum()))
    curved = gradient.copy()
    shares = []
    for step in reversed(steps):
        share = step.scale * float(step.moved @ curved)
        curved -= share * step.turned
        shares.append(share)
    newest = steps[-1]
    curved /= newest.scale * float(newest.turned @ newest.turned)
    for step, share in zip(steps, reversed(shares), strict=True):
        curved += step.moved * (share - step.scale * float(step.turned @ curved))
    return curved
