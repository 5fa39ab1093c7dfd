-- BYTEA, BIGINT and TEXT mean the same to PostgreSQL and, by its affinity rules, to SQLite.
CREATE TABLE study (
  id             TEXT PRIMARY KEY,
  plan           TEXT NOT NULL,
  evaluation     TEXT,
  created_millis BIGINT NOT NULL,
  state          TEXT NOT NULL,
  reason         TEXT
);

CREATE TABLE study_node (
  study_id   TEXT NOT NULL REFERENCES study (id),
  node_id    TEXT NOT NULL,
  state      TEXT NOT NULL,
  message    TEXT,
  asked_pico BIGINT,
  left_pico  BIGINT,
  PRIMARY KEY (study_id, node_id)
);

CREATE TABLE label_block (
  study_id        TEXT NOT NULL REFERENCES study (id),
  node_id         TEXT NOT NULL,
  round           BIGINT NOT NULL,
  first_sample    BIGINT NOT NULL,
  sample_count    BIGINT NOT NULL,
  classes         BIGINT NOT NULL,
  block_values    BYTEA NOT NULL,
  charge_sequence BIGINT NOT NULL,
  PRIMARY KEY (study_id, node_id, round, first_sample)
);
