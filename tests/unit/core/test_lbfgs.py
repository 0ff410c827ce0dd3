import numpy as np
import pytest

from campaignbase.core.lbfgs import minimize


def test_minimize_finds_the_bottom_of_a_stretched_bowl():
    # (x - 3)^2 + 100 (y + 1)^2 is lowest at (3, -1)
    def bowl(point):
        x, y = point
        return (x - 3) ** 2 + 100 * (y + 1) ** 2, np.array([2 * (x - 3), 200 * (y + 1)])

    assert minimize(bowl, np.zeros(2), tolerance=1e-12).tolist() == pytest.approx([3, -1], abs=1e-5)


def test_minimize_goes_on_after_short_first_steps():
    # the first step is one long, so it lowers 1e10 by 0.002 %: less than the tolerance
    def far(point):
        return (point[0] - 1e5) ** 2, 2 * (point - 1e5)

    assert minimize(far, np.zeros(1)).tolist() == pytest.approx([1e5])


def test_minimize_finds_the_log_odds():
    # 3 of 4 are heads: the log odds that fit best are ln 3
    def cost(point):
        return 4 * np.log1p(np.exp(-point[0])) + point[0], 1 - 4 / (1 + np.exp(point))

    assert minimize(cost, np.zeros(1), tolerance=1e-12).tolist() == pytest.approx([np.log(3)], abs=1e-5)


def test_minimize_stays_at_the_bottom():
    def square(point):
        return float(point @ point), 2 * point

    assert minimize(square, np.zeros(3)).tolist() == [0, 0, 0]


def test_minimize_stops_after_the_steps_allowed():
    asked = []

    def slope(point):
        asked.append(point)
        return -point[0], np.array([-1.0])  # no bottom

    minimize(slope, np.zeros(1), most_steps=5)
    assert len(asked) == 6
