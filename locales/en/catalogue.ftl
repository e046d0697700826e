# Lists to choose from: keeping and approving them
catalogues = Lists
list-changed = Last changed
list-waiting = Waiting for my approval
list-none-waits = No list waits for your approval. When one is sent, it stands here.
list-own = My lists
list-seen = Lists that I may see
list-no-catalogues = There is no list that you keep or approve.
list-state-draft = Being edited
list-state-sent = Sent, waiting for approval
list-state-approved = Approved
list-state-returned = Returned
list-count = { $count ->
    [one] 1 entry
   *[other] { $count } entries
}
list-count-of = { $count ->
    [one] 1 entry, at most { $most }
   *[other] { $count } entries, at most { $most }
}
list-offered = { $count } on offer now
list-returned-note = It was returned because:
list-locked = The list was sent and cannot be changed before it is decided.
list-still-offered = While it is edited, what was approved last stays on offer.
list-entries = Entries
list-no-entries = No entry yet. Add one below, or take over those of the term before.
list-over = This term is over. It had no list, and none is made any more.
list-cell-empty = empty
list-entry-new = New
list-entry-changed = Changed
list-gone = On the list of { $term }, not on this one
list-same = The same as in { $term }.
list-actions = Actions
list-edit = Edit
list-before = Take over from { $term }
list-take-all = Take over all
list-take = Take over
list-taken = Taken over
list-edit-entry = Edit this entry
list-add-entry = Add an entry
list-remove-title = Remove "{ $name }"?
list-remove-text = It can be chosen no more.
list-remove-approved = Once the list is approved again it can be chosen no more.
list-remove-leave = Do not remove it
list-save = Save
list-add = Add
list-minutes = Minutes
list-minutes-needed = The list differs from the term before: minutes are needed before it is sent.
list-minutes-none = The same as the term before: no minutes are needed.
list-minutes-send = Add the minutes
list-minutes-replace = Replace them
list-minutes-hint = PDF, at most 10 MB.
list-minutes-upload = Upload
list-minutes-remove = Remove the minutes
list-send-title = Send for approval
list-send-text = Once sent it cannot be changed until it is approved or returned.
list-send = Send
list-reopen-title = Change it again
list-reopen-text = While it is edited, what was approved last stays on offer.
list-reopen = Start editing
list-own-sent = You sent this list; somebody else approves it.
list-note-hint = Needed to return it, at most 500 characters.
list-approve = Approve
list-return = Return
list-was-changed = The list was changed.
list-was-sent = The list was sent.
list-was-approved = The list was approved and is on offer from now on.
list-was-returned = The list was returned.
list-was-opened = The list can be changed now.
list-refused-stale = The list was changed after you opened it, and nothing was saved. Look at it and try again.
list-refused-theirs = This is not yours to do.
list-refused-locked = The list is in the state "{ $state }", so this cannot be done.
list-refused-full = At most { $most } entries: remove others first.
list-refused-code = The list has an entry with this code.
list-refused-wrong = Some fields need mending, see below.
list-refused-minutes = The list differs from the term before: add the minutes (PDF) first.
list-refused-empty = The list is empty and cannot be sent.
list-refused-note = Say why it is returned.
list-refused-own = Nobody decides the list that they sent, and nobody in their place.
list-refused-no-file = Choose a PDF file.
entries-words = Code, name or other words
entries-import = Bring in entries from a file
entries-found = { $count ->
    [one] 1 entry has "{ $words }"
   *[other] { $count } entries have "{ $words }"
}
