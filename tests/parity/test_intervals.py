"""Away, quiet, dozing, no network and its store: timelines worked out by hand, one rule each, in
seconds (section 5a).

`|` an event, `[==]` a look or an interval, `x` the remedy's effect, `A` a push's arrival, `R` a
retraction's."""

from __future__ import annotations

from .timelines import Row, shows, world

# Intervals


def test_nobody_reacts_to_an_alert_while_away_but_does_as_the_interval_ends() -> None:
    """A 0, alert reaction due 3      away [1 == 3]: takes place      away [3 == 5]: does not
    tap due 4: it does"""
    row = {"alert_after": 3, "looks_to_handle": 1, "open_after": 1}
    rows = [row, row | {"recipient": 1}]
    shows(
        world(rows, [{"away": [(1, 3)]}, {"away": [(3, 5)]}]),
        push_noticed=[3, None],
        thread_read=[4, None],
    )
    shows(world([row], [{"away": [(4, 9)]}]), push_noticed=[3], thread_read=[4])


def test_nothing_makes_itself_felt_in_quiet_hours_but_as_they_end_it_does() -> None:
    """
    quiet [0 ==== 5]      A 4: silent      A 5: reaction at 7
    """
    rows: list[Row] = [
        {"push_latency": 4, "alert_after": 0},
        {"push_latency": 5, "alert_after": 2, "recipient": 1},
    ]
    quiet: Row = {"quiet": [(0, 5)]}
    shows(world(rows, [quiet, quiet]), push_arrived=[4, 5], push_noticed=[None, 7])


def test_a_phone_without_network_gets_its_pushes_as_the_interval_ends() -> None:
    """no network [2 ====== 10]      at the service 1: A 1      2: A 10      10: A 10      glance
    [9 11] meets two at 10"""
    rows: list[Row] = [{"push_latency": k} for k in (1, 2, 10)]
    people: list[Row] = [{"no_network": [(2, 10)], "glances": [(9, 11)]}]
    shows(
        world(rows, people),
        push_arrived=[1, 10, 10],
        push_noticed=[9, 10, 10],
        push_lost=[None] * 3,
    )


def test_an_app_opened_without_network_shows_what_is_on_the_device() -> None:
    """
    no network [5 ==== 9]     a: A 1, on the device      b: accepted 4, A 9
    visit | 5: offline, reads a only       visit | 9: online, reads b
    """
    rows: list[Row] = [{"push_latency": 1}, {"released": 4, "push_latency": 1}]
    shows(world(rows, [{"no_network": [(5, 9)], "visits": [(5, 5), (9, 9)]}]), thread_read=[5, 9])


def test_a_tap_without_network_shows_the_copy_of_a_deleted_message() -> None:
    """A 0     glance | 1, tap due 4      x 3     no network [4 == 9]: the copy      [2 == 4]:
    online, nothing there"""
    row = {"looks_to_handle": 1, "open_after": 3, "noticed": 3}
    rows = [row, row | {"recipient": 1, "sender": 1}]
    people: list[Row] = [
        {"glances": [(1, 1)], "no_network": [(4, 9)]},
        {"glances": [(1, 1)], "no_network": [(2, 4)]},
    ]
    shows(world(rows, people), thread_read=[4, None], from_cache=[1, 0])


def test_a_retraction_of_normal_priority_waits_for_the_end_of_dozing() -> None:
    """dozing [6 ==== 12]      at the service 6: R 12      5: R 5      12: R 12     high priority:
    at once"""
    rows: list[Row] = [{"noticed": 4, "retract_after": k, "sender": k} for k in (2, 1, 8)]
    people: list[Row] = [{"dozing": [(6, 12)]}]
    shows(
        world(rows, people, retraction_waits=True),
        retraction_arrived=[12, 5, 12],
        push_left=[12, 5, 12],
    )
    shows(world(rows, people), retraction_arrived=[6, 5, 12])


def test_a_retraction_waits_for_the_network_then_for_the_end_of_dozing_and_looks_back_at_neither() -> (
    None
):
    """
    no network [5 == 8]    dozing [7 ==== 12]    no network again [11 == 20]
    at the service 5: stored to 8, then dozing to 12, R 12
    """
    people: list[Row] = [{"no_network": [(5, 8), (11, 20)], "dozing": [(7, 12)]}]
    rows: list[Row] = [{"noticed": 4, "retract_after": 1}]
    shows(world(rows, people, retraction_waits=True), retraction_arrived=[12], push_left=[12])
    shows(world(rows, people), retraction_arrived=[8], push_left=[8])


