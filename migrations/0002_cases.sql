-- Cases: what people file and others review. Ids are random, numbers are for people.

-- The text of every edition that a case was filed under: a case ends on the definition that it
-- began with, also after a restart.
CREATE TABLE editions (
    edition TEXT PRIMARY KEY,
    school  TEXT NOT NULL,
    files   TEXT NOT NULL,
    kept_at TEXT NOT NULL
);

-- Whom a case waits for: the applicant (both empty), or a role in a department or unit. open_slot counts
-- 1, 2 … the open cases that a person may have at once, and is 0 for one that is over.
-- raw is what was typed, as JSON; what is private in it is sealed.
CREATE TABLE cases (
    id            TEXT PRIMARY KEY,
    number        TEXT NOT NULL UNIQUE,
    workflow      TEXT NOT NULL,
    edition       TEXT NOT NULL,
    state         TEXT NOT NULL,
    version       BIGINT NOT NULL,
    applicant     TEXT NOT NULL,
    name          TEXT NOT NULL,
    department    TEXT NOT NULL,
    term          TEXT NOT NULL,
    open_slot     BIGINT NOT NULL,
    waits_role    TEXT NOT NULL,
    waits_unit    TEXT NOT NULL,
    waits_since   TEXT NOT NULL,
    raw           TEXT NOT NULL,
    columns       TEXT NOT NULL,
    search        TEXT NOT NULL,
    rounds        TEXT NOT NULL,
    named         TEXT NOT NULL,
    first_sent_at TEXT,
    sent_at       TEXT,
    claimed_by    TEXT NOT NULL,
    claimed_until TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    changed_at    TEXT NOT NULL
);
CREATE UNIQUE INDEX cases_open ON cases (workflow, applicant, open_slot) WHERE open_slot > 0;
CREATE INDEX cases_applicant ON cases (applicant, created_at);
-- What lists ask for, whole: read in their order, they look nothing up but the cases on the page.
CREATE INDEX cases_waiting ON cases (waits_unit, waits_role, waits_since, id, workflow, state, department, term, search);
CREATE INDEX cases_department ON cases (department, changed_at, id, workflow, state, term, first_sent_at, search)
    WHERE first_sent_at IS NOT NULL;
CREATE INDEX cases_changed ON cases (changed_at, id, workflow, state, department, term, first_sent_at, search)
    WHERE first_sent_at IS NOT NULL;
-- What time looks at: how long the open ones have been where they are.
CREATE INDEX cases_stays ON cases (workflow, edition, state, waits_since) WHERE open_slot > 0;

-- Every move of a case, and its beginning (step '' to the first state). Only added; one that was undone
-- is followed by the event that undid it (step 'undo'). lender is who lent the role that was acted in; empty for one's
-- own. answers is the form that was sent with it, asked what the move asked whoever made it.
CREATE TABLE case_events (
    case_id    TEXT NOT NULL REFERENCES cases (id),
    version    BIGINT NOT NULL,
    at         TEXT NOT NULL,
    actor      TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    actor_unit TEXT NOT NULL,
    lender      TEXT NOT NULL,
    lender_name TEXT NOT NULL,
    step       TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state   TEXT NOT NULL,
    note       TEXT NOT NULL,
    named      TEXT NOT NULL,
    reasons    TEXT NOT NULL,
    answers    TEXT NOT NULL,
    asked      TEXT NOT NULL,
    undone     BIGINT NOT NULL,
    PRIMARY KEY (case_id, version)
);

-- What reviewers found who looked at a check that no rule answers; the last of a check since the case was
-- last sent holds. verdict is 'right', 'wrong', or empty: it is to be looked at again.
CREATE TABLE case_looks (
    case_id    TEXT NOT NULL REFERENCES cases (id),
    check_id   TEXT NOT NULL,
    number     BIGINT NOT NULL,
    verdict    TEXT NOT NULL,
    actor      TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    at         TEXT NOT NULL,
    PRIMARY KEY (case_id, check_id, number)
);

-- Texts that no other case should have, by field, as marks that say nothing of the text. alone is 1 while
-- no other case may have it.
CREATE TABLE case_marks (
    case_id TEXT NOT NULL REFERENCES cases (id),
    field   TEXT NOT NULL,
    mark    TEXT NOT NULL,
    alone   BIGINT NOT NULL,
    PRIMARY KEY (case_id, field)
);
CREATE INDEX case_marks_mark ON case_marks (field, mark);
CREATE UNIQUE INDEX case_marks_alone ON case_marks (field, mark) WHERE alone = 1;

-- Cases that others use. live is 1 while no other case may use it.
CREATE TABLE case_uses (
    case_id TEXT NOT NULL REFERENCES cases (id),
    field   TEXT NOT NULL,
    used    TEXT NOT NULL REFERENCES cases (id),
    live    BIGINT NOT NULL,
    PRIMARY KEY (case_id, field, used)
);
CREATE UNIQUE INDEX case_uses_live ON case_uses (used) WHERE live = 1;
CREATE INDEX case_uses_used ON case_uses (used);

-- A form that was answered: sent again, it gets the same answer and does nothing twice.
CREATE TABLE case_requests (
    actor   TEXT NOT NULL,
    nonce   TEXT NOT NULL,
    case_id TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (actor, nonce)
);
CREATE INDEX case_requests_at ON case_requests (at);

