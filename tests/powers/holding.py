"""What holds each invariant 1 to 40 of governance.md 9.1: checks after each step of a machine, and pure properties.

A machine's check is named by its function; a test by its file and function. Both together where a machine is too small
for what is asked: how often each is drawn, a ballot of thousands, a branch of ten voters.
"""

from __future__ import annotations

HELD: dict[int, tuple[str, ...]] = {
    1: ("grants_have_their_dates", "tests/permits/test_grid.py::test_live_is_one_predicate"),
    2: (
        "power_is_a_live_grant",
        "each_hand_had_its_warrant",
        "newcomers_wait",
        "frozen_powers_give_nothing",
        "nobody_blocks_for_long",
    ),
    3: ("somebody_takes_care",),
    4: ("somebody_answers_or_is_elected", "tests/powers/test_walks.py::test_nobody_acts_and_every_office_ends"),
    5: ("dormant_is_empty", "requests_end_with_their_asker", "nobody_is_asked_in_vain", "power_is_a_live_grant"),
    6: ("grants_end_as_their_source_allows",),
    7: (
        "groups_close_by_a_vote_of_their_own",
        "grants_end_as_their_source_allows",
        "few_are_replaced_at_a_time",
        "tests/powers/test_thirds.py::test_no_more_than_a_third_goes_in_any_fourteen_days",
    ),
    8: (
        "the_press_does_nothing_else",
        "derived_power_is_less",
        "loans_are_less_than_the_office",
        "power_is_a_live_grant",
    ),
    9: (
        "nobody_decides_for_themselves",
        "two_are_not_one_and_an_appointee",
        "nobody_hides_alone_for_long",
        "rivals_hide_nothing",
        "moderators_alone_keep_nothing_hidden",
        "refusals_are_judged_by_others",
        "counts_are_judged_by_others",
    ),
    10: (
        "one_left_does_nothing_that_takes_two",
        "two_speak_for_all",
        "steps_end_when_they_should",
        "petitions_are_counted",
        "one_recall_is_voted_on",
        "signatures_are_forgotten",
        "stand_ins_are_no_second_person",
        "two_are_not_one_and_an_appointee",
        "invitations_block_nobody",
    ),
    11: ("recalled_is_out",),
    12: ("offices_follow_elections", "ballots_say_what_voters_said", "nobody_is_asked_in_vain"),
    13: (
        "derived_power_is_less",
        "helpers_come_by_a_vote",
        "tests/powers/test_adversaries.py::test_adversary_gains_nothing_and_ends_nobody",
    ),
    14: (
        "measures_are_short_and_give_nothing",
        "measures_rest_nobody_who_watches",
        "measures_are_extended_once_by_their_panel",
        "early_elections_give_nothing_undone",
        "frozen_settings_stay",
        "tests/emergencies/test_emergencies.py::test_measure_that_no_panel_confirms_is_undone",
        "tests/powers/test_pauses.py::test_story_ends_the_same_whatever_rests_meanwhile",
    ),
    15: ("the_roster_ends_no_mandate_at_once", "the_empty_keep_their_mandates_for_days", "power_lies_with_members"),
    16: (
        "the_roster_ends_few_at_a_time",
        "the_roster_ends_few_of_those_elected",
        "tests/standing/test_tripwire.py::test_three_of_five_mandates_at_once_all_wait_and_the_numbers_are_public",
        "tests/standing/test_tripwire.py::test_more_than_a_twentieth_of_a_roll_waits_and_ten_do_not",
        "tests/standing/test_ahead.py::test_no_feed_of_words_that_wait_ends_a_mandate_of_a_purge",
        "tests/standing/test_ahead.py::test_every_window_above_the_limit_is_seen_at_its_first",
    ),
    17: ("refusals_leave_everything",),
    18: (
        "tests/powers/test_machine.py::test_invariants_hold_in_machines_of_fifty_steps",
        "tests/powers/test_walks.py::test_clock_that_slept_for_400_days_decides_what_a_daily_one_did",
        "tests/acts/test_steps.py::test_late_clock_writes_what_a_daily_one_does",
        "tests/acts/test_steps.py::test_tick_after_tick_gives_nothing",
    ),
    19: (
        "open_acts_have_a_due",
        "steps_end_when_they_should",
        "hidden_is_what_was_not_shown",
        "elections_end_for_a_reason",
        "refusals_are_judged_by_others",
    ),
    20: ("open_acts_have_a_due", "tests/powers/test_walks.py::test_rules_of_tomorrow_change_no_act_that_runs"),
    21: ("tests/powers/test_folding.py::test_public_state_folds_without_anything_private",),
    22: ("rules_wait_a_fortnight", "tests/constitution/test_load.py::test_breach_is_refused_with_its_reason"),
    23: ("rules_wait_a_fortnight",),
    24: ("one_person_one_paper", "rolls_are_fixed", "ballots_say_what_voters_said"),
    25: ("nothing_joins_voter_and_choice",),
    26: (
        "tests/powers/test_machine.py::test_invariants_hold_in_machines_of_fifty_steps",
        "tests/powers/test_twins.py::test_nothing_before_a_close_depends_on_papers",
    ),
    27: ("trackers_are_the_voters_own",),
    28: (
        "files_recount",
        "tests/count/test_stv.py::test_every_stage_agrees_with_the_oracle",
        "tests/count/test_stv.py::test_recount_from_the_file_gives_the_same_sheet",
        "tests/count/test_stv.py::test_votes_spent_and_lost_make_the_total_at_every_stage",
    ),
    29: (
        "files_recount",
        "lots_wait_for_what_nobody_knows",
        "tests/count/test_stv.py::test_order_of_papers_and_candidates_changes_nothing",
        "tests/count/test_stv.py::test_order_of_hashing_changes_nothing",
    ),
    30: (
        "files_recount",
        "tests/count/test_stv.py::test_majority_of_first_preferences_wins_one_seat_and_further_papers_keep_it",
        "tests/count/test_stv.py::test_relabelling_candidates_relabels_the_result",
    ),
    31: (
        "ballots_say_what_voters_said",
        "amendments_take_most_branches",
        "tests/count/test_yesno.py::test_question_passes_by_majority_ratio_and_floor",
        "tests/count/test_yesno.py::test_another_no_or_abstention_never_turns_failed_into_passed",
        "tests/powers/test_papers.py::test_branches_are_counted_as_the_page_says",
    ),
    32: (),
    33: (
        "drawn_sit_in_their_order",
        "draws_depend_on_no_order",
        "tests/lot/test_walk.py::test_panel_is_the_one_a_second_implementation_finds",
        "tests/lot/test_check.py::test_panel_is_the_same_under_every_hash_seed",
    ),
    34: (
        "pools_are_void_before_anything_is_known",
        "drawn_sit_in_their_order",
        "beacon_signed_whatever_was_drawn_by",
        "tests/lot/test_sources.py::test_seed_changes_with_act_pool_and_what_was_said",
        "tests/lot/test_bls.py::test_forgeries_are_refused_by_both",
        "tests/draws/test_drawing.py::test_what_the_beacon_did_not_sign_is_refused_and_nothing_is_written",
        "tests/draws/test_drawing.py::test_forged_draws_change_nothing",
    ),
    35: (
        "draws_depend_on_no_order",
        "tests/lot/test_pool.py::test_pool_is_the_same_in_whatever_order_it_came",
        "tests/lot/test_walk.py::test_everybody_is_drawn_alike_often_over_twenty_thousand_draws",
    ),
    36: (
        "tests/cases/test_walks.py::test_properties_hold_in_walks_of_thirty_steps",
        "tests/cases/test_machine.py::test_no_case_sits_however_it_goes",
        "tests/cases/test_flow.py::test_no_case_takes_longer_than_said",
        "tests/cases/test_interims.py::test_measure_ends_by_itself_also_where_no_worker_runs",
        "tests/cases/test_interims.py::test_measure_ends_with_its_case",
    ),
    37: (
        "tests/cases/test_walks.py::test_properties_hold_in_walks_of_thirty_steps",
        "tests/cases/test_interims.py::test_measure_takes_no_vote_no_candidacy_and_no_way_into_the_case",
        "tests/cases/test_interims.py::test_measure_rests_nothing_but_offices_of_the_accused",
    ),
    38: (
        "tests/cases/test_walks.py::test_properties_hold_in_walks_of_thirty_steps",
        "tests/cases/test_machine.py::test_no_case_sits_however_it_goes",
        "tests/cases/test_flow.py::test_complaint_cites_a_rule_of_its_day_and_comes_in_time",
        "tests/cases/test_flow.py::test_charge_without_anything_that_it_rests_on_cannot_be_laid",
        "tests/cases/test_flow.py::test_nothing_is_cited_that_was_not_laid_before_the_accused",
        "tests/cases/test_flow.py::test_nobody_of_the_branches_of_the_sides_is_drawn_nor_whoever_sat_before",
    ),
    39: (
        "tests/cases/test_walks.py::test_properties_hold_in_walks_of_thirty_steps",
        "tests/cases/test_appeals.py::test_appeal_lowers_a_decision_and_never_makes_it_worse",
        "tests/cases/test_rules.py::test_nothing_that_is_allowed_on_appeal_is_worse",
    ),
    40: (
        "tests/cases/test_walks.py::test_properties_hold_in_walks_of_thirty_steps",
        "tests/cases/test_flow.py::test_item_without_provenance_or_consent_is_attached_nowhere",
        "tests/cases/test_flow.py::test_record_and_its_openings_name_no_side_and_say_no_word",
    ),
}