def test_a_badge_correction_waits_for_the_network_in_no_store() -> None:
    """no network [5 ==== 9]: correction at 9, and the push stored at 6 is there all the same (room
    for one) correction due 9: at 9"""
    rows: list[Row] = [
        {"noticed": 4, "badge_sync_after": 1},
        {"noticed": 4, "badge_sync_after": 5, "sender": 1},
        {"push_latency": 6},
    ]
    people: list[Row] = [{"no_network": [(5, 9)], "badge": True, "store": 1}]
    shows(
        world(rows, people),
        badge_cleared=[9, 9, None],
        push_arrived=[0, 0, 9],
        push_lost=[None] * 3,
    )


# The store


def test_a_store_for_one_keeps_the_newest() -> None:
    """no network [2 ========== 10]     entries 3, 4: the first thrown out at 4        entries 3,
    3: the lower row"""
    people: list[Row] = [{"no_network": [(2, 10)], "store": 1}]
    shows(
        world([{"push_latency": 3}, {"push_latency": 4}], people),
        push_lost=[4, None],
        push_arrived=[None, 10],
    )
    shows(
        world([{"push_latency": 3}, {"push_latency": 3}], people),
        push_lost=[3, None],
        push_arrived=[None, 10],
    )


def test_a_retraction_takes_the_place_of_a_push_in_the_store_and_gives_it_up_to_one() -> None:
    """
    no network [2 ========== 10]     push 3, its retraction 5: the push is thrown out, R 10
    the retraction 5, another push 6: the retraction is lost, and nothing is retracted
    """
    people: list[Row] = [{"no_network": [(2, 10)], "store": 1}]
    rows: list[Row] = [{"push_latency": 3, "noticed": 4, "retract_after": 1}]
    shows(world(rows, people), push_lost=[5], push_arrived=[None], retraction_arrived=[10])
    rows = [{"noticed": 4, "retract_after": 1}, {"push_latency": 6}]
    shows(
        world(rows, people),
        push_left=[None, None],
        retraction_arrived=[None, None],
        push_arrived=[0, 10],
        push_lost=[None, None],
    )


def test_a_full_store_is_thrown_out_with_the_entry_that_comes_too_many() -> None:
    """no network [2 ============ 10], room for two      3, 4, 5: all three lost at 5      6: kept,
    A 10"""
    rows: list[Row] = [{"push_latency": k} for k in (3, 4, 5, 6)]
    shows(
        world(rows, [{"no_network": [(2, 10)], "store": 2}]),
        push_lost=[5, 5, 5, None],
        push_arrived=[None, None, None, 10],
    )
    shows(world(rows[:2], [{"no_network": [(2, 10)], "store": 2}]), push_arrived=[10, 10])


def test_an_entry_older_than_its_time_is_lost_at_the_intervals_end() -> None:
    """
    no network [2 ========== 10], kept for 5       3, 4: lost at 10      5: five old at 10, arrives
    """
    rows: list[Row] = [{"push_latency": k} for k in (3, 4, 5)]
    shows(
        world(rows, [{"no_network": [(2, 10)]}], push_ttl=5),
        push_lost=[10, 10, None],
        push_arrived=[None, None, 10],
    )


def test_an_entry_older_than_its_time_gives_up_its_place_as_another_enters() -> None:
    """no network [2 ==================== 20], room for two, kept for 5 3, 4 ────── 16: the two are
    too old and make room     17: two there now     3 and 4 are lost at 20 first room for one: 3 ──
    8 (five old: still there, thrown out at 8)     3 ── 9 (six: made room, lost at 20)"""
    rows: list[Row] = [{"push_latency": k} for k in (3, 4, 16, 17)]
    shows(
        world(rows, [{"no_network": [(2, 20)], "store": 2}], push_ttl=5),
        push_lost=[20, 20, None, None],
        push_arrived=[None, None, 20, 20],
    )
    one: list[Row] = [{"no_network": [(2, 12)], "store": 1}]
    shows(world([{"push_latency": 3}, {"push_latency": 8}], one, push_ttl=5), push_lost=[8, None])
    shows(world([{"push_latency": 3}, {"push_latency": 9}], one, push_ttl=5), push_lost=[12, None])


def test_every_interval_begins_with_an_empty_store_even_as_another_ends() -> None:
    """
    no network [2 ==== 10)[10 ==== 20), room for one     5: A 10      10: stored, A 20
    """
    rows: list[Row] = [{"push_latency": 10}, {"push_latency": 5}]
    people: list[Row] = [{"no_network": [(2, 10), (10, 20)], "store": 1}]
    shows(world(rows, people), push_arrived=[20, 10], push_lost=[None, None])


def test_silent_counts_take_places_in_the_store_and_are_lost_without_a_note() -> None:
    """
    no network [2 ==== 10], room for one: 3 lost at 4; the badge counts one
    """
    people: list[Row] = [{"no_network": [(2, 10)], "store": 1, "push": False, "badge": True}]
    shows(
        world([{"push_latency": 3}, {"push_latency": 4}], people),
        badge_counted=[None, 10],
        push_lost=[None, None],
    )
