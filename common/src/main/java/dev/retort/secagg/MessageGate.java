package dev.retort.secagg;

import dev.retort.secagg.Message.Slot;
import dev.retort.secagg.MessageType.Repeats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one way for messages into a state machine: verified, then parsed, then held against session, sender and what the
 * sender said before. Not thread-safe.
 */
final class MessageGate {

  private final VerifyingKey coordinator;
  private final Map<Slot, Signed> said = new HashMap<>();
  private final Map<Octets, VerifyingKey> byId = new HashMap<>();
  private List<VerifyingKey> nodes = List.of();
  private @Nullable Octets session;

  MessageGate(VerifyingKey coordinator) {
    this.coordinator = coordinator;
    byId.put(coordinator.id(), coordinator);
  }

  /** Lets in messages of this proposal's nodes and session, and no others. */
  void enroll(SessionProposal proposal) {
    List<VerifyingKey> keys = new ArrayList<>();
    proposal.roster().forEach(entry -> keys.add(entry.key()));
    this.nodes = List.copyOf(keys);
    keys.forEach(key -> byId.put(key.id(), key));
    this.session = proposal.session();
  }

  /** The message in {@code signed}, if it contradicts nothing that its sender said. */
  Message admit(Signed signed) throws RefusalException {
    Message message = verified(signed);
    if (signed.type().repeats() == Repeats.NEVER) {
      Signed before = said.putIfAbsent(message.slot(), signed);
      if (before != null && !before.body().equals(signed.body())) {
        throw new RefusalException(RefusalReason.EQUIVOCATION, before, signed);
      }
    }
    return message;
  }

  /** The messages that another one carries, each of kind {@code kind} and by the sender it names. */
  <M extends Message> List<M> carried(List<Signed> signed, Class<M> kind) throws RefusalException {
    List<M> messages = new ArrayList<>();
    for (Signed one : signed) {
      Message message = verified(one);
      if (!kind.isInstance(message)) {
        throw new RefusalException(RefusalReason.MALFORMED, one);
      }
      messages.add(kind.cast(message));
    }
    return messages;
  }

  private Message verified(Signed signed) throws RefusalException {
    VerifyingKey key = byId.get(signed.keyId());
    if (key == null) {
      throw new RefusalException(RefusalReason.UNKNOWN_SIGNER, signed);
    }
    if (!signed.isSignedBy(key)) {
      throw new RefusalException(RefusalReason.BAD_SIGNATURE, signed);
    }
    Message message;
    try {
      message = signed.parse();
    } catch (MalformedMessageException e) {
      throw new RefusalException(RefusalReason.MALFORMED, signed);
    }
    if (session != null && !message.session().equals(session)) {
      throw new RefusalException(RefusalReason.WRONG_SESSION, signed);
    }
    if (!isSaidBy(message, key)) {
      throw new RefusalException(RefusalReason.WRONG_SENDER, signed);
    }
    return message;
  }

  private boolean isSaidBy(Message message, VerifyingKey key) {
    if (message.sender() == Message.COORDINATOR) {
      return key.equals(coordinator);
    }
    return message.sender() < nodes.size() && nodes.get(message.sender()).equals(key);
  }
}
