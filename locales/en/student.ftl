# A student's pages
dashboard-title = Graduation thresholds
dashboard-not-bound = These thresholds do not apply to this student.
dashboard-all-passed = You have passed every threshold; there is nothing left to do.
dashboard-all-passed-staff = Every threshold is passed.
dashboard-missing = { $count ->
    [one] You still lack one threshold:{" "}
   *[other] You still lack { $count } thresholds:{" "}
}
dashboard-missing-staff = { $count ->
    [one] One threshold is missing:{" "}
   *[other] { $count } thresholds are missing:{" "}
}
dashboard-missing-item = { $title } needs { $amount } more
dashboard-deadline-before = All must be done before{" "}
dashboard-deadline-after = .
block-deadline = Deadline
block-before-day = before{" "}
block-before-day-after = {""}
block-no-record = none yet
dashboard-nothing-remaining = Nothing is left to do.
list-comma = ,{" "}
full-stop = .
state-passed = Passed
state-not-passed = Not passed
state-waived = Waived
waiver-because = Waived because
waiver-by = Approved by
waiver-case = Case
waiver-recorded = Approved on
waiver-stands = Standing
why-waivers = Waivers ({ $count })
state-not-bound = Not applicable
views = Views
view-all = All
view-remaining = Only what is missing
why-link = Why?
bar-label = { $earned } of { $needed }
in-brackets = ({ $text })
as-of = As of
last-record = Last record
student-number = Student number
student-name = Name
student-department = Department
student-class = Class
student-division = Programme
student-admitted = admitted in { $year }
student-status = Enrolment
apply-filter = Apply
records-count = { $count ->
    [one] One record
   *[other] { $count } records
}
records-none = No records yet. Credits are listed here once they are recorded.
record-happened = Date
record-term = Term
record-category = Category
record-name = Name
record-amount = Amount
record-recorded = Recorded
record-state = State
record-valid = Valid
record-taken-back = Taken back on { $day }
record-counted = Counted
record-why = Why
why-title = Why “{ $title }” stands as it does
why-counted = Records that counted ({ $count })
why-not-counted = Records that did not count ({ $count })
why-none-counted = No record counted.
why-all-counted = Every record counted.
why-rule = The rules behind it
why-decided-by = Decided by
why-edition = Edition of the rules
in-force-since = in force since
