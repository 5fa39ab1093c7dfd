package dev.retort.ledger;

import dev.retort.merkle.Digest;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.MerkleLog;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

/** Rewrites a ledger's entries as a node would that holds the key: signatures, chain and checkpoint are in order. */
final class UnsafeForgery {

  private UnsafeForgery() {}

  /** A connection on which nothing keeps entries from being changed. */
  static Connection connect(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      for (String trigger : List.of(
          "entry_update",
          "entry_delete",
          "hash_update",
          "hash_delete",
          "answer_update",
          "answer_delete",
          "evidence_update",
          "evidence_delete")) {
        statement.execute("DROP TRIGGER IF EXISTS " + trigger);
      }
    }
    return connection;
  }

  /** Who signs an entry. */
  interface Pen {
    Envelope sign(long seq, byte[] payload);

    /** The site's key up to a rotation, which both sign, and then another. */
    static Pen rotating(long at, LogSigner next) {
      return (seq, payload) -> seq == at
          ? Envelope.sign(payload, PrivacyLedgerTest.SITE).signAlso(next)
          : Envelope.sign(payload, seq < at ? PrivacyLedgerTest.SITE : next);
    }
  }

  static void forge(Path file, LogSigner signer, UnaryOperator<List<LedgerEntry>> change)
      throws Exception {
    forge(file, signer, (seq, payload) -> Envelope.sign(payload, signer), signer, change);
  }

  /**
   * Rewrites a ledger with several keys.
   *
   * @param first the key that the file names
   * @param last who signs the checkpoint
   */
  static void forge(
      Path file, LogSigner first, Pen pen, LogSigner last, UnaryOperator<List<LedgerEntry>> change)
      throws Exception {
    rewrite(
        file,
        first,
        pen,
        last,
        change.apply(
            LedgerReader.entries(file).stream().map(LedgerRecord::entry).toList()));
  }

  private static void rewrite(
      Path file, LogSigner first, Pen pen, LogSigner last, List<LedgerEntry> entries)
      throws SQLException {
    MerkleLog tree = new MerkleLog();
    try (Connection connection = connect(file);
        Statement statement = connection.createStatement();
        PreparedStatement insert = connection.prepareStatement("INSERT INTO entry VALUES (?, ?)");
        PreparedStatement hash = connection.prepareStatement("INSERT INTO hash VALUES (?, ?)");
        PreparedStatement update =
            connection.prepareStatement("UPDATE log SET key = ?, checkpoint = ?")) {
      statement.execute("DELETE FROM entry");
      statement.execute("DELETE FROM hash");
      long position = 0;
      for (LedgerEntry entry : entries) {
        LedgerRecord ledgerRecord =
            new LedgerRecord(tree.size(), tree.root(), Instant.EPOCH, entry);
        byte[] envelope = pen.sign(tree.size(), EntryCodec.encode(ledgerRecord)).encode();
        insert.setLong(1, tree.size());
        insert.setBytes(2, envelope);
        insert.executeUpdate();
        for (Digest known : tree.append(envelope)) {
          hash.setLong(1, position++);
          hash.setBytes(2, known.bytes());
          hash.executeUpdate();
        }
      }
      update.setString(1, VerifierKey.ofLog(first).toString());
      String text = new Checkpoint(first.name(), tree.size(), tree.root()).text();
      update.setString(2, SignedNote.sign(text, last).encode());
      update.executeUpdate();
    }
  }
}
