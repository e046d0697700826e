-- The ground: people, records, accounts, mail. One text for SQLite and PostgreSQL:
-- TEXT and BIGINT (and one BLOB-free) columns only. Days are 'YYYY-MM-DD', instants
-- 'YYYY-MM-DDTHH:MM:SS.mmmZ' (UTC), so that text order is time order. Amounts are hundredths.

-- Numbers given out in blocks, within the transaction that uses them.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    next BIGINT NOT NULL
);
INSERT INTO counters (name, next) VALUES ('record', 1);

CREATE TABLE units (
    code    TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    college TEXT NOT NULL,
    kind    TEXT NOT NULL,
    ordinal BIGINT NOT NULL
);
CREATE UNIQUE INDEX units_name ON units (name);

-- student is the number under which the same person studies here, or empty.
CREATE TABLE staff (
    account TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    email   TEXT NOT NULL,
    student TEXT NOT NULL DEFAULT ''
);
CREATE INDEX staff_student ON staff (student) WHERE student <> '';
CREATE TABLE staff_roles (
    account TEXT NOT NULL REFERENCES staff (account),
    role    TEXT NOT NULL,
    unit    TEXT NOT NULL,
    PRIMARY KEY (account, role, unit)
);

-- Classes and students keep former versions: a version is true from valid_from until before valid_to
-- ('9999-12-31' for the last). import_id 0 is nobody's import.
CREATE TABLE class_versions (
    id         BIGINT PRIMARY KEY,
    class      TEXT NOT NULL,
    name       TEXT NOT NULL,
    department TEXT NOT NULL,
    admitted   BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to   TEXT NOT NULL,
    import_id  BIGINT NOT NULL
);
CREATE UNIQUE INDEX class_versions_class ON class_versions (class, valid_from);
CREATE INDEX class_versions_department ON class_versions (department, valid_to);
CREATE TABLE class_tutors (
    account  TEXT NOT NULL,
    class_id BIGINT NOT NULL REFERENCES class_versions (id),
    PRIMARY KEY (account, class_id)
);
CREATE INDEX class_tutors_class ON class_tutors (class_id);

CREATE TABLE student_versions (
    id         BIGINT PRIMARY KEY,
    student    TEXT NOT NULL,
    name       TEXT NOT NULL,
    department TEXT NOT NULL,
    class      TEXT NOT NULL,
    division   TEXT NOT NULL,
    admitted   BIGINT NOT NULL,
    status     TEXT NOT NULL,
    email      TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to   TEXT NOT NULL,
    import_id  BIGINT NOT NULL
);
CREATE UNIQUE INDEX student_versions_student ON student_versions (student, valid_from);
CREATE INDEX student_versions_class ON student_versions (class, valid_to);
CREATE INDEX student_versions_department ON student_versions (department, valid_to);
CREATE INDEX student_versions_admitted ON student_versions (admitted, valid_to);

-- National ID, birthday, phones and address, sealed with the school's key (hex).
CREATE TABLE student_private (
    student TEXT PRIMARY KEY,
    sealed  TEXT NOT NULL
);

-- Credits are only added. One is taken back by a second row with the negative amount that names it. case_version is
-- the event of the case that brought it, 0 where none did.
CREATE TABLE credits (
    id          BIGINT PRIMARY KEY,
    student     TEXT NOT NULL,
    category    TEXT NOT NULL,
    amount      BIGINT NOT NULL,
    happened_on TEXT NOT NULL,
    term        TEXT NOT NULL,
    name        TEXT NOT NULL,
    recorded_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    source      TEXT NOT NULL,
    import_id   BIGINT NOT NULL,
    case_version BIGINT NOT NULL DEFAULT 0,
    takes_back  BIGINT
);
-- Only of what takes back: asked for the records that take nothing back, nothing is to be read from here.
CREATE UNIQUE INDEX credits_takes_back ON credits (takes_back) WHERE takes_back IS NOT NULL;
-- In the order of the sums, so that those of any day are one pass over this index without sorting.
CREATE INDEX credits_sums ON credits (student, category, term, recorded_on, amount);
CREATE INDEX credits_import ON credits (import_id);
CREATE INDEX credits_recorded ON credits (recorded_on);

