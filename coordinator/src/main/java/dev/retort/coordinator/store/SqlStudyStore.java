package dev.retort.coordinator.store;

import dev.retort.config.InvalidConfigException;
import dev.retort.coordinator.study.NodeState;
import dev.retort.coordinator.study.OpenedRound;
import dev.retort.coordinator.study.StoreOutcome;
import dev.retort.coordinator.study.StoredBlock;
import dev.retort.coordinator.study.Study;
import dev.retort.coordinator.study.StudyState;
import dev.retort.coordinator.study.StudyStore;
import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.label.MalformedLabelBlockException;
import dev.retort.merkle.Digest;
import dev.retort.plan.EvaluationSource;
import dev.retort.plan.StudyPlans;
import dev.retort.privacy.Zcdp;
import dev.retort.secagg.Octets;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Studies, node states and label blocks in SQL. */
public final class SqlStudyStore implements StudyStore {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Jdbi jdbi;

  /** A store over a migrated database. */
  public SqlStudyStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public void insert(Study study) {
    jdbi.useTransaction(handle -> handle
        .createUpdate("INSERT INTO study (id, plan, evaluation, created_millis, state, reason)"
            + " VALUES (:id, :plan, :evaluation, :created, :state, :reason)")
        .bind("id", study.id())
        .bind("plan", study.canonicalPlan())
        .bind(
            "evaluation",
            study.evaluation() == null ? null : JSON.writeValueAsString(study.evaluation()))
        .bind("created", study.created().toEpochMilli())
        .bind("state", name(study.state()))
        .bind("reason", reason(study.state()))
        .execute());
  }

  @Override
  public void updateState(String studyId, StudyState state) {
    jdbi.useTransaction(handle -> handle
        .createUpdate("UPDATE study SET state = :state, reason = :reason WHERE id = :id")
        .bind("state", name(state))
        .bind("reason", reason(state))
        .bind("id", studyId)
        .execute());
  }

  @Override
  public Optional<Study> find(String studyId) {
    return jdbi.withHandle(handle -> handle
        .createQuery("SELECT * FROM study WHERE id = :id")
        .bind("id", studyId)
        .map((row, context) -> study(row))
        .findOne());
  }

  @Override
  public List<Study> all() {
    return jdbi.withHandle(handle -> handle
        .createQuery("SELECT * FROM study ORDER BY created_millis DESC, id")
        .map((row, context) -> study(row))
        .list());
  }

  @Override
  public void saveNodeState(String studyId, String nodeId, NodeState state) {
    @Nullable
    Long asked = state instanceof NodeState.Refused refused ? refused.asked().picoRho() : null;
    @Nullable
    Long left = state instanceof NodeState.Refused refused ? refused.left().picoRho() : null;
    jdbi.useTransaction(handle -> handle
        .createUpdate(
            "INSERT INTO study_node (study_id, node_id, state, message, asked_pico, left_pico)"
                + " VALUES (:study, :node, :state, :message, :asked, :left)"
                + " ON CONFLICT (study_id, node_id) DO UPDATE SET state = excluded.state,"
                + " message = excluded.message, asked_pico = excluded.asked_pico,"
                + " left_pico = excluded.left_pico")
        .bind("study", studyId)
        .bind("node", nodeId)
        .bind("state", name(state))
        .bind("message", message(state))
        .bind("asked", asked)
        .bind("left", left)
        .execute());
  }

  @Override
  public Map<String, NodeState> nodeStates(String studyId) {
    return jdbi.withHandle(handle -> {
      Map<String, NodeState> states = new TreeMap<>();
      handle
          .createQuery("SELECT * FROM study_node WHERE study_id = :study")
          .bind("study", studyId)
          .map((row, context) -> Map.entry(row.getString("node_id"), nodeState(row)))
          .forEach(entry -> states.put(entry.getKey(), entry.getValue()));
      return states;
    });
  }

  @Override
  public void openRound(String studyId, OpenedRound round) {
    jdbi.useTransaction(handle -> handle
        .createUpdate("INSERT INTO study_round (study_id, round, opened_millis, input)"
            + " VALUES (:study, :round, :opened, :input)")
        .bind("study", studyId)
        .bind("round", round.round())
        .bind("opened", round.opened().toEpochMilli())
        .bind("input", round.input().bytes())
        .execute());
  }

  @Override
  public List<OpenedRound> rounds(String studyId) {
    return jdbi.withHandle(handle -> handle
        .createQuery("SELECT * FROM study_round WHERE study_id = :study ORDER BY round")
        .bind("study", studyId)
        .map((row, context) -> new OpenedRound(
            row.getInt("round"),
            Instant.ofEpochMilli(row.getLong("opened_millis")),
            Octets.of(row.getBytes("input"))))
        .list());
  }

  @Override
  public StoreOutcome storeBlocks(String studyId, List<StoredBlock> blocks) {
    return jdbi.inTransaction(handle -> {
      if (!isCollecting(handle, studyId)) {
        return new StoreOutcome.TooLate();
      }
      for (StoredBlock block : blocks) {
        byte[] values = LabelBlockCodec.encode(block.block());
        Optional<byte[]> existing = existing(handle, studyId, block);
        if (existing.isPresent() && !Arrays.equals(existing.get(), values)) {
          handle.rollback();
          return new StoreOutcome.Rejected(
              block.block().firstSample(),
              StoreOutcome.Reason.CONTRADICTION,
              "a block must have the bytes of the block stored before under its first sample");
        }
        if (existing.isEmpty()) {
          insert(handle, studyId, block, values);
        }
      }
      return new StoreOutcome.Stored(blocks.size());
    });
  }

