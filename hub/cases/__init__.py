"""Cases: due process before any sanction. A complaint is screened, charged, answered, decided and appealed, by members
drawn by lot and by nobody in office; what nobody does in time lapses, and everything is as if it had never been.

Words: complaint, duty panel, charge, item, answer, strike, decision, appeal, lapse. The record has a case's dates, who
of those drawn signed, and hashes of what was laid before whom (commit): no name of a party, no rule, no word. What was
said lies in private tables here, and is read through ``sealed`` alone. A decision cites nothing but items that the
record shows disclosed. The docket tells of counts, and of none below ten.

What it does not do: suspend anybody at once (no verb does), take a vote or a candidacy from anybody while a case runs.

For pages (all verbs take tx, keyword arguments and ``actor``; they raise NotFound, Forbidden, Invalid, RuleViolation):

actions.complain(respondent=PERSON, rule=int, happened_on=date, learned_on=date, words=, again=act|None) -> act or None
    (None: it waits in the queue; again: the ended case whose facts it takes up, with new evidence)
actions.screen(act=, result="admitted"|"no_case"|"informal", reasons=, hides=False)
actions.attach(act=, item=items.Item) -> id (either side, while it may still lay something before the other)
actions.take_off(act=, item=id); actions.charge(act=, facts=); actions.prolong(act=)
actions.answer(act=, words=, companion=None)
deciding.strike(act=, ticket=); deciding.propose(act=, ruling=rules.Ruling) -> id; deciding.sign(act=, decision=id)
appealing.appeal(case=act, ground="procedure"|"new_evidence"|"proportionality", words=) -> act
interims.ask(case=, measure="rest_office"|"no_contact", risk=, why_nothing_milder=, grants=(), renews=None) -> act;
interims.sign(act=)
delays.ask(case=Case, days=1..30, reasons=) -> order; delays.sign(case=Case, order=): the sides read its looks later
queries.view(tx, act, person) -> Case, for a side or one of those drawn, else NotFound. Its fields: act, state, due, you
    (complainant, respondent, duty, panel, appeal_panel), complainant, respondent, rule, version, happened_on,
    file.papers (id, kind, person, body, at; kinds complaint, screening, charge, answer, ruling, appeal, interim,
    delay),
    file.items (id, side, body, sha256, shown, at), seats (ticket, holder, state), review (the appeal's act)
queries.mine(tx, person) -> cases of a side; queries.to_decide(tx, holder) -> acts for which somebody was drawn
docket.counts(tx) -> {"rule"|"body"|"outcome"|"time": {word: count in tens}}; docket.queued(tx)

States (queries.state_of): drawing_duty, filed, admitted, charged, drawing_panel, deciding, appealable, appealed,
final, not_admitted, lapsed, quashed.
"""