-- What students keep up about themselves, as JSON; what is private in it is sealed.
CREATE TABLE profiles (
    account    TEXT PRIMARY KEY,
    raw        TEXT NOT NULL,
    version    BIGINT NOT NULL,
    changed_at TEXT NOT NULL
);

-- What they were until where money goes was changed. Only added.
CREATE TABLE profile_versions (
    account TEXT NOT NULL,
    version BIGINT NOT NULL,
    raw     TEXT NOT NULL,
    until   TEXT NOT NULL,
    PRIMARY KEY (account, version)
);
CREATE INDEX profile_versions_until ON profile_versions (account, until);

-- Entries of catalogues. department and term are empty where a catalogue has one list for all; search is
-- what they are found by, and stands whole in the index in whose order they are read.
CREATE TABLE catalogue_entries (
    id         TEXT PRIMARY KEY,
    catalogue  TEXT NOT NULL,
    department TEXT NOT NULL,
    term       TEXT NOT NULL,
    code       TEXT NOT NULL,
    name       TEXT NOT NULL,
    says       TEXT NOT NULL,
    ordinal    BIGINT NOT NULL,
    search     TEXT NOT NULL
);
CREATE UNIQUE INDEX catalogue_entries_code ON catalogue_entries (catalogue, department, term, lower(code));
CREATE INDEX catalogue_entries_list ON catalogue_entries (catalogue, department, term, ordinal, code, search, id);
-- What may be chosen: a list's entries as they stood when it was last approved. A list that is worked on
-- again changes nothing here until it is approved anew.
CREATE TABLE catalogue_offers (
    id         TEXT PRIMARY KEY,
    catalogue  TEXT NOT NULL,
    department TEXT NOT NULL,
    term       TEXT NOT NULL,
    code       TEXT NOT NULL,
    name       TEXT NOT NULL,
    says       TEXT NOT NULL,
    ordinal    BIGINT NOT NULL,
    search     TEXT NOT NULL
);
CREATE INDEX catalogue_offers_list ON catalogue_offers (catalogue, department, term, ordinal, code, search, id);
-- A list that was sent for approval: draft, sent, approved or returned.
CREATE TABLE catalogue_lists (
    catalogue  TEXT NOT NULL,
    department TEXT NOT NULL,
    term       TEXT NOT NULL,
    state      TEXT NOT NULL,
    version    BIGINT NOT NULL,
    sent_by    TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    note       TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (catalogue, department, term)
);

-- Money. A payment is reserved when its case is sent, committed when it is approved; position orders
-- those that were committed. state: reserved, committed, batched, cancelled. once is the person where the
-- budget pays once in a life, else the case: one live row of each.
CREATE TABLE payments (
    id        TEXT PRIMARY KEY,
    case_id   TEXT NOT NULL REFERENCES cases (id),
    budget    TEXT NOT NULL,
    person    TEXT NOT NULL,
    once      TEXT NOT NULL,
    amount    BIGINT NOT NULL,
    state     TEXT NOT NULL,
    year      BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    batch     TEXT NOT NULL,
    at        TEXT NOT NULL,
    -- The change of the person's own data that the office has looked at, by its moment.
    confirmed TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX payments_once ON payments (budget, once) WHERE state <> 'cancelled';
CREATE INDEX payments_case ON payments (case_id);
-- Holds all that a place is counted from.
CREATE INDEX payments_queue ON payments (budget, state, position, year, amount);
CREATE INDEX payments_batch ON payments (batch, position) WHERE batch <> '';
CREATE INDEX payments_person ON payments (person);

-- Payments that go to the bank together: never changed. asked names the payments that were shown before
-- it was made, so that a form sent twice makes one; content is all that is exported, sealed, sha256 of
-- its plain text. first and last are the order of approval of what it holds.
CREATE TABLE payment_batches (
    id       TEXT PRIMARY KEY,
    asked    TEXT NOT NULL UNIQUE,
    budget   TEXT NOT NULL,
    year     BIGINT NOT NULL,
    made_by  TEXT NOT NULL,
    at       TEXT NOT NULL,
    payments BIGINT NOT NULL,
    total    BIGINT NOT NULL,
    first    BIGINT NOT NULL,
    last     BIGINT NOT NULL,
    sha256   TEXT NOT NULL,
    content  TEXT NOT NULL
);
CREATE INDEX payment_batches_budget ON payment_batches (budget, at);

-- What a case was reminded of: once a stay in a state, which its version names.
CREATE TABLE case_reminders (
    case_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (case_id, version)
);

-- Who was reminded of a date of a round (windows/round/date).
CREATE TABLE date_reminders (
    date    TEXT NOT NULL,
    account TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (date, account)
);

-- Lists of cases that someone gave a name: the filters as they stand in an address.
CREATE TABLE saved_views (
    account TEXT NOT NULL,
    name    TEXT NOT NULL,
    query   TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (account, name)
);

-- Roles lent for a time, both days included; it counts only while the lender holds the role.
CREATE TABLE delegations (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    to_account TEXT NOT NULL,
    role       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    from_day   TEXT NOT NULL,
    until_day  TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    ended_at   TEXT NOT NULL
);
CREATE INDEX delegations_to ON delegations (to_account, until_day);
CREATE INDEX delegations_by ON delegations (account, until_day);
