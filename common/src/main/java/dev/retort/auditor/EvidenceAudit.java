package dev.retort.auditor;

import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.auditor.LedgerEvent.SumRefusal;
import dev.retort.ledger.KeptEvidence;
import dev.retort.merkle.Digest;
import dev.retort.secagg.EquivocationEvidence;
import dev.retort.secagg.EquivocationEvidence.Verdict;
import dev.retort.secagg.MalformedMessageException;
import dev.retort.secagg.Message.Slot;
import dev.retort.secagg.Octets;
import dev.retort.secagg.RefusalReason;
import dev.retort.secagg.Signed;
import dev.retort.secagg.VerifyingKey;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Judges the messages by which nodes say that they refused something of a secure sum. That one sender said two things is
 * proven by two messages and a key, whoever kept them. Of other refusals it only says whether what was refused is there:
 * whether it deserved that depends on what the node knew. Not thread-safe.
 */
final class EvidenceAudit {

  private final Map<Octets, KnownKey> keys = new HashMap<>();
  private final List<AuditFinding> findings;
  private final Set<String> unchecked;

  private record KnownKey(VerifyingKey key, String owner) {}

  EvidenceAudit(List<AuditFinding> findings, Set<String> unchecked) {
    this.findings = findings;
    this.unchecked = unchecked;
  }

  /** Makes a key known. */
  void know(String owner, byte[] rawKey) {
    try {
      VerifyingKey key = VerifyingKey.of(rawKey);
      keys.putIfAbsent(key.id(), new KnownKey(key, owner));
    } catch (IllegalArgumentException e) {
      // No point of the curve, so that it signed nothing: as good as not given.
      unchecked.add("what " + owner + " signed in secure sums: its key is none");
    }
  }

  /** Judges the evidence of a ledger that was read. */
  void judge(OpenedLog one) throws LogUnavailableException {
    List<SumRefusal> refusals = one.ledger.sumRefusals();
    refusals.forEach(refusal -> checkCode(one.log, refusal));
    KeptEvidence evidence = one.source.evidence();
    if (evidence.isGiven()) {
      try {
        judge(one.log, refusals, evidence);
      } catch (MalformedLogException e) {
        add(one.log, -1, Kind.MALFORMED, String.valueOf(e.getMessage()));
      }
    } else if (refusals.stream().anyMatch(refusal -> !refusal.evidence().isEmpty())) {
      unchecked.add("evidence of " + one.log + ": it was not handed over");
    }
  }

  // A reason of a later version is not known here; one that is known has its code, and no other has
  // it.
  private void checkCode(String log, SumRefusal refusal) {
    for (RefusalReason known : RefusalReason.values()) {
      boolean named = known.name().toLowerCase(Locale.ROOT).equals(refusal.reason());
      if (named != (known.code() == refusal.code())) {
        add(
            log,
            refusal.index(),
            Kind.SUM_REFUSAL,
            "code must be that of the reason: " + refusal.reason() + ", " + refusal.code());
        return;
      }
    }
  }

  private void judge(String log, List<SumRefusal> refusals, KeptEvidence evidence)
      throws MalformedLogException, LogUnavailableException {
    Map<Digest, Integer> lengths = lengthsOfSound(evidence);
    Set<String> uncalledFor = new TreeSet<>(evidence.names());
    for (SumRefusal refusal : refusals) {
      long bytes = 0;
      for (Digest digest : refusal.evidence()) {
        uncalledFor.remove(digest.hex());
        bytes += lengths.getOrDefault(digest, 0);
        if (!lengths.containsKey(digest)) {
          add(
              log,
              refusal.index(),
              Kind.EVIDENCE,
              "evidence must be there, a signed message with the digest " + digest);
        }
      }
      if (!lengths.keySet().containsAll(refusal.evidence())) {
        continue;
      }
      if (bytes != refusal.evidenceBytes()) {
        add(
            log,
            refusal.index(),
            Kind.EVIDENCE,
            "evidenceBytes must be " + bytes + ": " + refusal.evidenceBytes());
      }
      if (refusal.isEquivocation()) {
        List<Signed> both = new ArrayList<>();
        for (Digest digest : refusal.evidence()) {
          message(evidence, digest).ifPresent(both::add);
        }
        judge(log, refusal, new EquivocationEvidence(both.get(0), both.get(1)));
      }
    }
    for (String name : uncalledFor) {
      add(
          log,
          -1,
          Kind.EVIDENCE,
          "evidence must be that of a refusal: "
              + (Digest.isValid(name) ? name : "a name that is no digest"));
    }
  }

