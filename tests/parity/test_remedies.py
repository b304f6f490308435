"""Follow-ups and remedies: timelines worked out by hand, one rule each, in seconds (docs/model.md,
sections 3 and 4).

`|` an event, `[==]` a look or an interval, `x` the remedy's effect, `A` a push's arrival, `R` a
retraction's."""

from __future__ import annotations

from sim.clock import NEVER
from sim.schema.codes import APOLOGY, AT_ONCE, BLOCK, DELETE, EDIT

from .timelines import Row, shows, world

# Follow-ups


def test_a_step_is_withheld_if_its_opening_message_is_deleted_at_the_end_of_the_steps_hold_and_not_a_second_later() -> (
    None
):
    """
    first opening  0 ──── x 10      its step released 10: withheld (rank 3 before 5)
    second opening 0 ────── x 11    its step released 10: goes out
    """
    rows: list[Row] = [
        {"noticed": 10},
        {"noticed": 11, "sender": 1},
        {"written": 10, "after": 0},
        {"written": 10, "after": 1, "sender": 1},
    ]
    shows(world(rows, pause=True), accepted=[0, 0, None, 10], paused=[None, None, 10, None])
    shows(world(rows), accepted=[0, 0, 10, 10], paused=[None] * 4)


def test_a_step_is_withheld_if_its_opening_message_was_caught_or_cancelled_but_not_if_its_deletion_was_refused() -> (
    None
):
    """
    caught | cancelled x 2 within the hold (5) | deletion refused: another kind
    """
    rows: list[Row] = [
        {"caught": True},
        {"released": 5, "noticed": 2},
        {"noticed": 2, "kind": 1, "sender": 1},
        *({"written": 20, "after": opening} for opening in (0, 1, 2)),
    ]
    shows(
        world(rows, pause=True, undeletable=2),
        accepted=[None, None, 0, None, None, 20],
        paused=[None, None, None, 20, 20, None],
        refused=[0, 0, 1, 0, 0, 0],
    )


def test_a_step_is_withheld_if_its_opening_message_was_cancelled_by_any_remedy() -> None:
    """
    0 ── x 2, hold ends 5: the send is undone       its step at 20
    """
    rows: list[Row] = [{"released": 5, "noticed": 2}, {"written": 20, "after": 0}]
    for remedy in (DELETE, EDIT, APOLOGY, BLOCK):
        shows(
            world(rows, pause=True, remedy=remedy),
            cancelled=[2, None],
            paused=[None, 20],
            blocked=[None, None],
        )


def test_an_edit_does_not_pause_steps() -> None:
    """
    0 ── x 2 edited       its step at 20 goes out
    """
    rows: list[Row] = [{"noticed": 2}, {"written": 20, "after": 0}]
    shows(
        world(rows, pause=True, remedy=EDIT),
        effective=[2, None],
        accepted=[0, 20],
        paused=[None, None],
    )


def test_a_step_that_was_cancelled_itself_is_not_called_withheld() -> None:
    """
    opening caught; step pressed 1, x 3, hold ends 8
    """
    rows: list[Row] = [{"caught": True}, {"written": 1, "released": 8, "noticed": 3, "after": 0}]
    shows(world(rows, pause=True), cancelled=[None, 3], paused=[None, None], accepted=[None, None])


# Group messages


def test_one_deletion_takes_back_a_group_message_from_everybody() -> None:
    """
    three rows of one group message and one alone, each 3 s of action, one at a time
    the group 2 ── x 5     the other 5 ── x 8     and without a group: 5, 8, 11 and 14
    """
    row = {"noticed": 2, "action": 3}
    rows: list[Row] = [row | {"group": 0, "recipient": k} for k in range(3)] + [row]
    people: list[Row] = [{}, {}, {}]
    shows(world(rows, people), started=[2, 2, 2, 5], completed=[5, 5, 5, 8], effective=[5, 5, 5, 8])
    alone = [row | {"group": -1} for row in rows]
    shows(world(alone, people), completed=[5, 8, 11, 14])


def test_two_senders_group_messages_are_two_and_a_group_is_deleted_apart_from_its_batch() -> None:
    """
    group 0 of sender 0 x 5, group 0 of sender 1 x 6     batch 7: its rows without a group go together
    """
    row = {"noticed": 2, "action": 3}
    rows: list[Row] = [
        row | {"group": 0, "batch": 7},
        row | {"group": 0, "sender": 1, "action": 4},
        row | {"batch": 7},
        row | {"batch": 7},
    ]
    shows(world(rows, bulk=True), completed=[5, 6, 8, 8])


# Apologies


