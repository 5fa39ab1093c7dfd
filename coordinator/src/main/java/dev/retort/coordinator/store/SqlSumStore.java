package dev.retort.coordinator.store;

import dev.retort.coordinator.study.SumStore;
import dev.retort.coordinator.study.SummedBlock;
import dev.retort.secagg.Octets;
import dev.retort.transfer.SampleRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import tools.jackson.databind.json.JsonMapper;

/** Secure sums and their sessions in SQL. */
public final class SqlSumStore implements SumStore {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Jdbi jdbi;

  /** A store over a migrated database. */
  public SqlSumStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public void begin(String studyId, KeptSession session) {
    jdbi.useTransaction(handle -> {
      remove(handle, studyId);
      handle
          .createUpdate("INSERT INTO sum_session (study_id, first_block, nodes, proposal)"
              + " VALUES (:study, :first, :nodes, :proposal)")
          .bind("study", studyId)
          .bind("first", session.firstBlock())
          .bind("nodes", JSON.writeValueAsString(session.nodes()))
          .bind("proposal", session.proposal().bytes())
          .execute();
      insert(handle, studyId, 0, session.records());
    });
  }

  @Override
  public void append(String studyId, int before, List<Octets> records) {
    jdbi.useTransaction(handle -> insert(handle, studyId, before, records));
  }

  private static void insert(Handle handle, String studyId, int before, List<Octets> records) {
    if (records.isEmpty()) {
      return;
    }
    try (PreparedBatch batch = handle.prepareBatch(
        "INSERT INTO sum_record (study_id, seq, record) VALUES (:study, :seq, :record)")) {
      for (int i = 0; i < records.size(); i++) {
        batch
            .bind("study", studyId)
            .bind("seq", before + i)
            .bind("record", records.get(i).bytes())
            .add();
      }
      int[] unused = batch.execute();
    }
  }

  @Override
  public Optional<KeptSession> session(String studyId) {
    return jdbi.inTransaction(handle -> {
      List<Octets> records = handle
          .createQuery("SELECT record FROM sum_record WHERE study_id = :study ORDER BY seq")
          .bind("study", studyId)
          .map((row, context) -> Octets.of(row.getBytes("record")))
          .list();
      return handle
          .createQuery("SELECT * FROM sum_session WHERE study_id = :study")
          .bind("study", studyId)
          .map((row, context) -> new KeptSession(
              row.getInt("first_block"), nodes(row), Octets.of(row.getBytes("proposal")), records))
          .findOne();
    });
  }

  @Override
  public void forget(String studyId) {
    jdbi.useTransaction(handle -> remove(handle, studyId));
  }

  private static void remove(Handle handle, String studyId) {
    for (String table : List.of("sum_record", "sum_session")) {
      handle
          .createUpdate("DELETE FROM " + table + " WHERE study_id = :study")
          .bind("study", studyId)
          .execute();
    }
  }

  @Override
  public void store(String studyId, SummedBlock block) {
    ByteBuffer packed = ByteBuffer.allocate(Math.multiplyExact(block.sums().length, Long.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
    packed.asLongBuffer().put(block.sums());
    jdbi.useTransaction(handle -> handle
        .createUpdate(
            "INSERT INTO summed_block (study_id, first_sample, sample_count, block_sums, variance, nodes)"
                + " VALUES (:study, :first, :count, :sums, :variance, :nodes)"
                + " ON CONFLICT (study_id, first_sample) DO NOTHING")
        .bind("study", studyId)
        .bind("first", block.range().first())
        .bind("count", block.range().count())
        .bind("sums", packed.array())
        .bind("variance", block.variance())
        .bind("nodes", JSON.writeValueAsString(block.nodes()))
        .execute());
  }

  @Override
  public List<SummedBlock> sums(String studyId) {
    return jdbi.withHandle(handle -> handle
        .createQuery("SELECT * FROM summed_block WHERE study_id = :study ORDER BY first_sample")
        .bind("study", studyId)
        .map((row, context) -> block(row))
        .list());
  }

  private static SummedBlock block(ResultSet row) throws SQLException {
    byte[] packed = row.getBytes("block_sums");
    long[] sums = new long[packed.length / Long.BYTES];
    ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(sums);
    return new SummedBlock(
        new SampleRange(row.getLong("first_sample"), row.getInt("sample_count")),
        sums,
        row.getLong("variance"),
        nodes(row));
  }

  private static List<String> nodes(ResultSet row) throws SQLException {
    return List.of(JSON.readValue(row.getString("nodes"), String[].class));
  }
}
