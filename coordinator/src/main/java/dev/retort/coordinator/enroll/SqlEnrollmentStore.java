package dev.retort.coordinator.enroll;

import dev.retort.identity.NodeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Nodes and tokens in the tables of V1__enrollment.sql and V3__replaced_keys.sql, on SQLite or PostgreSQL. Each transaction begins with its write,
 * so that SQLite takes the write lock at once instead of failing to upgrade a read lock.
 */
public final class SqlEnrollmentStore implements EnrollmentStore {

  private final Jdbi jdbi;

  /** A store over a database that has been migrated. */
  public SqlEnrollmentStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public List<EnrolledNode> nodes() {
    return jdbi.withHandle(db -> db.createQuery("SELECT * FROM node ORDER BY node_id")
        .map((row, context) -> node(row))
        .list());
  }

  @Override
  public @Nullable EnrolledNode node(NodeId id) {
    List<EnrolledNode> found =
        jdbi.withHandle(db -> db.createQuery("SELECT * FROM node WHERE node_id = :id")
            .bind("id", id.value())
            .map((row, context) -> node(row))
            .list());
    return found.isEmpty() ? null : found.get(0);
  }

  private static EnrolledNode node(ResultSet row) throws SQLException {
    return new EnrolledNode(
        new NodeId(row.getString("node_id")),
        row.getBytes("identity_key"),
        Instant.ofEpochMilli(row.getLong("enrolled_at")));
  }

  @Override
  public boolean addToken(NodeId node, byte[] secretHash, Instant expiresAt) {
    return jdbi.inTransaction(db -> {
      db.createUpdate("DELETE FROM join_token WHERE node_id = :id AND used_at IS NULL")
          .bind("id", node.value())
          .execute();
      int enrolled = db.createQuery("SELECT COUNT(*) FROM node WHERE node_id = :id")
          .bind("id", node.value())
          .mapTo(Integer.class)
          .one();
      if (enrolled > 0) {
        db.rollback();
        return false;
      }
      db.createUpdate("INSERT INTO join_token (node_id, secret_hash, expires_at, failures)"
              + " VALUES (:id, :hash, :expires, 0)")
          .bind("id", node.value())
          .bind("hash", secretHash)
          .bind("expires", expiresAt.toEpochMilli())
          .execute();
      return true;
    });
  }

  @Override
  public @Nullable IssuedToken token(NodeId node) {
    List<IssuedToken> found =
        jdbi.withHandle(db -> db.createQuery("SELECT * FROM join_token WHERE node_id = :id")
            .bind("id", node.value())
            .map((row, context) -> new IssuedToken(
                node,
                row.getBytes("secret_hash"),
                Instant.ofEpochMilli(row.getLong("expires_at")),
                row.getInt("failures"),
                row.getBytes("request_hash")))
            .list());
    return found.isEmpty() ? null : found.get(0);
  }

  @Override
  public void countFailure(IssuedToken token) {
    jdbi.useTransaction(db -> db.createUpdate("UPDATE join_token SET failures = failures + 1"
            + " WHERE node_id = :id AND secret_hash = :hash AND used_at IS NULL")
        .bind("id", token.node().value())
        .bind("hash", token.secretHash())
        .execute());
  }

  @Override
  public boolean replaceIdentityKey(
      NodeId node, byte[] from, byte[] to, byte[] statement, Instant now) {
    return jdbi.inTransaction(db -> {
      int replaced = db.createUpdate("UPDATE node SET identity_key = :to"
              + " WHERE node_id = :id AND identity_key = :from")
          .bind("to", to)
          .bind("id", node.value())
          .bind("from", from)
          .execute();
      if (replaced == 0) {
        return false;
      }
      db.createUpdate("INSERT INTO replaced_key (node_id, identity_key, replaced_at, statement)"
              + " VALUES (:id, :from, :now, :statement)")
          .bind("id", node.value())
          .bind("from", from)
          .bind("now", now.toEpochMilli())
          .bind("statement", statement)
          .execute();
      return true;
    });
  }

  @Override
  public boolean enroll(IssuedToken token, byte[] requestHash, EnrolledNode node) {
    return jdbi.inTransaction(db -> {
      int used = db.createUpdate(
              "UPDATE join_token SET used_at = :now, request_hash = :request"
                  + " WHERE node_id = :id AND secret_hash = :hash AND used_at IS NULL AND failures < :max")
          .bind("now", node.enrolledAt().toEpochMilli())
          .bind("request", requestHash)
          .bind("id", token.node().value())
          .bind("hash", token.secretHash())
          .bind("max", IssuedToken.MAX_FAILURES)
          .execute();
      if (used == 0) {
        return false;
      }
      db.createUpdate(
              "INSERT INTO node (node_id, identity_key, enrolled_at) VALUES (:id, :key, :now)")
          .bind("id", node.id().value())
          .bind("key", node.identityKey())
          .bind("now", node.enrolledAt().toEpochMilli())
          .execute();
      return true;
    });
  }
}