def test_an_apology_goes_out_as_the_action_is_done_and_deletes_nothing() -> None:
    """
    0 accepted ── noticed 10 ── done 15: one more message, its push A 17, visit | 20 reads both
    """
    rows: list[Row] = [
        {"noticed": 10, "action": 5},
        {"apology": True, "after": 0, "push_latency": 2},
    ]
    shows(
        world(rows, [{"visits": [(20, 20)]}], remedy=APOLOGY, window=-1),
        completed=[15, None],
        refused=[0, 0],
        effective=[None, None],
        accepted=[0, 15],
        push_arrived=[0, 17],
        thread_read=[20, 20],
    )
    shows(world(rows), accepted=[0, None], effective=[15, None])


def test_whoever_is_done_by_the_end_of_the_hold_undoes_the_send_instead_of_apologising() -> None:
    """
    hold ends 20      done 20: undone     done 20, in effect 21: sent at 20, apology at 20
                      done 15, in effect 25: neither undone nor to be apologised for at 15
    """
    rows: list[Row] = [
        {"released": 20, "noticed": 20},
        {"released": 20, "noticed": 20, "propagation": 1, "sender": 1},
        {"released": 20, "noticed": 15, "propagation": 10, "sender": 2},
        *({"apology": True, "after": k} for k in (0, 1, 2)),
    ]
    shows(
        world(rows, remedy=APOLOGY),
        cancelled=[20, None, None, None, None, None],
        effective=[20, None, None, None, None, None],
        accepted=[None, 20, 20, None, 20, None],
    )


def test_an_apology_is_no_step_and_goes_out_though_steps_pause() -> None:
    """
    opening 0, block or apology at 5; its step at 9
    """
    rows: list[Row] = [{"noticed": 5}, {"written": 9, "after": 0}, {"apology": True, "after": 0}]
    shows(world(rows, remedy=APOLOGY, pause=True), accepted=[0, 9, 5], paused=[None, None, None])


# Delete and send again


def test_the_corrected_message_goes_out_as_the_action_is_done_even_where_the_deletion_is_refused() -> (
    None
):
    """
    0 accepted ── noticed 10 ── done 15: the corrected one, its push A 17 ── x 18 deleted
    0 accepted ── noticed 10 ── done 15, of a kind that cannot be deleted: refused, and corrected
    """
    row = {"noticed": 10, "action": 5, "propagation": 3}
    rows: list[Row] = [
        row,
        row | {"kind": 1, "sender": 1},
        {"apology": True, "after": 0, "push_latency": 2},
        {"apology": True, "after": 1, "push_latency": 2, "sender": 1},
    ]
    shows(
        world(rows, [{"visits": [(20, 20)]}], redraft=True, undeletable=2),
        completed=[15, 15, None, None],
        refused=[0, 1, 0, 0],
        effective=[18, None, None, None],
        accepted=[0, 0, 15, 15],
        push_arrived=[0, 0, 17, 17],
        thread_read=[None, 20, 20, 20],
    )
    shows(world(rows, undeletable=2), accepted=[0, 0, None, None])


def test_an_undone_send_is_corrected_in_the_draft_and_nothing_is_sent_again() -> None:
    """
    hold ends 20      done 20: undone     done 20, in effect 21: sent at 20, corrected at 20
    """
    rows: list[Row] = [
        {"released": 20, "noticed": 20},
        {"released": 20, "noticed": 20, "propagation": 1, "sender": 1},
        *({"apology": True, "after": k} for k in (0, 1)),
    ]
    shows(
        world(rows, redraft=True),
        cancelled=[20, None, None, None],
        effective=[20, 21, None, None],
        accepted=[None, 20, None, 20],
    )


def test_the_corrected_message_is_no_step_and_goes_out_though_steps_pause() -> None:
    """
    opening 0, deleted and sent again at 5; its step at 9 is withheld
    """
    rows: list[Row] = [{"noticed": 5}, {"written": 9, "after": 0}, {"apology": True, "after": 0}]
    shows(world(rows, redraft=True, pause=True), accepted=[0, None, 5], paused=[None, 9, None])


# Blocks