-- What a case granted a student, from the day it was recorded until until_day, both included: kind is
-- waive (a requirement), substitute (an amount for a category, in a term) or extend (the filing of a workflow
-- in a round; in every one where round is empty). what is its name in the school's folder, said_zh and said_en the
-- reason or what stands in; case_version the event of the case that granted it. Only added; one is taken
-- back by a second row that names it.
CREATE TABLE grants (
    id           BIGINT PRIMARY KEY,
    student      TEXT NOT NULL,
    kind         TEXT NOT NULL,
    what         TEXT NOT NULL,
    amount       BIGINT NOT NULL,
    happened_on  TEXT NOT NULL,
    term         TEXT NOT NULL,
    round        TEXT NOT NULL,
    said_zh      TEXT NOT NULL,
    said_en      TEXT NOT NULL,
    until_day    TEXT NOT NULL,
    by_account   TEXT NOT NULL,
    by_name      TEXT NOT NULL,
    by_unit      TEXT NOT NULL,
    case_number  TEXT NOT NULL,
    case_version BIGINT NOT NULL,
    recorded_on  TEXT NOT NULL,
    recorded_at  TEXT NOT NULL,
    takes_back   BIGINT
);
CREATE UNIQUE INDEX grants_takes_back ON grants (takes_back) WHERE takes_back IS NOT NULL;
CREATE INDEX grants_student ON grants (student, recorded_on);
CREATE INDEX grants_recorded ON grants (recorded_on);

-- What a student is judged by, kept in the transaction that changes it: the sums of the credits by category and
-- term, 'category:term:hundredths' joined by ';' and sorted, and after them what was granted with its last day,
-- '!requirement:day' and '+category:term:hundredths:day'. A day that passes changes nothing here.
-- `menkan facts` rebuilds and proves it.
CREATE TABLE student_facts (
    student TEXT PRIMARY KEY,
    sums    TEXT NOT NULL
);

CREATE TABLE imports (
    id            BIGINT PRIMARY KEY,
    kind          TEXT NOT NULL,
    file          TEXT NOT NULL,
    by_account    TEXT NOT NULL,
    at            TEXT NOT NULL,
    effective     TEXT NOT NULL,
    result        TEXT NOT NULL,
    taken_back_at TEXT,
    taken_back_by TEXT,
    -- The uploaded file that it saved: one is saved once.
    upload        TEXT UNIQUE
);
-- What an import of units or staff replaced, so that it can be taken back.
CREATE TABLE import_changes (
    import_id BIGINT NOT NULL,
    key       TEXT NOT NULL,
    before    TEXT NOT NULL,
    PRIMARY KEY (import_id, key)
);