  @Override
  public Set<Long> storedFirstSamples(String studyId, String nodeId) {
    return jdbi.withHandle(handle -> new HashSet<>(handle
        .createQuery("SELECT first_sample FROM label_block"
            + " WHERE study_id = :study AND node_id = :node AND round = 0")
        .bind("study", studyId)
        .bind("node", nodeId)
        .mapTo(Long.class)
        .list()));
  }

  @Override
  public void forEachBlock(String studyId, Consumer<StoredBlock> consumer) {
    jdbi.useHandle(handle -> handle
        .createQuery(
            "SELECT * FROM label_block WHERE study_id = :study ORDER BY node_id, round, first_sample")
        .bind("study", studyId)
        .map((row, context) -> block(row))
        .forEach(consumer));
  }

  private static boolean isCollecting(Handle handle, String studyId) {
    return handle
        .createQuery("SELECT * FROM study WHERE id = :id")
        .bind("id", studyId)
        .map((row, context) -> studyState(row))
        .findOne()
        .filter(StudyState.Collecting.class::isInstance)
        .isPresent();
  }

  private static Optional<byte[]> existing(Handle handle, String studyId, StoredBlock block) {
    return handle
        .createQuery(
            "SELECT block_values FROM label_block WHERE study_id = :study AND node_id = :node"
                + " AND round = :round AND first_sample = :first")
        .bind("study", studyId)
        .bind("node", block.nodeId())
        .bind("round", block.round())
        .bind("first", block.block().firstSample())
        .mapTo(byte[].class)
        .findOne();
  }

  private static void insert(Handle handle, String studyId, StoredBlock block, byte[] values) {
    handle
        .createUpdate(
            "INSERT INTO label_block (study_id, node_id, round, first_sample, sample_count, classes,"
                + " block_values, charge_sequence)"
                + " VALUES (:study, :node, :round, :first, :count, :classes, :values, :charge)")
        .bind("study", studyId)
        .bind("node", block.nodeId())
        .bind("round", block.round())
        .bind("first", block.block().firstSample())
        .bind("count", block.block().count())
        .bind("classes", block.block().classes())
        .bind("values", values)
        .bind("charge", block.chargeSequence())
        .execute();
  }

  private static StoredBlock block(ResultSet row) throws SQLException {
    try {
      LabelBlock block = LabelBlockCodec.decode(
          row.getLong("first_sample"),
          row.getInt("sample_count"),
          row.getInt("classes"),
          row.getBytes("block_values"));
      return new StoredBlock(
          row.getString("node_id"), row.getInt("round"), block, row.getLong("charge_sequence"));
    } catch (MalformedLabelBlockException e) {
      throw new IllegalStateException("the store holds a damaged label block", e);
    }
  }

  private static Study study(ResultSet row) throws SQLException {
    String canonical = row.getString("plan");
    byte[] bytes = canonical.getBytes(StandardCharsets.UTF_8);
    @Nullable String evaluation = row.getString("evaluation");
    try {
      return new Study(
          row.getString("id"),
          StudyPlans.readCanonical(bytes),
          canonical,
          Digest.of(bytes),
          evaluation == null ? null : JSON.readValue(evaluation, EvaluationSource.class),
          Instant.ofEpochMilli(row.getLong("created_millis")),
          studyState(row));
    } catch (InvalidConfigException e) {
      throw new IllegalStateException("the store holds a damaged study plan", e);
    }
  }

  private static StudyState studyState(ResultSet row) throws SQLException {
    String state = row.getString("state");
    return switch (state) {
      case "collecting" -> new StudyState.Collecting();
      case "distilling" -> new StudyState.Distilling();
      case "finished" -> new StudyState.Finished();
      case "failed" -> new StudyState.Failed(row.getString("reason"));
      default ->
        throw new IllegalStateException("the store holds an unknown study state: " + state);
    };
  }

  private static String name(StudyState state) {
    return state.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  private static @Nullable String reason(StudyState state) {
    return state instanceof StudyState.Failed failed ? failed.reason() : null;
  }

  private static NodeState nodeState(ResultSet row) throws SQLException {
    String state = row.getString("state");
    @Nullable String message = row.getString("message");
    String text = message == null ? "" : message;
    return switch (state) {
      case "offered" -> new NodeState.Offered();
      case "training" -> new NodeState.Training(0);
      case "answering" -> new NodeState.Answering();
      case "answered" -> new NodeState.Answered();
      case "awaitingapproval" -> new NodeState.AwaitingApproval(text);
      case "declined" -> new NodeState.Declined(text);
      case "refused" ->
        new NodeState.Refused(
            message == null
                ? NodeState.Refused.Limit.BUDGET
                : NodeState.Refused.Limit.valueOf(message),
            new Zcdp(row.getLong("asked_pico")),
            new Zcdp(row.getLong("left_pico")));
      case "abandoned" -> new NodeState.Abandoned(text);
      default -> throw new IllegalStateException("the store holds an unknown node state: " + state);
    };
  }

  private static String name(NodeState state) {
    return state.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  private static @Nullable String message(NodeState state) {
    if (state instanceof NodeState.Declined declined) {
      return declined.message();
    }
    if (state instanceof NodeState.AwaitingApproval awaiting) {
      return awaiting.message();
    }
    if (state instanceof NodeState.Refused refused) {
      return refused.limit().name();
    }
    return state instanceof NodeState.Abandoned abandoned ? abandoned.message() : null;
  }
}
