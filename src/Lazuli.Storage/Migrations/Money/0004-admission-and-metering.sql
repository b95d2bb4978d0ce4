-- Times here are whole microseconds or seconds since 1970-01-01 UTC, since there are tens of millions of them.

-- One row: counts batches of admissions, so that a process sees whether another one wrote, and holds the policy epoch.
CREATE TABLE admission_state (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL,
    epoch   INTEGER NOT NULL
) STRICT;

INSERT INTO admission_state (id, version, epoch) VALUES (1, 0, 0);

-- Keys, projects, parties and grants with limits, and what counts against them.
CREATE TABLE admission_accounts (
    id                 INTEGER NOT NULL PRIMARY KEY,
    kind               TEXT    NOT NULL,
    subject            TEXT    NOT NULL,
    limits             TEXT    NOT NULL,
    currency           TEXT,
    running            INTEGER NOT NULL CHECK (running >= 0),
    held_nanos         INTEGER NOT NULL CHECK (held_nanos >= 0),
    day                INTEGER NOT NULL,
    spent_day_nanos    INTEGER NOT NULL,
    month              INTEGER NOT NULL,
    spent_month_nanos  INTEGER NOT NULL,
    credit_nanos       INTEGER NOT NULL,
    credit_spent_nanos INTEGER NOT NULL,
    windows            BLOB    NOT NULL,
    version            INTEGER NOT NULL,
    UNIQUE (kind, subject)
) STRICT;

CREATE INDEX admission_accounts_version ON admission_accounts (version);

CREATE TABLE admission_credits (
    id      TEXT    NOT NULL PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES admission_accounts (id),
    nanos   INTEGER NOT NULL,
    at      TEXT    NOT NULL
) STRICT;

-- Who numbers events: each start of a serving process, and emitters outside.
CREATE TABLE meter_sources (
    id               INTEGER NOT NULL PRIMARY KEY,
    name             TEXT    NOT NULL UNIQUE,
    is_ours          INTEGER NOT NULL,
    started_us       INTEGER NOT NULL,
    ended_us         INTEGER,
    beat             INTEGER NOT NULL,
    last_us          INTEGER NOT NULL,
    next_sequence    INTEGER NOT NULL,
    counted_sequence INTEGER NOT NULL
) STRICT;

-- What repeats from event to event.
CREATE TABLE meter_profiles (
    id            INTEGER NOT NULL PRIMARY KEY,
    key           TEXT    NOT NULL,
    project       TEXT    NOT NULL,
    party         TEXT    NOT NULL,
    grant_chain   TEXT    NOT NULL,
    model_name    TEXT    NOT NULL,
    model_digest  TEXT    NOT NULL,
    price_version TEXT    NOT NULL,
    seller        TEXT    NOT NULL,
    currency      TEXT    NOT NULL,
    input_nanos   INTEGER NOT NULL,
    cached_nanos  INTEGER NOT NULL,
    output_nanos  INTEGER NOT NULL,
    batch         INTEGER NOT NULL,
    UNIQUE (key, project, party, grant_chain, model_name, model_digest, price_version, seller, currency, input_nanos, cached_nanos, output_nanos, batch)
) STRICT;

CREATE INDEX meter_profiles_party ON meter_profiles (party);

-- Requests that run.
CREATE TABLE holds (
    request_id     BLOB    NOT NULL PRIMARY KEY,
    source         INTEGER NOT NULL REFERENCES meter_sources (id),
    profile        INTEGER NOT NULL REFERENCES meter_profiles (id),
    admitted_us    INTEGER NOT NULL,
    prompt_tokens  INTEGER NOT NULL,
    max_new_tokens INTEGER NOT NULL,
    allowance      INTEGER NOT NULL,
    marked_tokens  INTEGER NOT NULL,
    held_nanos     INTEGER NOT NULL CHECK (held_nanos >= 0),
    counted_tokens INTEGER NOT NULL
) STRICT;

CREATE INDEX holds_source ON holds (source);

-- Append-only.
CREATE TABLE meter_events (
    source            INTEGER NOT NULL REFERENCES meter_sources (id),
    sequence          INTEGER NOT NULL CHECK (sequence > 0),
    request_id        BLOB,
    profile           INTEGER NOT NULL REFERENCES meter_profiles (id),
    at_us             INTEGER NOT NULL,
    prompt_tokens     INTEGER NOT NULL,
    cached_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    device_us         INTEGER NOT NULL,
    flop              REAL    NOT NULL,
    charge_nanos      INTEGER NOT NULL,
    uncharged_nanos   INTEGER NOT NULL,
    outcome           INTEGER NOT NULL,
    corrects_source   INTEGER,
    corrects_sequence INTEGER,
    PRIMARY KEY (source, sequence)
) STRICT;

CREATE UNIQUE INDEX meter_events_request ON meter_events (request_id);

-- A source's heartbeat: all its events recorded in the interval that begins at this second.
CREATE TABLE meter_beats (
    interval_s     INTEGER NOT NULL,
    source         INTEGER NOT NULL REFERENCES meter_sources (id),
    length_s       INTEGER NOT NULL,
    first_sequence INTEGER NOT NULL,
    events         INTEGER NOT NULL,
    PRIMARY KEY (interval_s, source)
) STRICT;

-- Sums of the events recorded in an interval; event_interval_s is that in which they ended, earlier for late ones.
CREATE TABLE meter_sums (
    interval_s        INTEGER NOT NULL,
    source            INTEGER NOT NULL,
    profile           INTEGER NOT NULL REFERENCES meter_profiles (id),
    event_interval_s  INTEGER NOT NULL,
    events            INTEGER NOT NULL,
    prompt_tokens     INTEGER NOT NULL,
    cached_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    device_us         INTEGER NOT NULL,
    flop              REAL    NOT NULL,
    charge_nanos      INTEGER NOT NULL,
    uncharged_nanos   INTEGER NOT NULL,
    PRIMARY KEY (interval_s, source, profile, event_interval_s)
) STRICT;

CREATE INDEX meter_sums_profile ON meter_sums (profile, event_interval_s);

-- Requests that a dead process left behind, settled from their last marks.
CREATE TABLE meter_recoveries (
    source         INTEGER NOT NULL REFERENCES meter_sources (id),
    first_sequence INTEGER NOT NULL,
    events         INTEGER NOT NULL,
    at             TEXT    NOT NULL,
    PRIMARY KEY (source, first_sequence)
) STRICT;

-- Events that contradict what was recorded under the same identity; kept to be looked at, counted nowhere.
CREATE TABLE meter_quarantine (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    source   TEXT    NOT NULL,
    sequence INTEGER NOT NULL,
    reason   TEXT    NOT NULL,
    event    TEXT    NOT NULL,
    at       TEXT    NOT NULL
) STRICT;

-- Intervals whose tree is under the transparency log; log_index is null while the leaf is on its way there.
CREATE TABLE meter_seals (
    interval_s INTEGER NOT NULL PRIMARY KEY,
    leaf       BLOB    NOT NULL,
    log_size   INTEGER NOT NULL,
    log_index  INTEGER
) STRICT;

-- Names of parties in leaves are keyed hashes under these.
CREATE TABLE meter_salts (
    party TEXT NOT NULL PRIMARY KEY,
    salt  BLOB NOT NULL
) STRICT;