# What is held in another form than it is written there: said, so that nobody believes more.
OTHERWISE = {
    3: (
        "weaker: a place may be without organiser and caretaker, as 8.3 found that it must; asked is that nobody who "
        "was drawn stands by idly, and only in runs that draw; docs/draws.md says how long the gap that is left can be"
    ),
    14: (
        "the machine asks for seven days at most (no measure is ever extended here), its panel within six, none within "
        "90 days, and of its effects for grants, pauses and settings; that rolls, ballots and rules go on untouched is "
        "asked in test_pauses.py alone, of stories and not of every run"
    ),
    15: (
        "weaker: where too many of those elected left at once, each holds the mandate while a public hold of their "
        "place says that it waits; that an office gives power to a member alone is asked in 2"
    ),
    16: (
        "the machine asks of mandates alone; that a branch's roll waits too, and that each window above the limit is "
        "seen at its first, is asked in tests/standing"
    ),
    36: (
        "the machine runs the steps of cases and appeals alone, and walks a few hubs; a measure ends by its date: "
        "where the clock stood still while its case lapsed, fourteen days after it began at most, and not when the "
        "case did"
    ),
    37: (
        "asked of a measure's beginning and end, not of every run; the record names an office that rests, so who holds "
        "it is known"
    ),
    40: ("an office that a final decision ends, or that rests meanwhile, is named, so who holds it is known"),
    32: (
        "never run here: tests/count/test_wards.py asks it of a folder of wards that FOLKMOOT_WARDS names, and none is "
        "kept in this repository"
    ),
}

# What nothing here holds, and why.
NOT_HELD = {
    32: "the 351 wards are kept out of this repository, for their licences (governance.md 2.2)",
}