def test_a_block_leaves_out_what_has_not_been_dispatched_and_takes_nothing_back() -> None:
    """
    dispatch 5      blocked 5: left out (rank 3 before 7)      blocked 6: arrives, stays, is read
    """
    row = {"push_delay": 5, "email_delay": 5, "retract_after": 0, "badge_sync_after": 0}
    rows = [row | {"noticed": 5}, row | {"noticed": 6, "sender": 1}]
    people: list[Row] = [
        {"email": AT_ONCE, "badge": True, "glances": [(8, 9)], "visits": [(10, 10)]}
    ]
    shows(
        world(rows, people, remedy=BLOCK, window=-1),
        blocked=[5, 6],
        effective=[None, None],
        refused=[0, 0],
        push_dispatched=[None, 5],
        email_dispatched=[None, 5],
        push_noticed=[None, 8],
        badge_cleared=[None, 10],
        thread_read=[10, 10],
        phantom=[None, None],
    )
    shows(
        world(
            rows, people, remedy=BLOCK, push_late=False, push_drop=0, email_late=False, email_drop=0
        ),
        push_dispatched=[5, 5],
    )


def test_a_block_pauses_steps_and_within_the_hold_it_is_an_undone_send() -> None:
    """blocked 7 (done 5, 2 s of propagation)   step at 7 withheld    |    hold ends 9, done 5, in
    effect 7: cancelled"""
    row = {"noticed": 5, "propagation": 2}
    rows: list[Row] = [row, row | {"released": 9, "sender": 1}, {"written": 7, "after": 0}]
    shows(
        world(rows, remedy=BLOCK, pause=True),
        blocked=[7, None, None],
        cancelled=[None, 7, None],
        effective=[None, 7, None],
        paused=[None, None, 7],
    )


# The recipient's client


def test_the_recipients_client_ignores_a_deletion_that_reaches_it_after_its_own_window() -> None:
    """0 accepted ──────────── 60 the client's window done 58      in effect 60: deleted     in
    effect 61: ignored, refused (4)     never: not ignored, it never comes"""
    rows: list[Row] = [
        {"noticed": 58, "propagation": p, "sender": k} for k, p in enumerate((2, 3, NEVER))
    ]
    shows(
        world(rows, receiver_window=60),
        refused=[0, 4, 0],
        effective=[60, None, None],
        completed=[58] * 3,
    )


def test_the_platforms_reasons_come_first_and_an_undone_send_or_a_recorded_deletion_is_never_ignored() -> (
    None
):
    """done 70 after the platform's window 65     hold ends 90, done 70     recorded at 70
    client's window 60"""
    rows: list[Row] = [
        {"noticed": 70},
        {"noticed": 70, "released": 90, "sender": 1},
        {"noticed": 70, "recorded": True, "sender": 2},
    ]
    shows(world(rows, window=65, receiver_window=60), refused=[2, 0, 0], effective=[None, 70, 70])
    shows(world(rows, receiver_window=60), refused=[4, 0, 0], effective=[None, 70, 70])


# Undoing a send that fails, and senders who look at the seen mark first


def test_a_send_that_cannot_be_undone_goes_out_and_nothing_more_is_done_about_it() -> None:
    """
    noticed 2, hold ends 5: cancelled, or refused (5) and accepted 5; noticed 6: no send to undo
    """
    rows: list[Row] = [
        {"released": 5, "noticed": 2, "undo_fails": True},
        {"released": 5, "noticed": 2, "sender": 1},
        {"released": 5, "noticed": 6, "undo_fails": True, "sender": 2},
        {"released": 5, "noticed": 2, "undo_fails": True, "recorded": True, "sender": 3},
    ]
    for remedy in (DELETE, EDIT, APOLOGY, BLOCK):
        shows(
            world(rows[:2], remedy=remedy),
            accepted=[5, None],
            cancelled=[None, 2],
            refused=[5, 0],
            effective=[None, 2],
            blocked=[None, None],
        )
    shows(
        world(rows),
        accepted=[5, None, 5, None],
        cancelled=[None, 2, None, 2],
        refused=[5, 0, 0, 0],
        effective=[None, 2, 6, 2],
    )


def test_a_sender_leaves_what_a_mark_says_was_read_by_the_time_the_action_completes() -> None:
    """
    visit | 3, mark 2 s later: ruling at 5 sees it, at 4 not; no mark: deleted
    """
    rows: list[Row] = [
        {"noticed": 5, "receipt_after": 2},
        {"noticed": 4, "receipt_after": 2, "sender": 1},
        {"noticed": 5, "sender": 2},
        {"noticed": 3, "receipt_after": 0, "sender": 3},
    ]
    people = [{"visits": [(3, 3)]}]
    shows(
        world(rows, people, leaves_seen=True),
        refused=[6, 0, 0, 0],
        effective=[None, 4, 5, 3],
        thread_read=[3, 3, 3, None],
    )
    shows(world(rows, people), refused=[0] * 4, effective=[5, 4, 5, 3])
    shows(world(rows, people, leaves_seen=True, unread_only=True), refused=[3, 3, 3, 0])
