package dev.retort.ledger;

import dev.retort.label.LabelBlock;
import dev.retort.ledger.LedgerEntry.Burn;
import dev.retort.ledger.LedgerEntry.BurnReason;
import dev.retort.ledger.LedgerEntry.CampaignOpen;
import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.ledger.LedgerEntry.Refuse;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerReport.Finding;
import dev.retort.ledger.LedgerState.Answered;
import dev.retort.ledger.LedgerState.Lineage;
import dev.retort.ledger.LedgerState.Pending;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.BudgetFilter;
import dev.retort.privacy.Conversion;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Zcdp;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node's privacy ledger: one budget a data-set lineage, across all studies and coordinators, for ever.
 *
 * <p>Each method that writes returns only when the entry is on disk, signed, and covered by a signed checkpoint; if it
 * throws, file and state are as they were. Spending never decreases. Before an entry is written it is held against the
 * same rules by which {@link LedgerVerifier} audits it. One ledger has one writer, held by an operating-system lock. Safe
 * for use by several threads, which take turns.
 */
public final class PrivacyLedger implements AutoCloseable {

  private final LedgerFile file;
  private final LedgerSigner signer;
  private final InstantSource clock;
  private final LedgerState state;

  private PrivacyLedger(
      LedgerFile file, LedgerSigner signer, InstantSource clock, LedgerState state) {
    this.file = file;
    this.signer = signer;
    this.clock = clock;
    this.state = state;
  }

  /**
   * Opens the ledger in {@code path}, or begins one there if the file does not exist, and audits all its entries.
   *
   * @param path the SQLite file; its directory must exist
   * @param clock gives entries their minute; its jumps are harmless
   * @throws LedgerInUseException if another ledger object, here or in another process, has it open
   * @throws MalformedLedgerException if the file is not a ledger, is another node's, or breaks a rule
   * @throws LedgerUnavailableException if the file cannot be read or written
   */
  public static PrivacyLedger open(Path path, LedgerSigner signer, InstantSource clock)
      throws LedgerInUseException, MalformedLedgerException, LedgerUnavailableException {
    return open(path, signer, clock, LedgerFile.MAX_PAGES);
  }

