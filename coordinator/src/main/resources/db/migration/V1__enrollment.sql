-- Who may join, and who has. Portable to SQLite and PostgreSQL; times are Unix milliseconds.

CREATE TABLE node (
  node_id      VARCHAR(63) NOT NULL PRIMARY KEY,
  identity_key BYTEA       NOT NULL,
  enrolled_at  BIGINT      NOT NULL
);

-- One token a node: inviting again replaces a token that nobody has used.
CREATE TABLE join_token (
  node_id      VARCHAR(63) NOT NULL PRIMARY KEY,
  secret_hash  BYTEA       NOT NULL,
  expires_at   BIGINT      NOT NULL,
  failures     INTEGER     NOT NULL,
  used_at      BIGINT,
  -- SHA-256 of the certificate request that used the token.
  request_hash BYTEA
);
