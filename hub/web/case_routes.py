"""The addresses of cases: complain, and a case with all that its sides and those drawn for it do. Nobody else."""

from __future__ import annotations

from hub.web import case_delays as delays
from hub.web import case_panels as panels
from hub.web import case_sides as sides
from hub.web import case_text, cases, complaints, conduct, docket
from hub.web.access import Needs
from hub.web.handling import get, post, post_file

NAMED = Needs.NAMED
CASE = "/cases/{act}"

ROUTES = (
    get("/docket", docket.show),
    get("/groups/{group}/conduct", conduct.show),
    get("/cases/new", complaints.new, NAMED),
    post("/cases", complaints.complain, NAMED, again=complaints.new),
    get(CASE, cases.show, NAMED, unit="write"),
    get(CASE + "/file", cases.file, NAMED),
    get(CASE + "/text", case_text.text, NAMED),
    get(CASE + "/screening", panels.screening_form, NAMED),
    post(CASE + "/screening", panels.screen, NAMED, again=panels.screening_form),
    get(CASE + "/items", sides.items_form, NAMED),
    post(CASE + "/items", sides.attach, NAMED, again=sides.items_form),
    post(CASE + "/items/{item}/removal", sides.take_off, NAMED),
    post_file(CASE + "/files", sides.send, NAMED, sides.items_form),
    post(CASE + "/files/{file}/removal", sides.take_back, NAMED),
    get(CASE + "/charge", sides.charge_form, NAMED),
    post(CASE + "/charge", sides.charge, NAMED, again=sides.charge_form),
    get(CASE + "/answer", sides.answer_form, NAMED),
    post(CASE + "/answer", sides.answer, NAMED, again=sides.answer_form),
    post(CASE + "/prolongation", sides.prolong, NAMED, again=cases.show),
    post(CASE + "/strikes", sides.strike, NAMED, again=cases.show),
    get(CASE + "/rulings", panels.ruling_form, NAMED),
    post(CASE + "/rulings", panels.propose, NAMED, again=panels.ruling_form),
    post(CASE + "/rulings/{ruling}/signature", panels.sign, NAMED, again=panels.ruling_form),
    get(CASE + "/appeal", sides.appeal_form, NAMED),
    post(CASE + "/appeal", sides.appeal, NAMED, again=sides.appeal_form),
    get(CASE + "/measures", panels.measures_form, NAMED),
    post(CASE + "/measures", panels.ask_measure, NAMED, again=panels.measures_form),
    post(CASE + "/measures/{measure}/signature", panels.sign_measure, NAMED, again=panels.measures_form),
    get(CASE + "/delays", delays.form, NAMED),
    post(CASE + "/delays", delays.ask, NAMED, again=delays.form),
    post(CASE + "/delays/{order}/signature", delays.sign, NAMED, again=delays.form),
)
