# Subsidies
payments = Payments
payments-number = No.
payments-student = Student number
payments-name = Name
payments-department = Unit
payments-amount = Amount
payments-how = Paid by
payments-case = Case
payments-state = State
payments-year = Year that pays
payments-year-wrong = “{ $found }” is not a year: write it as 2026, or leave it empty for all.
payments-place = Place
payments-approved = Approved at
payments-cheque = Cheque
payments-transfer = Transfer
payments-reserved = Reserved (under review)
payments-committed = Approved, to be paid
payments-batched = In a payment batch
payments-all = All
payments-budget = Year's budget
payments-left = Left
payments-reserved-sum = Reserved by cases under review
payments-unplaced = Approved, but no known year's budget can pay it
payments-years = Years
payments-queue = Queue
payments-none = No such payments yet. They are listed here once a case is sent.
payments-csv = Download CSV
payments-xlsx = Download Excel
payments-changed = Held: bank data changed after approval, { $at }
payments-new-file = a new file
payments-confirm = I have checked the new data
payments-no-year = No budget yet
payments-batches = Payment batches
payments-no-batches = No payment batches yet.
payments-make = Make a payment batch of { $year }
payments-batch = Batch
payments-made-at = Made at
payments-of-file = Export, and the fingerprint of the file
payments-fingerprint = SHA-256 of its content
payments-export = Export Excel
payments-reason = Reason for the export
payments-reason-hint = The file holds national IDs and account numbers; the reason is written to the audit log.
payments-confirm-title = Payment batch of { $year }
payments-confirm-said = { $count ->
    [one] One payment
   *[other] { $count } payments
}, { $total } in all. Once made it never changes, and these approvals can no longer be undone.
payments-confirm-do = Make the batch
payments-confirm-nothing = Nothing of this year can be paid now.
payments-unconfirmed = Their bank data changed after approval; left out until you confirm
payments-rest = { $count ->
    [one] Their bank data changed less than a day ago; left out until then
   *[other] Their bank data changed less than { $count } days ago; left out until then
}
payments-incomplete = Their profile is not complete; left out
payments-lacks = Lacks { $what }
payments-own = Paid to yourself; left out for somebody else to make the batch
payments-own-refused = This payment is to yourself. Somebody else of the office looks at your bank data.
payments-in-it = Payments in this batch
payments-of-batch = { $count ->
    [one] One payment
   *[other] { $count } payments
}, { $total } in all, made by { $by }
payments-held = { $count ->
    [one] One payment is held: its bank data changed after the approval. Look at what changed, then confirm it.
   *[other] { $count } payments are held: their bank data changed after the approval. Look at what changed, then confirm each.
}
payments-back = Back to the payments
payments-stale = The payments have changed since you looked. Look again.
payments-confirmed = Noted that you have checked the new bank data.
payments-made = The batch is made.
own-payment = Subsidy
own-payment-reserved = { $amount } asked for; once approved it takes its place in the year's budget, in the order of approval.
own-payment-placed = { $amount } is number { $number } to be paid in { $year }.
own-payment-waits = { $amount } is approved; the budgets known so far are used up. It waits for the next year's, in the order of approval.
own-payment-batched = { $amount } is in a payment batch of { $year }.