  /** Opens a ledger whose file may not grow beyond {@code maxPages}, as on a disk that fills up. */
  static PrivacyLedger open(Path path, LedgerSigner signer, InstantSource clock, int maxPages)
      throws LedgerInUseException, MalformedLedgerException, LedgerUnavailableException {
    LedgerFile file = LedgerFile.openToAppend(path, maxPages);
    try {
      String logKey = VerifierKey.ofLog(signer).toString();
      if (file.isEmpty()) {
        file.create(logKey, checkpoint(signer, new MerkleLog()));
      }
      LedgerAudit audit = LedgerAudit.byCheckpoint(file);
      audit.readEntries(logKey, ledgerRecord -> {});
      if (!audit.findings().isEmpty()) {
        Finding first = audit.findings().get(0);
        throw new MalformedLedgerException(
            "ledger must be sound before it can be charged: " + path + ", entry " + first.index()
                + ": " + first.message() + "; restore the newest copy of the file");
      }
      return new PrivacyLedger(file, signer, clock, audit.state());
    } catch (MalformedLedgerException | LedgerUnavailableException | RuntimeException e) {
      try {
        file.close();
      } catch (LedgerUnavailableException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /**
   * Opens the lineage's one budget, or does nothing if the very same policy is open.
   *
   * @return the policy, with the budget in rho
   * @throws PolicyConflictException if another policy is open for the lineage
   */
  public synchronized PolicyOpen openPolicy(String lineage, String unit, ApproxDp guarantee)
      throws PolicyConflictException, LedgerUnavailableException {
    PolicyOpen asked = new PolicyOpen(lineage, unit, guarantee, Conversion.budget(guarantee));
    Lineage known = state.lineages().get(lineage);
    if (known == null) {
      append(asked, null);
      return asked;
    }
    if (!known.policy.unit().equals(unit) || !known.policy.guarantee().equals(guarantee)) {
      throw new PolicyConflictException(known.policy, asked);
    }
    return known.policy;
  }

  /**
   * Binds the present version of a data set to its lineage, or does nothing if it is bound already. Charges pending from
   * an earlier version can from then on only be burned.
   *
   * @throws IllegalStateException if the lineage has no policy
   */
  public synchronized void bindDataset(DatasetBind bind) throws LedgerUnavailableException {
    if (!dataset(bind.lineage()).equals(Optional.of(bind))) {
      append(bind, null);
    }
  }

  /**
   * Fixes a campaign's mechanism, or does nothing if it is fixed already.
   *
   * @param campaign the digest of the approved study plan
   * @throws IllegalArgumentException if it is fixed to another mechanism
   */
  public synchronized void openCampaign(Digest campaign, DiscreteGaussianHistogram mechanism)
      throws LedgerUnavailableException {
    CampaignOpen known = state.campaigns().get(campaign);
    if (known == null) {
      append(new CampaignOpen(campaign, mechanism), null);
    } else if (!known.mechanism().equals(mechanism)) {
      throw new IllegalArgumentException("mechanism of campaign " + campaign
          + " must be the one it was opened with, " + known.mechanism() + ": " + mechanism);
    }
  }

  /**
   * Charges a query to its lineage's budget. A refusal is written down the first time a query meets it.
   *
   * @throws IllegalStateException if lineage or campaign is not open, no data set is bound, or the query has a pending
   *     charge or an answer already
   */
  public synchronized ChargeOutcome charge(Query query) throws LedgerUnavailableException {
    Lineage lineage = state.lineages().get(query.lineage());
    CampaignOpen campaign = state.campaigns().get(query.campaign());
    if (lineage == null || campaign == null) {
      throw new IllegalStateException("lineage and campaign must be open: " + query);
    }
    Digest queryDigest = query.digest(campaign.mechanism());
    Zcdp cost = campaign.mechanism().cost(query.outputs());
    BudgetFilter.Decision decision =
        new BudgetFilter(lineage.policy.budget(), lineage.spent).tryCharge(cost);
    if (decision instanceof BudgetFilter.Granted granted) {
      Charge charge =
          new Charge(query, queryDigest, cost, lineage.spent, granted.after().spent());
      return new ChargeOutcome.Charged(append(charge, null), charge);
    }
    Zcdp left = lineage.policy.budget().minus(lineage.spent);
    if (!state.wasRefused(queryDigest)) {
      append(new Refuse(query, queryDigest, cost, left), null);
    }
    return new ChargeOutcome.OverBudget(cost, left);
  }

  /**
   * Stores the answer of a pending charge together with its release. Only when this has returned may the answer leave.
   *
   * @param charge the charge's sequence number
   * @param answer the answer, with noise, of as many samples as the charge has outputs
   * @throws IllegalStateException if the charge is not pending
   */
  public synchronized void release(long charge, LabelBlock answer, Digest noiseCommitment)
      throws LedgerUnavailableException {
    Pending paid = state.pending().get(charge);
    if (paid == null) {
      throw new IllegalStateException("charge must be pending: " + charge);
    }
    CampaignOpen campaign = state.campaigns().get(paid.charge().query().campaign());
    if (campaign == null
        || answer.count() != paid.charge().query().outputs()
        || answer.classes() != campaign.mechanism().classes()) {
      throw new IllegalArgumentException("answer must have the shape charged for: " + answer);
    }
    append(new Release(charge, answer.digest(), noiseCommitment), answer);
  }

  /**
   * Gives up a pending charge. What was charged stays spent.
   *
   * @throws IllegalStateException if the charge is not pending
   */
  public synchronized void burn(long charge, BurnReason reason) throws LedgerUnavailableException {
    append(new Burn(charge, reason), null);
  }

  /**
   * The answer already released for a query, if there is one.
   *
   * @throws LedgerUnavailableException if it cannot be read, or is not what was released
   */
  public synchronized Optional<ReleasedAnswer> answer(Digest queryDigest)
      throws LedgerUnavailableException {
    Long charge = state.chargeOf(queryDigest);
    Answered answered = charge == null ? null : state.answered().get(charge);
    if (charge == null || answered == null) {
      return Optional.empty();
    }
    Optional<LabelBlock> block = file.answer(charge);
    if (block.isEmpty() || !LedgerAudit.matches(answered, block.get())) {
      throw new LedgerUnavailableException("answer of charge " + charge
          + " must match its release; restore the newest copy of the ledger");
    }
    return Optional.of(new ReleasedAnswer(charge, block.get()));
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

  /** The budget and spending of a lineage, if it has a policy. */
  public synchronized Optional<BudgetFilter> filter(String lineage) {
    return Optional.ofNullable(state.lineages().get(lineage))
        .map(known -> new BudgetFilter(known.policy.budget(), known.spent));
  }

  /** The data set bound to a lineage, if there is one. */
  public synchronized Optional<DatasetBind> dataset(String lineage) {
    Lineage known = state.lineages().get(lineage);
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

  /** The key by which anybody verifies this ledger. */
  public VerifierKey verifierKey() {
    return VerifierKey.ofLog(signer);
  }

  /** The signed checkpoint over all entries, as a C2SP signed note. */
  public synchronized String checkpoint() throws LedgerUnavailableException {
    try {
      return file.checkpoint()
          .orElseThrow(() -> new LedgerUnavailableException("ledger must hold a checkpoint"));
    } catch (MalformedLedgerException e) {
      throw new LedgerUnavailableException("checkpoint must be readable", e);
    }
  }

  /** Closes the file and lets go of its lock. */
  @Override
  public synchronized void close() throws LedgerUnavailableException {
    file.close();
  }

  private long append(LedgerEntry entry, @Nullable LabelBlock answer)
      throws LedgerUnavailableException {
    long seq = state.tree().size();
    LedgerRecord ledgerRecord = new LedgerRecord(
        seq, state.tree().root(), clock.instant().truncatedTo(ChronoUnit.MINUTES), entry);
    List<Finding> broken = LedgerRules.broken(state, ledgerRecord);
    if (!broken.isEmpty()) {
      throw new IllegalStateException(
          "entry must keep the ledger's rules: " + broken.get(0).message());
    }
    byte[] envelope = Envelope.sign(EntryCodec.encode(ledgerRecord), signer).encode();
    MerkleLog after = state.tree().copy();
    after.append(envelope);
    long charge = entry instanceof Release release ? release.charge() : seq;
    file.append(seq, envelope, charge, answer, checkpoint(signer, after));
    state.apply(ledgerRecord);
    state.appendLeaf(envelope);
    return seq;
  }

  private static String checkpoint(LedgerSigner signer, MerkleLog tree) {
    String text = new Checkpoint(signer.name(), tree.size(), tree.root()).text();
    return SignedNote.sign(text, signer).encode();
  }

  private PendingCharge pendingCharge(long seq, Pending pending) {
    Lineage lineage = state.lineages().get(pending.charge().query().lineage());
    boolean recomputable = lineage != null && Objects.equals(lineage.dataset, pending.dataset());
    return new PendingCharge(seq, pending.charge(), recomputable);
  }
}