  /** How long each message is that is one and has its digest. Each is read once, however many entries name it. */
  private static Map<Digest, Integer> lengthsOfSound(KeptEvidence evidence)
      throws MalformedLogException, LogUnavailableException {
    Map<Digest, Integer> lengths = new HashMap<>();
    for (String name : evidence.names()) {
      if (Digest.isValid(name)) {
        Digest digest = new Digest(name);
        message(evidence, digest)
            .ifPresent(signed -> lengths.put(digest, signed.encode().length()));
      }
    }
    return lengths;
  }

  private static Optional<Signed> message(KeptEvidence evidence, Digest digest)
      throws MalformedLogException, LogUnavailableException {
    Optional<byte[]> bytes = evidence.message(digest);
    if (bytes.isEmpty() || !Digest.of(bytes.get()).equals(digest)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Signed.parse(Octets.of(bytes.get())));
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
  }

  private void judge(String log, SumRefusal refusal, EquivocationEvidence evidence) {
    Octets signer = evidence.first().keyId();
    KnownKey known = keys.get(signer);
    if (!signer.equals(evidence.second().keyId())) {
      add(
          log,
          refusal.index(),
          Kind.EVIDENCE,
          "messages of an equivocation must name one signer, and these name two");
    } else if (known == null) {
      unchecked.add("equivocation at entry " + refusal.index() + " of " + log
          + ": the key that signed it, of fingerprint " + fingerprint(signer) + ", was not given");
    } else {
      Verdict verdict = evidence.judge(List.of(known.key()));
      switch (verdict) {
        case PROVEN -> proven(log, refusal, evidence, known.owner());
        case NOT_SIGNED ->
          add(
              log,
              refusal.index(),
              Kind.EVIDENCE,
              "messages of an equivocation must both be signed by whom they name, "
                  + known.owner());
        case NO_CONTRADICTION ->
          add(
              log,
              refusal.index(),
              Kind.EVIDENCE,
              "messages of an equivocation must contradict each other, and these by "
                  + known.owner() + " do not");
      }
    }
  }

  private void proven(
      String log, SumRefusal refusal, EquivocationEvidence evidence, String signer) {
    Slot slot;
    try {
      slot = evidence.first().parse().slot();
    } catch (MalformedMessageException e) {
      throw new IllegalStateException("messages that prove must be messages", e);
    }
    Digest session = Digest.ofBytes(slot.session().bytes());
    add(
        log,
        refusal.index(),
        Kind.EQUIVOCATION,
        signer + " signed two messages that contradict each other, " + slot.type() + " number "
            + slot.number() + " of session " + session + ": "
            + refusal.evidence().get(0) + " and "
            + refusal.evidence().get(1));
    if (!session.equals(refusal.session())) {
      add(
          log,
          refusal.index(),
          Kind.EVIDENCE,
          "evidence must be of the session that the entry names, " + refusal.session() + ": "
              + session);
    }
  }

  /** SHA-256 of the raw key, as people compare it: the id without the byte of the algorithm. */
  private static Digest fingerprint(Octets keyId) {
    byte[] id = keyId.bytes();
    return Digest.ofBytes(Arrays.copyOfRange(id, 1, id.length));
  }

  private void add(String log, long index, Kind kind, String message) {
    findings.add(new AuditFinding(log, index, kind, message));
  }
}
