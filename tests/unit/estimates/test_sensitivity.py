"""Sensitivity against closed forms: Sobol's indices, Morris's effects and the worth of knowing."""

import numpy as np
import pytest

from sim import estimates as est
from sim.sweeping.design.file import Design
from sim.sweeping.design.points import points as design

POINTS, UNKNOWNS = 512, 6


def test_that_sobol_indices_of_ishigamis_function_are_those_of_its_closed_form():
    a, b, base = 7.0, 0.1, 4096
    x = np.pi * (2 * est.saltelli_design(base, 3) - 1)
    y = np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])
    first, total = est.sobol(y[:, None], base, 3)
    alone_1, alone_2 = 0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8
    together = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = alone_1 + alone_2 + together
    assert first[:, 0] == pytest.approx([alone_1 / whole, alone_2 / whole, 0], abs=0.02)
    expected = [(alone_1 + together) / whole, alone_2 / whole, together / whole]
    assert total[:, 0] == pytest.approx(expected, abs=0.02)


def test_that_total_indices_of_a_sum_are_its_shares_of_variance_and_a_dummys_is_none():
    x, weights = est.saltelli_design(1024, 4), np.array([3.0, 2.0, 1.0, 0.0])
    first, total = est.sobol((x @ weights)[:, None], 1024, 4)
    assert total[:, 0] == pytest.approx(weights**2 / (weights**2).sum(), abs=0.01)
    assert first[:, 0] == pytest.approx(total[:, 0], abs=0.02)


def test_that_an_answer_without_variance_or_with_a_gap_has_no_indices():
    x = est.saltelli_design(8, 2)
    gap = np.where(np.arange(len(x)) == 5, np.nan, x[:, 0])
    assert np.isnan(est.sobol(np.stack([gap, np.ones(len(x))], axis=1), 8, 2)).all()


def test_that_elementary_effects_of_a_linear_function_are_its_coefficients():
    paths, weights = est.morris_design(6, 5), np.array([4.0, -2.0, 0.5, 0.0, 1.0])
    effects = est.elementary_effects(paths, (paths @ weights)[..., None])
    assert effects[:, 0] == pytest.approx(np.abs(weights), abs=1e-12)


def test_that_steps_to_points_without_an_answer_are_left_out():
    paths, weights = est.morris_design(6, 3), np.array([4.0, -2.0, 0.5])
    found = (paths @ weights)[..., None]
    found[0, 1] = np.nan
    assert est.elementary_effects(paths, found)[:, 0] == pytest.approx(np.abs(weights))


def decided_by(place: int, noise: float = 0.05):
    """Give points, and two choices of which the better one turns on one unknown alone."""
    cube = design(Design(points=POINTS), UNKNOWNS)
    u = cube[:, place]
    chance = np.random.default_rng(7).normal(0, noise, (POINTS, 2))
    return cube, np.stack([u, 1 - u], axis=1) + chance


@pytest.mark.parametrize("place", range(UNKNOWNS))
def test_that_the_unknown_made_to_decide_is_found_first_and_no_other_is_above_the_floor(place):
    cube, answers = decided_by(place)
    worth = est.value_of_knowing(cube, answers)
    floor = est.floor_of_knowing(answers, UNKNOWNS)
    assert worth.argmax() == place
    assert worth[place] == pytest.approx(0.25, abs=0.01)  # 1/2 - E min(u, 1 - u)
    assert (np.delete(worth, place) <= floor).all()


def test_that_dummies_are_above_the_floor_in_one_of_twenty_cases():
    _, answers = decided_by(0)
    floor = est.floor_of_knowing(answers, UNKNOWNS)
    rng = np.random.default_rng(11)
    best = [est.value_of_knowing(rng.random((POINTS, UNKNOWNS)), answers).max() for _ in range(400)]
    assert 0.01 <= np.mean(np.array(best) > floor) <= 0.12


def test_that_knowing_is_worth_exactly_nothing_where_one_choice_is_always_best():
    cube = design(Design(points=128), 26)
    answers = np.stack([0.4 + 0.2 * cube[:, 0], 0.1 + 0.2 * cube[:, 0]], axis=1)
    assert not est.value_of_knowing(cube, answers).any()
    assert est.floor_of_knowing(answers, 26) == 0.0