CREATE TABLE accounts (
    account    TEXT PRIMARY KEY,
    password   TEXT NOT NULL,
    -- Empty until one is chosen.
    lang       TEXT NOT NULL,
    disabled   BIGINT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE sessions (
    token      TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account);
-- Tokens by which programs act as an account, under the SHA-256 of what was printed once. scopes are
-- joined by spaces.
CREATE TABLE tokens (
    id         TEXT PRIMARY KEY,
    token      TEXT NOT NULL UNIQUE,
    account    TEXT NOT NULL,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at    TEXT,
    revoked_at TEXT
);
CREATE INDEX tokens_account ON tokens (account);
CREATE TABLE sign_in_failures (
    id      BIGINT PRIMARY KEY,
    account TEXT NOT NULL,
    origin  TEXT NOT NULL,
    at      TEXT NOT NULL
);
CREATE INDEX sign_in_failures_account ON sign_in_failures (account, at);

-- Links by which an account is given a new password, under the SHA-256 of what the mail says.
CREATE TABLE password_links (
    token      TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX password_links_account ON password_links (account);
-- Who asked for one, of accounts that there are and that there are not.
CREATE TABLE password_requests (
    id      BIGINT PRIMARY KEY,
    account TEXT NOT NULL,
    origin  TEXT NOT NULL,
    at      TEXT NOT NULL
);
CREATE INDEX password_requests_at ON password_requests (at);

-- One row a recipient. dedup names the occasion: a second try to write it changes nothing. kind,
-- person and about say to whom it is due, so that it is checked again before it goes. state is
-- queued, leased, sent, dead (refused for good) or cancelled (no longer due). reported is when the
-- office was told that it is dead.
CREATE TABLE outbox (
    id          BIGINT PRIMARY KEY,
    dedup       TEXT NOT NULL UNIQUE,
    notice      TEXT NOT NULL,
    letter      TEXT NOT NULL,
    occasion    TEXT NOT NULL,
    kind        TEXT NOT NULL,
    person      TEXT NOT NULL,
    about       TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    subject     TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    head        TEXT NOT NULL,
    body        TEXT NOT NULL,
    state       TEXT NOT NULL,
    tries       BIGINT NOT NULL,
    next_at     TEXT NOT NULL,
    leased_to   TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    last_error  TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    sent_at     TEXT,
    reported    TEXT
);
CREATE INDEX outbox_due ON outbox (state, next_at);
CREATE INDEX outbox_person ON outbox (person);
CREATE INDEX outbox_occasion ON outbox (notice, occasion);

-- A message's body, stored once under its SHA-256: the tutors of a class share one.
CREATE TABLE outbox_bodies (
    hash TEXT PRIMARY KEY,
    body TEXT NOT NULL
);

-- Each due moment of a notice is taken once, in the transaction that writes its mail; outcome is
-- sent or missed. The slot 'since' is when the scheduler first saw the notice.
CREATE TABLE schedule_slots (
    notice   TEXT NOT NULL,
    slot     TEXT NOT NULL,
    taken_at TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    PRIMARY KEY (notice, slot)
);

-- Who had a notice sent by hand on an occasion: they are told what did not arrive.
CREATE TABLE notice_senders (
    notice   TEXT NOT NULL,
    occasion TEXT NOT NULL,
    account  TEXT NOT NULL,
    PRIMARY KEY (notice, occasion, account)
);

-- Files that people sent; the bytes are in the vault, sealed. owner_kind is case, profile or list.
-- A row stays when its file is removed.
CREATE TABLE files (
    id          TEXT PRIMARY KEY,
    owner_kind  TEXT NOT NULL,
    owner       TEXT NOT NULL,
    field       TEXT NOT NULL,
    name        TEXT NOT NULL,
    media       TEXT NOT NULL,
    size        BIGINT NOT NULL,
    sha256      TEXT NOT NULL,
    vault_key   TEXT NOT NULL,
    thumb_key   TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    at          TEXT NOT NULL,
    removed_at  TEXT
);
CREATE INDEX files_owner ON files (owner_kind, owner);
CREATE INDEX files_sha256 ON files (sha256);
CREATE INDEX files_vault_key ON files (vault_key);
CREATE INDEX files_thumb_key ON files (thumb_key);
-- Keys of the vault that may have no row: those of files on their way, and of removed ones. Only
-- what stands here is ever deleted, after a while, where no row has it. since is milliseconds.
CREATE TABLE loose_files (
    key   TEXT PRIMARY KEY,
    since BIGINT NOT NULL
);

-- Who did what. hash is made, with the school's secret, from the row before and this one; the head
-- counts the rows, and its mark is made with the secret too. 0003 refuses what is not adding.
CREATE TABLE audit (
    seq    BIGINT PRIMARY KEY,
    at     TEXT NOT NULL,
    actor  TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash   TEXT NOT NULL
);
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX audit_at ON audit (at);
CREATE TABLE audit_head (
    one  BIGINT PRIMARY KEY,
    seq  BIGINT NOT NULL,
    hash TEXT NOT NULL,
    mark TEXT NOT NULL
);
INSERT INTO audit_head (one, seq, hash, mark) VALUES (1, 0, '', '');
