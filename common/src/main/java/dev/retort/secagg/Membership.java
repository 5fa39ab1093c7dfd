package dev.retort.secagg;

import dev.retort.secagg.Frame.SignedFrame;
import java.util.Map;
import javax.security.auth.Destroyable;

/** A node's place in a session that is set up, with its keys. Not thread-safe. */
final class Membership implements Destroyable {

  private final AggregationSite site;
  private final SessionRoster roster;
  private final int self;
  private final Map<Integer, PairKeys> keys;

  /** Seals a committee member's shares of its own secrets, so that they travel as all others do. */
  private final Secret ownShareKey;

  Membership(AggregationSite site, SessionRoster roster, int self, Map<Integer, PairKeys> keys) {
    this.site = site;
    this.roster = roster;
    this.self = self;
    this.keys = keys;
    this.ownShareKey = Secret.draw(site.random());
  }

  AggregationSite site() {
    return site;
  }

  SessionRoster roster() {
    return roster;
  }

  int self() {
    return self;
  }

  boolean hasKeysWith(int peer) {
    return peer == self || keys.containsKey(peer);
  }

  /** The keys with each peer, by index. */
  Map<Integer, PairKeys> keys() {
    return keys;
  }

  PairKeys keysWith(int peer) {
    PairKeys pair = keys.get(peer);
    if (pair == null) {
      throw new IllegalArgumentException("peer must have keys with this node: " + peer);
    }
    return pair;
  }

  /** The key of shares from {@code from} to {@code to}, one of which is this node. */
  Secret shareKey(int from, int to) {
    if (from == to) {
      return ownShareKey;
    }
    return keysWith(from == self ? to : from).shareKey(from, to);
  }

  SignedFrame signed(Message message) {
    return new SignedFrame(Signed.sign(message, site.signer()));
  }

  @Override
  public void destroy() {
    keys.values().forEach(PairKeys::destroy);
    ownShareKey.destroy();
  }
}
