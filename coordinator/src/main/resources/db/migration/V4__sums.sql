-- A block that was summed securely: 64-bit little-endian integers, sample-major.
CREATE TABLE summed_block (
  study_id     TEXT NOT NULL REFERENCES study (id),
  first_sample BIGINT NOT NULL,
  sample_count BIGINT NOT NULL,
  block_sums   BYTEA NOT NULL,
  variance     BIGINT NOT NULL,
  nodes        TEXT NOT NULL,
  PRIMARY KEY (study_id, first_sample)
);

-- The one session of secure sums that a study is in, kept from its first segment on.
CREATE TABLE sum_session (
  study_id    TEXT PRIMARY KEY REFERENCES study (id),
  first_block BIGINT NOT NULL,
  nodes       TEXT NOT NULL,
  proposal    BYTEA NOT NULL
);

CREATE TABLE sum_record (
  study_id TEXT NOT NULL REFERENCES sum_session (study_id),
  seq      BIGINT NOT NULL,
  record   BYTEA NOT NULL,
  PRIMARY KEY (study_id, seq)
);
