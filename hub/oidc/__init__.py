"""The OpenID Provider: one sign-in for the sites of groups, which learn what they need and nothing that links.

Words: relying party or client (a site of a group), claim, subject (a person as one sector of sites knows them),
consent, sign-in (one member at one site), ask (what a site sent a browser for). Verbs: propose, confirm, object to and
stop a client; consent and withdraw; issue, refresh, end. Authlib keeps the protocol (provider.py), joserfc the tokens.

This room decides nothing about membership or office: claims are read anew whenever they are told. It stores codes,
tokens and secrets as hashes only, and no address a site could share with another.
"""
