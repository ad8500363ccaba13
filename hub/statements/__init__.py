"""Official statements: what two of the press say in the name of all, and that something was not said in our name.

Words: statement, reminder, to draft, to sign, to publish, to correct, to take back. What was said before stays in view,
beside the reason why it was changed. Nobody is named in a reminder, and none links to what somebody wrote.

    drafted ──two of the press──> published ──two──> corrected, as often as it takes ──two──> withdrawn
"""
