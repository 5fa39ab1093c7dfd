package dev.retort.ledger;

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
      for (String trigger :
          List.of("entry_update", "entry_delete", "answer_update", "answer_delete")) {
        statement.execute("DROP TRIGGER IF EXISTS " + trigger);
      }
    }
    return connection;
  }

  static void forge(Path file, LedgerSigner signer, UnaryOperator<List<LedgerEntry>> change)
      throws Exception {
    rewrite(
        file,
        signer,
        change.apply(
            LedgerReader.entries(file).stream().map(LedgerRecord::entry).toList()));
  }

  private static void rewrite(Path file, LedgerSigner signer, List<LedgerEntry> entries)
      throws SQLException {
    MerkleLog tree = new MerkleLog();
    try (Connection connection = connect(file);
        Statement statement = connection.createStatement();
        PreparedStatement insert = connection.prepareStatement("INSERT INTO entry VALUES (?, ?)");
        PreparedStatement update =
            connection.prepareStatement("UPDATE log SET key = ?, checkpoint = ?")) {
      statement.execute("DELETE FROM entry");
      for (LedgerEntry entry : entries) {
        LedgerRecord ledgerRecord =
            new LedgerRecord(tree.size(), tree.root(), Instant.EPOCH, entry);
        byte[] envelope = Envelope.sign(EntryCodec.encode(ledgerRecord), signer).encode();
        insert.setLong(1, tree.size());
        insert.setBytes(2, envelope);
        insert.executeUpdate();
        tree.append(envelope);
      }
      update.setString(1, VerifierKey.ofLog(signer).toString());
      String text = new Checkpoint(signer.name(), tree.size(), tree.root()).text();
      update.setString(2, SignedNote.sign(text, signer).encode());
      update.executeUpdate();
    }
  }
}
