"""The addresses of the public pages: branches, groups, offices, record, rules, copying."""

from __future__ import annotations

from hub.web import branches, fork, group_drafts, groups, home, invitations, offices, record, rules
from hub.web.access import Needs
from hub.web.handling import get, post
from hub.web.pages import kept

MEMBER, NAMED = Needs.MEMBER, Needs.NAMED
DRAFT = "/branches/{branch}/groups/new"

ROUTES = (
    get("/", kept(home.show)),
    get("/branches/new", branches.new, MEMBER),
    post("/branches", branches.create, MEMBER, again=branches.new),
    get("/branches/{branch}", branches.show),
    post("/branches/{branch}/invitations", branches.invite, MEMBER),
    post("/branches/{branch}/confirmation", branches.confirm, NAMED),
    post("/branches/{branch}/objection", branches.object_to, NAMED, again=branches.show),
    get("/branches/{branch}/power", offices.of_branch),
    get(DRAFT, group_drafts.show, MEMBER),
    post(DRAFT, group_drafts.send, MEMBER, again=group_drafts.show),
    get(DRAFT + "/about", group_drafts.edit_about, MEMBER),
    get(DRAFT + "/joining", group_drafts.edit_joining, MEMBER),
    get(DRAFT + "/links", group_drafts.edit_links, MEMBER),
    post(DRAFT + "/about", group_drafts.save_about, MEMBER, again=group_drafts.edit_about),
    post(DRAFT + "/joining", group_drafts.save_joining, MEMBER, again=group_drafts.edit_joining),
    post(DRAFT + "/links", group_drafts.add_link, MEMBER, again=group_drafts.edit_links),
    post(DRAFT + "/links/removal", group_drafts.remove_link, MEMBER),
    get("/groups/{group}", groups.show),
    get("/groups/{group}/join", groups.join_form, MEMBER),
    post("/groups/{group}/memberships", groups.join, MEMBER),
    post("/groups/{group}/departure", groups.leave, NAMED),
    post("/groups/{group}/invitations", groups.invite, MEMBER),
    post("/groups/{group}/confirmation", groups.confirm, NAMED),
    post("/groups/{group}/objection", groups.object_to, NAMED, again=groups.show),
    get("/groups/{group}/requests", groups.requests, NAMED),
    post("/groups/{group}/requests/{request}/acceptance", groups.accept, NAMED),
    post("/groups/{group}/requests/{request}/refusal", groups.decline, NAMED),
    get("/groups/{group}/links", groups.links_form, NAMED),
    post("/groups/{group}/links", groups.add_link, NAMED, again=groups.links_form),
    post("/groups/{group}/links/{link}/withdrawal", groups.withdraw_link, NAMED),
    get("/groups/{group}/power", offices.of_group),
    post("/groups/{group}/appointments", offices.offer, NAMED),
    get("/groups/{group}/offices/{grant}/withdrawal", offices.challenge_form, NAMED),
    post("/groups/{group}/offices/{grant}/withdrawal", offices.challenge, NAMED),
    post("/acts/{act}/confirmation", offices.confirm, NAMED),
    post("/acts/{act}/objection", offices.object_to, NAMED),
    get("/offices/{grant}/resignation", offices.resign_form, NAMED),
    post("/offices/{grant}/resignation", offices.resign, NAMED),
    get("/power", offices.of_hub),
    get("/council", branches.council),
    post("/council/areas/{proposal}/confirmation", branches.confirm_areas, NAMED),
    get("/invitations/{token}", invitations.show, MEMBER),
    post("/invitations/{token}", invitations.accept, MEMBER, again=invitations.show),
    get("/record", record.listing),
    get("/record/{index}", record.show),
    get("/rules", rules.show),
    get("/fork", fork.show),
)
