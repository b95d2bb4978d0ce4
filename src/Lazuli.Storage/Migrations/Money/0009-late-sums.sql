-- Sums of events that were recorded later than they ended: few, and looked for however long ago they ended.
CREATE INDEX meter_sums_late ON meter_sums (profile, interval_s) WHERE interval_s > event_interval_s;
