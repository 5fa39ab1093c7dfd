package dev.retort.ledger;

import dev.retort.label.LabelBlock;
import dev.retort.ledger.LedgerEntry.AuditRecord;
import dev.retort.ledger.LedgerEntry.Burn;
import dev.retort.ledger.LedgerEntry.BurnReason;
import dev.retort.ledger.LedgerEntry.CampaignOpen;
import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerEntry.KeyRotate;
import dev.retort.ledger.LedgerEntry.PolicyClose;
import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.ledger.LedgerEntry.QuotaSet;
import dev.retort.ledger.LedgerEntry.Refuse;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerEntry.SumRefuse;
import dev.retort.ledger.LedgerReport.Finding;
import dev.retort.ledger.LedgerState.Answered;
import dev.retort.ledger.LedgerState.Pending;
import dev.retort.ledger.LineageAccount.Admission;
import dev.retort.ledger.LineageAccount.UnitAccount;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.BudgetFilter;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Mechanism;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.KeyRotation;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogInUseException;
import dev.retort.tlog.LogSigner;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.MerkleLog;
import dev.retort.tlog.MerkleProver;
import dev.retort.tlog.MlDsaSigner;
import dev.retort.tlog.OwnLog;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.SignedRotation;
import dev.retort.tlog.VerifierKey;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A node's privacy ledger: one budget a data-set lineage and privacy unit, across all studies and coordinators, for ever,
 * and quotas of coordinators within it.
 *
 * <p>Each method that writes returns only when the entry is on disk, signed, and covered by a signed checkpoint; if it
 * throws, file and state are as they were. Spending never decreases. Before an entry is written it is held against the
 * same rules by which {@link LedgerVerifier} audits it. One ledger has one writer, held by an operating-system lock. Safe
 * for use by several threads, which take turns.
 */
public final class PrivacyLedger implements OwnLog, AutoCloseable {

  /** What lies beside most entries. */
  private static final LogFile.Writes NOTHING = connection -> {};

  private final LedgerFile file;
  private final InstantSource clock;
  private final LedgerState state;
  private final List<MlDsaSigner> further;
  private LogSigner signer;

  private PrivacyLedger(
      LedgerFile file,
      LogSigner signer,
      List<MlDsaSigner> further,
      InstantSource clock,
      LedgerState state) {
    this.file = file;
    this.signer = signer;
    this.further = further;
    this.clock = clock;
    this.state = state;
  }

  /**
   * Opens the ledger in {@code path}, or begins one there if the file does not exist, and audits all its entries.
   *
   * @param path the SQLite file; its directory must exist
   * @param signer the node's, with the key that the ledger's last rotation names
   * @param clock gives entries their minute; its jumps are harmless
   * @throws LogInUseException if another ledger object, here or in another process, has it open
   * @throws MalformedLogException if the file is not a ledger, is another node's, or breaks a rule
   * @throws LogUnavailableException if the file cannot be read or written
   */
  public static PrivacyLedger open(Path path, LogSigner signer, InstantSource clock)
      throws LogInUseException, MalformedLogException, LogUnavailableException {
    return open(path, signer, List.of(), clock);
  }

  /**
   * Opens the ledger as {@link #open(Path, LogSigner, InstantSource)} does, and signs its checkpoints from the next entry on
   * with further keys too.
   *
   * @param further each under the ledger's name
   */
  public static PrivacyLedger open(
      Path path, LogSigner signer, List<MlDsaSigner> further, InstantSource clock)
      throws LogInUseException, MalformedLogException, LogUnavailableException {
    return open(path, signer, further, clock, LogFile.MAX_PAGES);
  }

