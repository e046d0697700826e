# Cases: words that applicants' and reviewers' pages share
case-begun = Saved for the first time
case-sent = Sent for the first time
case-sent-again = Sent again
case-undone = Took the last decision back
case-was-undone = (taken back)
case-to-mend = To be mended:{" "}
case-system = the system
case-in-place-of = in place of { $name }
money = NT${ $amount }
money-unit = NT$
answer-nothing = Not answered
answer-masked = (partly hidden)
answer-yes = Yes
answer-no = No
answer-change = Change
