-- What a round of a study asks, where its plan leaves that open; written before any node hears of it.
CREATE TABLE study_round (
  study_id      TEXT NOT NULL REFERENCES study (id),
  round         BIGINT NOT NULL,
  opened_millis BIGINT NOT NULL,
  input         BYTEA NOT NULL,
  PRIMARY KEY (study_id, round)
);
