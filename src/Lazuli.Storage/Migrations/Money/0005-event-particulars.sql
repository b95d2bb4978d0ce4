-- What an invoice counts: requests that did not fail, and begun device-seconds of jobs. Sums made before count every event.
ALTER TABLE meter_sums ADD COLUMN requests INTEGER NOT NULL DEFAULT 0;

ALTER TABLE meter_sums ADD COLUMN device_seconds INTEGER NOT NULL DEFAULT 0;

UPDATE meter_sums SET requests = events;

-- What is said of events that are no request of a process of ours: jobs, corrections, events from outside, numbers given up.
CREATE TABLE meter_particulars (
    source         INTEGER NOT NULL REFERENCES meter_sources (id),
    sequence       INTEGER NOT NULL,
    kind           INTEGER NOT NULL,
    recorded_us    INTEGER NOT NULL,
    requests       INTEGER NOT NULL,
    device_seconds INTEGER NOT NULL,
    content        TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    PRIMARY KEY (source, sequence)
) STRICT;

-- Of few: most events correct nothing, and pay nothing for this.
CREATE INDEX meter_events_corrects ON meter_events (corrects_source, corrects_sequence) WHERE corrects_source IS NOT NULL;
