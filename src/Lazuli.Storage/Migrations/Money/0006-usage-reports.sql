-- Between which numbers of its source a sum's events lie: requests are listed by these, since an index of events by profile would cost every request a quarter more.
ALTER TABLE meter_sums ADD COLUMN first_sequence INTEGER NOT NULL DEFAULT 0;

ALTER TABLE meter_sums ADD COLUMN last_sequence INTEGER NOT NULL DEFAULT 0;

UPDATE meter_sums SET
    first_sequence = (SELECT b.first_sequence FROM meter_beats b WHERE b.interval_s = meter_sums.interval_s AND b.source = meter_sums.source),
    last_sequence = (SELECT b.first_sequence + b.events - 1 FROM meter_beats b WHERE b.interval_s = meter_sums.interval_s AND b.source = meter_sums.source);

CREATE INDEX meter_profiles_project ON meter_profiles (project);
