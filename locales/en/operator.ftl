# Pages of administrators
imports-lead = Take over units, staff, classes, students and credits. A file is checked first and saved after; what was saved can be taken back.
imports-past = Past imports
imports-none = No file has been imported yet.
import-kind = Kind
import-kind-units = Units
import-kind-staff = Staff
import-kind-classes = Classes
import-kind-students = Students
import-kind-credits = Credits
import-file = File
import-file-hint = CSV (UTF-8 or Big5) or Excel (.xlsx); Excel at most 5 MB.
import-effective = True from
import-effective-hint = The day from which the records are true, e.g. 2025-09-08 or 114/9/8; empty for today.
import-effective-wrong = “{ $found }” is not a date. Write it as 2025-09-08 or 114/9/8.
import-choose-kind = Please choose
import-no-kind = Please choose what kind of file it is.
import-not-read = This file cannot be read as the chosen kind; see why below. Perhaps another kind was meant.
import-not-saved = Nothing was saved: mend the refused rows first, or tick “Save only the good rows”.
import-no-file = Please choose a file.
import-upload-gone = This file was dealt with already, or is too old. Please upload it again.
import-check = Check the file
import-check-title = What was found
import-save = Save
import-saved-title = Saved
import-saved = Saved as import number { $batch }.
import-is-good = Nothing is wrong with the file. It can be saved.
import-has-problems = { $count ->
    [one] One row cannot be imported. Mend it before saving, or save only the good rows.
   *[other] { $count } rows cannot be imported. Mend them before saving, or save only the good rows.
}
import-accept-good = Save only the good rows
import-other-file = Another file
import-refused-file = Download the refused rows (xlsx)
import-problems = Rows that cannot be imported
import-warnings = Worth a look
import-preview = { $count ->
    [one] The first row
   *[other] The first { $count } rows
}
import-unused = (not used)
imports-lead-lists = Bring in the lists that you keep. A file is checked first and saved after; what you saved you can take back.
import-columns = Columns of each kind of file
import-column-optional = {" "}(may be left out)
imports-lead-credits = Take over credits that count towards your office’s requirements. A file is checked first and saved after; what you saved you can take back.
take-back-title = Take back import number { $number }?
take-back-students = Students concerned
take-back-means = The records will be as they were before this import. Figures of past days stay as they were; the import stays in the list.
take-back-lost = { $count ->
    [one] One student who has passed everything today would no longer have.
   *[other] { $count } students who have passed everything today would no longer have.
 }
take-back-none-lost = No student who has passed everything today would lose that.
take-back-gained = { $count ->
    [one] One student who has not passed everything today would have.
   *[other] { $count } students who have not passed everything today would have.
 }
take-back-many = Too many students to say at once whose verdict changes.
take-back-do = Take it back
take-back-leave = Leave it as it is
import-number = Number
import-at = When
import-by = By
import-rows = Rows
import-new = New
import-changed = Changed
import-same = Same
import-refused = Refused
import-state = State
import-take-back = Take back
import-taken-back = Taken back on { $at }
import-taken-back-done = That import was taken back.
import-saved-before = This file was saved already; see the list.
import-nothing-new = There was nothing new in the file; nothing was changed.
note-row = Row
note-column = Column
note-found = Found
note-why = Why
note-whole-file = The whole file
notices-lead = When each notice goes out by itself, and to whom it would go now.
notices-none = There is no notice for you to send.
notices-dead = { $count ->
    [one] One mail could not be delivered. Please look.
   *[other] { $count } mails could not be delivered. Please look.
}
notices-waiting = { $count ->
    [one] One mail is waiting.
   *[other] { $count } mails are waiting.
}
notice-name = Notice
notice-letters = Letters
notice-next = Goes out next
notice-no-date = Not known: the calendar has no later date yet
notice-by-hand = By hand
notice-rehearsal = This is a rehearsal, with the records of { $day }, for { $occasion }.
notice-until-send = Nothing is sent until you press Send.
notice-own-only = Only the letters about the requirements of your own office are shown and sent here.
notice-letter = Letter
notice-new = To be sent
notice-already = Told already
notice-no-address = No address
notice-refused-address = Address not allowed
notice-failed = Could not be written
notice-send = { $count ->
    [one] Send one mail
   *[other] Send { $count } mails
}
notice-nobody = Nobody is to be written to now.
notice-sent = { $count ->
    [one] One mail was put into the outbox.
   *[other] { $count } mails were put into the outbox.
}
notice-undelivered = Did not arrive
notice-undelivered-text = The mail server refused these letters for good, or took none of their ten tries. Correct the addresses in the records, or tell these people another way.
notice-undelivered-retry = Try all of them again
notice-person = Person
notice-not-of-today = This is a rehearsal of a past day; it cannot be sent.
notice-sample = A sample of “{ $letter }”
notice-confirm = { $count ->
    [one] This sends one mail, and it cannot be called back. What it says stands below; please look, then send.
   *[other] This sends { $count } mails, and they cannot be called back. How many of each kind, and a sample, stand below; please look, then send.
}
notice-not-yet = Not now
notice-queued = Put into the outbox
letter-students-all = Final-year students
letter-students-passed = Final-year students who have passed all
letter-students-not-passed = Final-year students who have not passed all
letter-tutors = Tutors
letter-heads = Those who see their own department
letter-office = The office of { $title }
mail-of-password = A link for a password
mail-of-undelivered = Letters that did not arrive
mail-of-case = A case
mail-to = To
mail-subject = Subject
mail-notice = Notice
mail-at = When
mail-state = State
mail-state-queued = Waiting
mail-state-leased = Being sent
mail-state-sent = Sent
mail-state-dead = Undeliverable
mail-state-cancelled = Cancelled
mail-error = Last error
mail-attachments = Attachments
mail-tries = tried { $count } times
mail-retry = Try again
mail-retried = Put into the outbox again.
mail-older = Older mails
mail-none = No mails. Notices that were sent are listed here.
mail-no-text = This mail has no text, or it is for its reader alone.
rules-lead = The rules in force, from the school’s folder. After changing files press Reload; where something is wrong the present rules stay, and you are told what and where.
rules-folder = Folder
rules-reload = Reload
rules-reloaded = The rules in the folder are in force now.
rules-kept = { $count ->
    [one] The folder has one problem; the rules stay as they were:
   *[other] The folder has { $count } problems; the rules stay as they were:
}
rules-warnings = { $count ->
    [one] The rules are in force; one thing is worth a look:
   *[other] The rules are in force; { $count } things are worth a look:
}
rules-requirement = Threshold
rules-counts = Counts
rules-parameters = Parameters
rules-parameter = Parameter
rules-values = Values
problem-found = Found:
rules-reloaded-same = The folder was read anew: it is the same edition as before.