  /** Opens a ledger whose file may not grow beyond {@code maxPages}, as on a disk that fills up. */
  static PrivacyLedger open(
      Path path, LogSigner signer, List<MlDsaSigner> further, InstantSource clock, int maxPages)
      throws LogInUseException, MalformedLogException, LogUnavailableException {
    for (MlDsaSigner one : further) {
      if (!one.verifierKey().name().equals(signer.name())) {
        throw new IllegalArgumentException("further key must have the ledger's name, "
            + signer.name() + ": " + one.verifierKey().name());
      }
    }
    LedgerFile file = LedgerFile.openToAppend(path, maxPages);
    try {
      VerifierKey key = VerifierKey.ofLog(signer);
      if (file.log().isEmpty()) {
        file.create(key.toString(), checkpoint(signer, List.of(), new MerkleLog()));
      }
      LedgerAudit audit = LedgerAudit.byCheckpoint(file, key.toString());
      audit.readEntries(ledgerRecord -> {});
      if (!audit.findings().isEmpty()) {
        Finding first = audit.findings().get(0);
        throw new MalformedLogException(
            "ledger must be sound before it can be charged: " + path + ", entry " + first.index()
                + ": " + first.message() + "; restore the newest copy of the file");
      }
      KeyHistory keys = audit.state().keys();
      if (keys != null && !keys.current().equals(key)) {
        throw new MalformedLogException("identity key must be the one that signs the ledger now, "
            + keys.current() + ", and not one that it replaced: " + key + "; " + path);
      }
      // Before a checkpoint has their lines: a line by a key that nobody knows is none that holds.
      for (MlDsaSigner one : further) {
        file.putFurtherKey(one.verifierKey());
      }
      return new PrivacyLedger(file, signer, List.copyOf(further), clock, audit.state());
    } catch (MalformedLogException | LogUnavailableException | RuntimeException e) {
      try {
        file.close();
      } catch (LogUnavailableException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /**
   * Opens a lineage with the budget of the unit by which its records are sharded, or does nothing if the very same policy
   * is open. That unit is fixed for ever; {@link #protectAlso} adds promises to others.
   *
   * @param unit the unit's name
   * @return the policy, with the budget in rho
   * @throws PolicyConflictException if the lineage is open with another unit or guarantee
   */
  public synchronized PolicyOpen openPolicy(String lineage, String unit, ApproxDp guarantee)
      throws PolicyConflictException, LogUnavailableException {
    PolicyOpen asked = policy(lineage, PrivacyUnit.ofOneShard(unit), guarantee, Zcdp.ZERO);
    LineageAccount known = state.lineages().get(lineage);
    if (known != null) {
      return requireSame(known.first().policy, asked);
    }
    append(asked);
    return asked;
  }

  /**
   * Opens a further filter on a lineage, for a unit whose records may lie in several shards, or does nothing if the very
   * same is open. From then on every charge is charged to it too, and must fit it, for ever. It begins with what all
   * earlier charges cost such a unit.
   *
   * @return the policy, with the budget in rho
   * @throws PolicyConflictException if another policy is open for the unit, or what was charged already exceeds the budget
   * @throws IllegalStateException if the lineage is not open
   */
  public synchronized PolicyOpen protectAlso(String lineage, PrivacyUnit unit, ApproxDp guarantee)
      throws PolicyConflictException, LogUnavailableException {
    LineageAccount account = account(lineage);
    PolicyOpen asked = policy(lineage, unit, guarantee, account.costOfThePast(unit));
    UnitAccount known = account.unit(unit.name());
    if (known != null) {
      return requireSame(known.policy, asked);
    }
    if (asked.spent().compareTo(asked.budget()) > 0) {
      throw PolicyConflictException.spentAlready(asked);
    }
    append(asked);
    return asked;
  }

  /**
   * Sets the quotas of a lineage: those given, by federation, and none for other coordinators. A quota above the budget
   * is the budget. Only what changes is written.
   *
   * @param quotas in the loss of the unit by which the records are sharded
   * @throws IllegalStateException if the lineage is not open
   */
  public synchronized void setQuotas(String lineage, Map<String, Zcdp> quotas)
      throws LogUnavailableException {
    LineageAccount account = account(lineage);
    Zcdp budget = account.first().policy.budget();
    TreeMap<String, Zcdp> wanted = new TreeMap<>();
    account.parties().keySet().forEach(federation -> wanted.put(federation, budget));
    wanted.putAll(quotas);
    for (Map.Entry<String, Zcdp> one : wanted.entrySet()) {
      Zcdp quota = one.getValue().compareTo(budget) < 0 ? one.getValue() : budget;
      if (!account.quota(one.getKey()).equals(quota)) {
        append(new QuotaSet(lineage, one.getKey(), quota));
      }
    }
  }

  /**
   * Withdraws what is left of a lineage's budgets, for ever, or does nothing if it was done already.
   *
   * @throws IllegalStateException if the lineage is not open
   */
  public synchronized void closePolicy(String lineage) throws LogUnavailableException {
    if (!account(lineage).isClosed()) {
      append(new PolicyClose(lineage));
    }
  }

  /** Records an empirical audit of this node's releases. */
  public synchronized void recordAudit(AuditRecord audit) throws LogUnavailableException {
    append(audit);
  }

  /**
   * Replaces the key that signs this ledger, for ever. The entry that says so is signed by both keys; the checkpoint over
   * it, and all that follows, by the new one alone.
   *
   * @param next the new key, under the ledger's name
   * @throws IllegalArgumentException if the name is another one
   * @throws IllegalStateException if the ledger was signed with that key before
   */
  public synchronized void rotateKey(LogSigner next) throws LogUnavailableException {
    KeyRotation keys = new KeyRotation(VerifierKey.ofLog(signer), VerifierKey.ofLog(next));
    append(new KeyRotate(keys), NOTHING, next);
  }

  /**
   * Binds the present version of a data set to its lineage, or does nothing if it is bound already. Charges pending from
   * an earlier version can from then on only be burned.
   *
   * @throws IllegalStateException if the lineage has no policy
   */
  public synchronized void bindDataset(DatasetBind bind) throws LogUnavailableException {
    if (!dataset(bind.lineage()).equals(Optional.of(bind))) {
      append(bind);
    }
  }

  /**
   * Fixes a campaign's mechanism, or does nothing if it is fixed already.
   *
   * @param campaign the digest of the approved study plan
   * @throws IllegalArgumentException if it is fixed to another mechanism
   */
  public synchronized void openCampaign(Digest campaign, Mechanism mechanism)
      throws LogUnavailableException {
    CampaignOpen known = state.campaigns().get(campaign);
    if (known == null) {
      append(new CampaignOpen(campaign, mechanism));
    } else if (!known.mechanism().equals(mechanism)) {
      throw new IllegalArgumentException("mechanism of campaign " + campaign
          + " must be the one it was opened with, " + known.mechanism() + ": " + mechanism);
    }
  }

  /**
   * Charges a query to every filter of its lineage and to the coordinator's quota, or to none of them. A refusal is
   * written down the first time a query of this coordinator meets it.
   *
   * @throws IllegalStateException if lineage or campaign is not open, no data set is bound, or the query has a pending
   *     charge or an answer already
   */
  public synchronized ChargeOutcome charge(Query query, Party party)
      throws LogUnavailableException {
    CampaignOpen campaign = state.campaigns().get(query.campaign());
    if (campaign == null) {
      throw new IllegalStateException("campaign must be open: " + query);
    }
    Mechanism mechanism = campaign.mechanism();
    Digest queryDigest = query.digest(mechanism);
    Admission admission = account(query.lineage()).admit(mechanism, query.outputs(), party);
    if (admission instanceof Admission.Refused refused) {
      if (!state.wasRefused(queryDigest, party)) {
        append(new Refuse(
            query, queryDigest, party, refused.limit(), refused.asked(), refused.left()));
      }
      return new ChargeOutcome.OverLimit(refused.limit(), refused.asked(), refused.left());
    }
    Charge charge = new Charge(query, queryDigest, party, ((Admission.Granted) admission).units());
    return new ChargeOutcome.Charged(append(charge), charge);
  }

  /**
   * Stores the answer of a pending charge together with its release. Only when this has returned may the answer leave.
   *
   * @param charge the charge's sequence number
   * @param answer the answer, with noise, of as many samples as the charge has outputs
   * @throws IllegalStateException if the charge is not pending
   */
  public synchronized void release(long charge, LabelBlock answer, Digest noiseCommitment)
      throws LogUnavailableException {
    Pending paid = state.pending().get(charge);
    if (paid == null) {
      throw new IllegalStateException("charge must be pending: " + charge);
    }
    CampaignOpen campaign = state.campaigns().get(paid.charge().query().campaign());
    if (campaign == null
        || answer.count() != paid.charge().query().outputs()
        || answer.classes() != campaign.mechanism().width()) {
      throw new IllegalArgumentException("answer must have the shape charged for: " + answer);
    }
    if (campaign.mechanism().hidesAnswers()) {
      throw new IllegalArgumentException(
          "answer must not be kept, since nobody may see it by itself: charge " + charge);
    }
    append(
        new Release(charge, answer.digest(), noiseCommitment),
        LedgerFile.storing(charge, answer),
        signer);
  }

  /**
   * Writes down that something of a secure sum's session was refused, with the messages that show why. It costs nothing.
   * What was written before is not written again, nor what is more than one session or campaign may make a ledger keep.
   *
   * @param campaign the digest of the approved study plan
   * @param session the session's id
   * @param reason the protocol's name for why, of any case
   * @param code the protocol's code for it
   * @param evidence the signed messages as they were encoded; of an equivocation the two that contradict each other
   * @return the entry's sequence number, if one was written
   * @throws IllegalArgumentException if there are more than {@link SumRefuse#MAX_EVIDENCE} messages, they are longer than
   *     {@link SumRefuse#MAX_EVIDENCE_BYTES} together, or an equivocation has others than two
   */
  public synchronized OptionalLong refuseSum(
      Digest campaign, Digest session, String reason, int code, List<byte[]> evidence)
      throws LogUnavailableException {
    SumRefuse refusal = new SumRefuse(
        campaign,
        session,
        reason.toLowerCase(Locale.ROOT),
        code,
        evidence.stream().map(Digest::of).toList(),
        evidence.stream().mapToInt(message -> message.length).reduce(0, Math::addExact));
    if (state.sumRefusals().objection(refusal).isPresent()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(append(refusal, StoredEvidence.storing(evidence), signer));
  }

  /**
   * Releases the answer of a pending charge to a sum, and keeps a commitment to it alone. Only when this has returned may
   * the answer leave, masked.
   *
   * @param charge the sequence number of the charge, whose campaign's mechanism {@link Mechanism#hidesAnswers}
   * @param commitment to the answer, with noise
   * @param noiseCommitment commits to the noise, for an auditor on the premises
   */
  public synchronized void releaseHidden(long charge, Digest commitment, Digest noiseCommitment)
      throws LogUnavailableException {
    Pending paid = state.pending().get(charge);
    if (paid == null) {
      throw new IllegalStateException("charge must be pending: " + charge);
    }
    CampaignOpen campaign = state.campaigns().get(paid.charge().query().campaign());
    if (campaign == null || !campaign.mechanism().hidesAnswers()) {
      throw new IllegalArgumentException("answer must be one that is hidden: charge " + charge);
    }
    append(new Release(charge, commitment, noiseCommitment));
  }

  /** Whether the answer of a query has been released, hidden or not. */
  public synchronized boolean isReleased(Digest queryDigest) {
    Long charge = state.chargeOf(queryDigest);
    return charge != null && state.answered().containsKey(charge);
  }

  /** The hidden answer already released for a query, if there is one. */
  public synchronized Optional<HiddenRelease> hiddenRelease(Digest queryDigest) {
    Long charge = state.chargeOf(queryDigest);
    Answered answered = charge == null ? null : state.answered().get(charge);
    return charge == null || answered == null || !answered.hidden()
        ? Optional.empty()
        : Optional.of(new HiddenRelease(charge, answered.answerDigest()));
  }

  /**
   * Gives up a pending charge. What was charged stays spent.
   *
   * @throws IllegalStateException if the charge is not pending
   */
  public synchronized void burn(long charge, BurnReason reason) throws LogUnavailableException {
    append(new Burn(charge, reason));
  }

  /**
   * The answer already released for a query, if there is one.
   *
   * @throws LogUnavailableException if it cannot be read, or is not what was released
   */
  public synchronized Optional<ReleasedAnswer> answer(Digest queryDigest)
      throws LogUnavailableException {
    Long charge = state.chargeOf(queryDigest);
    Answered answered = charge == null ? null : state.answered().get(charge);
    if (charge == null || answered == null) {
      return Optional.empty();
    }
    Optional<LabelBlock> block = storedAnswer(charge);
    if (block.isEmpty() || !LedgerAudit.matches(answered, block.get())) {
      throw new LogUnavailableException("answer of charge " + charge
          + " must match its release; restore the newest copy of the ledger");
    }
    return Optional.of(new ReleasedAnswer(charge, block.get()));
  }

  private Optional<LabelBlock> storedAnswer(long charge) throws LogUnavailableException {
    try {
      return file.answer(charge);
    } catch (MalformedLogException e) {
      throw new LogUnavailableException("answer of charge " + charge + " must be readable", e);
    }
  }

  /** The pending charge of a query, if it has one. */
  public synchronized Optional<PendingCharge> pendingCharge(Digest queryDigest) {
    Long charge = state.chargeOf(queryDigest);
    Pending pending = charge == null ? null : state.pending().get(charge);
    return charge == null || pending == null
        ? Optional.empty()
        : Optional.of(pendingCharge(charge, pending));
  }

  /** All pending charges, oldest first. */
  public synchronized List<PendingCharge> pendingCharges() {
    List<PendingCharge> charges = new ArrayList<>();
    state.pending().forEach((seq, pending) -> charges.add(pendingCharge(seq, pending)));
    return List.copyOf(charges);
  }

  /** The filter of the unit by which a lineage's records are sharded, if the lineage is open. */
  public synchronized Optional<BudgetFilter> filter(String lineage) {
    return Optional.ofNullable(state.lineages().get(lineage))
        .map(known -> known.first().filter());
  }

  /**
   * What a query would cost under a limit, and what is left under it, without asking for it.
   *
   * @throws IllegalStateException if the lineage is not open or has no such limit
   */
  public synchronized ChargeOutcome.OverLimit standing(
      String lineage, Limit limit, Mechanism mechanism, int outputs) {
    LineageAccount account = account(lineage);
    UnitAccount unit = limit instanceof Limit.Filter of ? account.unit(of.unit()) : account.first();
    BudgetFilter filter = limit instanceof Limit.Quota of
        ? account.quotaFilter(of.federation())
        : unit == null ? null : unit.filter();
    if (unit == null || filter == null) {
      throw new IllegalStateException("lineage " + lineage + " must have the limit: " + limit);
    }
    return new ChargeOutcome.OverLimit(
        limit, mechanism.cost(unit.policy.unit(), outputs), filter.left());
  }

  /** The data set bound to a lineage, if there is one. */
  public synchronized Optional<DatasetBind> dataset(String lineage) {
    LineageAccount known = state.lineages().get(lineage);
    return known == null || known.dataset == null
        ? Optional.empty()
        : Optional.of(known.dataset.bind());
  }

  /** A campaign, if it is open. */
  public synchronized Optional<CampaignOpen> campaign(Digest campaign) {
    return Optional.ofNullable(state.campaigns().get(campaign));
  }

  /** The count of entries. */
  public synchronized long size() {
    return state.tree().size();
  }

  /** The key by which anybody verifies this ledger's newest checkpoint. */
  @Override
  public synchronized VerifierKey verifierKey() {
    return VerifierKey.ofLog(signer);
  }

  /** All keys that signed this ledger. */
  @Override
  public synchronized KeyHistory keys() {
    KeyHistory keys = state.keys();
    return keys == null ? KeyHistory.of(VerifierKey.ofLog(signer)) : keys;
  }

  /**
   * The rotations of this ledger's key from entry {@code since} on, each with the proof that it is in the tree over the first
   * {@code size} entries.
   */
  @Override
  public synchronized List<SignedRotation> rotations(long since, long size)
      throws LogUnavailableException {
    List<SignedRotation> rotations = new ArrayList<>();
    for (long seq : keys().rotations(since)) {
      if (seq < size) {
        EntryProof proof = inclusion(seq, size);
        try {
          rotations.add(SignedRotation.of(proof.envelope(), proof.path()));
        } catch (MalformedLogException e) {
          throw new LogUnavailableException("entry " + seq + " must be readable", e);
        }
      }
    }
    return List.copyOf(rotations);
  }

  /** The signed checkpoint over all entries, as a C2SP signed note. */
  @Override
  public synchronized String checkpoint() throws LogUnavailableException {
    try {
      return file.log()
          .checkpoint()
          .orElseThrow(() -> new LogUnavailableException("ledger must hold a checkpoint"));
    } catch (MalformedLogException e) {
      throw new LogUnavailableException("checkpoint must be readable", e);
    }
  }

  /** The root of the tree over the first {@code size} entries, if there are so many. */
  @Override
  public synchronized Optional<Digest> root(long size) throws LogUnavailableException {
    return size < 0 || size > state.tree().size()
        ? Optional.empty()
        : Optional.of(new MerkleProver(file.log()).root(size));
  }

  /** Proves that the tree over the first {@code oldSize} entries is a prefix of that over the first {@code size}. */
  @Override
  public synchronized List<Digest> consistency(long oldSize, long size)
      throws LogUnavailableException {
    requireSize(size);
    return new MerkleProver(file.log()).consistency(oldSize, size);
  }

  /**
   * Proves that an entry is in the tree over the first {@code size} entries.
   *
   * @param seq the entry's sequence number, below {@code size}
   */
  public synchronized EntryProof inclusion(long seq, long size) throws LogUnavailableException {
    requireSize(size);
    return new EntryProof(seq, envelope(seq), new MerkleProver(file.log()).inclusion(seq, size));
  }

  /**
   * Proves that a charge and its release are in the tree over the first {@code size} entries.
   *
   * @param charge the charge's sequence number
   * @throws IllegalStateException if it has no release, or the tree ends before that
   */
  public synchronized ReleaseProof releaseProof(long charge, long size)
      throws LogUnavailableException {
    Answered answered = state.answered().get(charge);
    if (answered == null || answered.release() >= size) {
      throw new IllegalStateException(
          "charge must have its release among the first " + size + " entries: " + charge);
    }
    return new ReleaseProof(inclusion(charge, size), inclusion(answered.release(), size), size);
  }

  /** An entry's envelope, as it was signed. */
  public synchronized Envelope envelope(long seq) throws LogUnavailableException {
    try {
      byte[] bytes = file.log()
          .entry(seq)
          .orElseThrow(() -> new LogUnavailableException("ledger must hold entry " + seq));
      return Envelope.parse(bytes);
    } catch (MalformedLogException e) {
      throw new LogUnavailableException("entry " + seq + " must be readable", e);
    }
  }

  /**
   * Keeps the newest checkpoint that a witness cosigned.
   *
   * @param witness the key of its cosignatures
   * @param note the checkpoint, signed by this ledger and cosigned
   */
  @Override
  public synchronized void putCosigned(VerifierKey witness, String note)
      throws LogUnavailableException {
    file.log().putCosigned(witness, note);
  }

  /** The newest checkpoint that each witness cosigned, by ascending name of the witness. */
  @Override
  public synchronized List<String> cosigned() throws LogUnavailableException {
    try {
      return List.copyOf(file.log().cosignedByWitness().values());
    } catch (MalformedLogException e) {
      throw new LogUnavailableException("cosigned checkpoints must be readable", e);
    }
  }

  private void requireSize(long size) {
    if (size < 0 || size > state.tree().size()) {
      throw new IllegalArgumentException(
          "size must be in [0, " + state.tree().size() + "]: " + size);
    }
  }

  /** Closes the file and lets go of its lock. */
  @Override
  public synchronized void close() throws LogUnavailableException {
    file.close();
  }

  private long append(LedgerEntry entry) throws LogUnavailableException {
    return append(entry, NOTHING, signer);
  }

  /** Appends an entry, signed by {@code next} too if that is another signer, who signs from then on. */
  private long append(LedgerEntry entry, LogFile.Writes beside, LogSigner next)
      throws LogUnavailableException {
    long seq = state.tree().size();
    LedgerRecord ledgerRecord = new LedgerRecord(
        seq, state.tree().root(), clock.instant().truncatedTo(ChronoUnit.MINUTES), entry);
    List<Finding> broken = LedgerRules.broken(state, ledgerRecord);
    if (!broken.isEmpty()) {
      throw new IllegalStateException(
          "entry must keep the ledger's rules: " + broken.get(0).message());
    }
    Envelope signed = Envelope.sign(EntryCodec.encode(ledgerRecord), signer);
    byte[] envelope = (entry instanceof KeyRotate ? signed.signAlso(next) : signed).encode();
    MerkleLog after = state.tree().copy();
    List<Digest> hashes = after.append(envelope);
    file.append(seq, envelope, hashes, beside, checkpoint(next, further, after));
    signer = next;
    state.apply(ledgerRecord);
    state.appendLeaf(envelope);
    return seq;
  }

  private LineageAccount account(String lineage) {
    LineageAccount account = state.lineages().get(lineage);
    if (account == null) {
      throw new IllegalStateException("lineage must be open: " + lineage);
    }
    return account;
  }

  private static PolicyOpen policy(
      String lineage, PrivacyUnit unit, ApproxDp guarantee, Zcdp spent) {
    return new PolicyOpen(lineage, unit, guarantee, Conversion.budget(guarantee), spent);
  }

  private static PolicyOpen requireSame(PolicyOpen recorded, PolicyOpen asked)
      throws PolicyConflictException {
    if (!recorded.unit().equals(asked.unit()) || !recorded.guarantee().equals(asked.guarantee())) {
      throw PolicyConflictException.recorded(recorded, asked);
    }
    return recorded;
  }

  private static String checkpoint(LogSigner signer, List<MlDsaSigner> further, MerkleLog tree) {
    String text = new Checkpoint(signer.name(), tree.size(), tree.root()).text();
    SignedNote note = SignedNote.sign(text, signer);
    for (MlDsaSigner one : further) {
      note = note.signAlso(one);
    }
    return note.encode();
  }

  private PendingCharge pendingCharge(long seq, Pending pending) {
    LineageAccount lineage = state.lineages().get(pending.charge().query().lineage());
    boolean recomputable = lineage != null && Objects.equals(lineage.dataset, pending.dataset());
    return new PendingCharge(seq, pending.charge(), recomputable);
  }
}
