-- A project's requests in the order of time.
CREATE INDEX meter_events_profile ON meter_events (profile, at_us);
CREATE INDEX meter_profiles_project ON meter_profiles (project);
