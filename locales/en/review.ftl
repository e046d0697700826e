# The reviewers' pages: what waits, a decision, many at once
queue = Cases
queue-nav = Cases ({ $count })
queue-nav-many = Cases (999+)
queue-title-mine = Cases that wait for me
queue-title-all = Cases that I may see
queue-waiting = { $count ->
    [one] One case waits for you.
   *[other] { $count } cases wait for you, the longest first.
}
queue-found = { $count ->
    [one] One case found.
   *[other] { $count } cases found.
}
queue-waiting-more = More than { $count } cases wait for you, the longest first.
queue-found-more = More than { $count } cases found.
queue-empty = There are no cases here.
queue-mine = Waiting for me
queue-all = All
queue-words = Words
queue-workflow = Kind
queue-year = Academic year
queue-division = Division
queue-filter-year = Academic year { $year }
queue-as-csv = This list as CSV
queue-as-sheet = This list as Excel
queue-state = State
queue-number = Case
queue-since = Waiting for
queue-late = Overdue
queue-table = List of cases
queue-choose = Choose
queue-choose-one = Choose case { $number }
queue-bulk = Several at once
queue-bulk-hint = Tick cases, then choose. The next page says for each what will happen; nothing is done before you confirm.
queue-none-fit = No case fits. Remove a filter above to see more.
queue-none-wait = No case waits for you. When one is sent, it is listed here.
queue-none = There is no case that you may see yet. Once a student sends one, it is listed here.
queue-views = Saved views
queue-view-name = A name for these filters
queue-view-keep = Save
queue-view-forget = Remove
view-kept = The view was saved.
view-forgotten = The view was removed.
view-not-kept = Not saved: a name has 1 to 40 characters, and there can be 30 views.
age-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
age-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
}
age-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
claim-mine = yours until { $until }
claim-other = { $name } works on it until { $until }
bulk-title = Several at once: { $title }
bulk-lead = { $included } will be done, { $excluded } left out. Please check the list.
bulk-table = Each case
bulk-what = What happens
bulk-result = What happened
bulk-included = Included
bulk-excluded = Left out
bulk-was-done = Done
bulk-was-skipped = Not done
bulk-note-hint = The same words for each case, at most { $most } characters.
bulk-do = { $title } ({ $count })
bulk-nothing = None of these cases can be decided so. Nothing was changed.
bulk-wrong = Nothing was done yet: mend this first
bulk-done = { $done } done, { $skipped } not done.
bulk-undo = Each can be undone on its own page for { $time }.
bulk-back = Back to the list
bulk-none-chosen = No case was ticked. Tick some first, then choose what to do.
bulk-too-many = At most 50 cases at once.
bulk-stale = The case was changed after you ticked it; look at it again.
bulk-other-kind = It is of another kind ("{ $kind }"): this decision is for "{ $wanted }".
bulk-gone = There is no such case, or it is not yours to see.
bulk-becomes = becomes "{ $state }"
bulk-replayed = This form was sent before; nothing was done twice.
follows-credit = counts { $amount } of "{ $title }"
follows-credit-towards = counts { $amount } of "{ $title }", for: { $towards }
follows-pay = pays NT${ $amount }
follows-mail = sends a letter
follows-waive = waives "{ $title }" until { $until }
follows-substitute = { $amount } stands in for "{ $title }" until { $until }
follows-extend = "{ $title }" may be filed until { $until }
follows-enter = a new entry in “{ $title }”
granted-always = no end
review-title = Review { $number }
review-note = Note
review-note-hint = At most { $most } characters. The applicant reads it.
review-since = since
review-waits-for = Waits for
review-filed = Sent
review-department = Department
review-state = State
review-edition = Judged by the rules of the day on which it was sent
review-answers = Answers and proofs
review-answer-none = Not answered
review-figure-why = How it was reckoned
review-yes = Yes
review-no = No
review-picture = Picture of { $name }
review-open-file = Open the file
review-file-gone = The file is no longer there
review-changes = What was changed since it was returned
review-changes-field = Field
review-changes-before = Before
review-changes-after = Now
review-changes-none = The same as when it was last sent.
review-private = Profile
review-private-hint = What is masked is shown once you say why; each time is recorded.
review-reveal = Show what is masked
review-reveal-reason = Reason
review-reveal-needed = Say why you need to see it (2 to 200 characters).
review-revealed = What was masked is shown, and this was recorded.
review-profile-incomplete = The applicant's profile is not complete yet.
review-elsewhere = Used elsewhere, too
review-same-file = The file of "{ $field }" is the very same as in another case:
review-same-file-unseen = { $count ->
    [one] The file of "{ $field }" is the very same as in one other case that is not yours to see. Ask the office.
   *[other] The file of "{ $field }" is the very same as in { $count } other cases that are not yours to see. Ask the office.
}
review-same-text = "{ $field }" is the same as in another case:
review-same-text-unseen = { $count ->
    [one] "{ $field }" is the same as in one other case that is not yours to see. Ask the office.
   *[other] "{ $field }" is the same as in { $count } other cases that are not yours to see. Ask the office.
}
review-same-entry = The same applicant applied with "{ $value }" before:
review-others = Other cases of this applicant
review-others-none = There are no others that you review.
review-others-used = { $count ->
    [one] The one that this case uses stands among its answers; others review it.
   *[other] The { $count } that this case uses stand among its answers; others review them.
}
review-timeline = History
review-decisions = What you can do
review-which = Your decision
review-send = Send the decision
review-note-needed = needs a note
review-wrong = The decision was not made yet: mend this first
review-mend = To be mended
review-mend-one = To be mended: { $field }
review-mend-hint = Tick beside the answers above what is to be mended; the applicant can change only that.
review-own = This is your own application; somebody else decides it.
review-both = You decided this case at another stage; somebody else decides here.
review-used = Another application uses it: it can no longer be changed.
review-nothing = There is nothing for you to do now.
review-undo = Undo the last decision
review-undo-until = It can be undone until { $until }.
review-batched = The payment is in a payment batch: this decision can no longer be undone.
review-undone = Undone: the case is as it was before.
review-decided = Done.
review-next = Next case
review-skip = Look at the next one first
review-no-next = No other case waits for you
review-claim = I will do this one
review-release = Give it back
review-claimed = This case is yours for 30 minutes.
review-released = This case is no longer taken by you.
claim-not-taken = Somebody else is working on it.
refused-stale = The case was changed after you opened it, and your decision was not made. See its history below; what you wrote is still here.
refused-not-now = In its present state this cannot be done. What you wrote is still here.
refused-not-theirs = This is not yours to decide.
refused-own-case = Nobody decides their own application, nor does whoever they lend their role to.
refused-both-reviews = You, or whoever lends you the role, decided this case at another stage: it cannot be decided here, too.
refused-note-needed = Write a note that says why.
refused-note-too-long = A note has at most { $most } characters; there are { $found }.
refused-fields-needed = Tick at least one field that is to be mended.
refused-fields-unused = "{ $title }" does not use what you ticked as to be mended: untick it, or choose a decision that gives it back.
refused-too-late = The time for undoing is over, or something happened since.
refused-in-use = Another application uses it: it can no longer be changed.
refused-form = The application is not complete, so this cannot be done.
refused-rule-failed = A rule failed and nothing was decided. Tell the administrator.
refused-step-needed = Choose what to decide.
history-began = Begun
history-undo = Undone
history-undone = was undone
history-named = To be mended: { $fields }
list-semicolon = ;{" "}
flow-title = How it moves
flow-picture = States, and who moves a case from one to the next
flow-sideways = The picture is wider than the screen: move it sideways to see the rest.
flow-who = Who may do what in which state
flow-nobody = Nobody decides their own case, nor one case in two of its states.
flow-here = The case is here.
flow-applicant = The applicant reads: { $text }
flow-remind = { $count ->
    [one] A reminder after one working day
   *[other] A reminder after { $count } working days
}
flow-lapse = { $count ->
    [one] After one day: { $step }
   *[other] After { $count } days: { $step }
}
review-checks = Checks
check-right = right
check-wrong = wrong
check-look = to be looked at
check-unseen = Not noted
check-is-right = I looked: right
check-is-wrong = I looked: wrong
check-again = Look again
queue-wrong = { $count } wrong
queue-look = { $count } to look at
queue-right = checks right
bulk-checks = Checks that are wrong: { $titles }
exports-title = Exports
exports-round = Window
exports-opens = Opens
exports-closes = Closes
exports-dates = Other dates
exports-tables = Tables
exports-all = All windows
exports-count = Cases: { $count }
exports-folded = Rounds that have not begun or have no cases ({ $count })
exports-language = Language of the table
exports-columns = Columns
exports-reason = Why it is exported
exports-reason-hint = It holds personal data; the reason is kept in the audit log.
exports-xlsx = Download as Excel
exports-paper = Print to be signed
paper-print = Print
paper-made = Made on
paper-by = Made by { $name }
paper-sign = signature or seal
exports-none = No case
exports-reason-needed = Say why it is exported (2 to 200 characters).
export-case-number = Case
export-student-number = Student number
export-name = Name
export-class = Class
export-department = Department
export-state = State
export-sent-on = Sent on
