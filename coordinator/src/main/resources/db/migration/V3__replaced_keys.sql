-- Identity keys that nodes had before the one in the table node. A key that was replaced never comes back.
CREATE TABLE replaced_key (
  node_id      VARCHAR(63) NOT NULL REFERENCES node (node_id),
  identity_key BYTEA       NOT NULL,
  -- When the coordinator learnt of it; the ledger's entry has a date of its own.
  replaced_at  BIGINT      NOT NULL,
  -- The entry of the node's ledger, signed by this key and by the one that replaced it.
  statement    BYTEA       NOT NULL,
  PRIMARY KEY (node_id, identity_key)
);
