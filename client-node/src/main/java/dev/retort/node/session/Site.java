package dev.retort.node.session;

import dev.retort.encode.PublicSpaces;
import dev.retort.learn.DeviceChoice;
import dev.retort.learn.LearnEngine;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.node.policy.SitePolicy;
import dev.retort.node.release.LabelRelease;
import dev.retort.node.release.ReleaseTick;
import dev.retort.node.shard.ShardKey;
import dev.retort.node.shard.SiteRecords;
import dev.retort.node.teacher.UnsafeTeacherTap;
import dev.retort.transfer.ChunkStore;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What a session serves a coordinator with. Sessions with several coordinators share all but the votes.
 *
 * @param policy what the site allows
 * @param lineage the data-set lineage whose budget pays
 * @param records the private records
 * @param shardKey spreads privacy units over teachers
 * @param ledger the budget's book, with the lineage's policy open; closed by whoever opened it
 * @param release the one door out
 * @param tick when something may leave by it
 * @param transfer the public samples
 * @param studies where votes are saved, one directory a study
 * @param device where to train; null for where the plan says
 * @param engine the tensor library
 * @param clock paces progress reports
 * @param tap looks at teachers in simulations
 * @param halt ends all sessions if the ledger is found not to be the newest
 * @param witnessing the site as a witness of other logs
 * @param sums the site as a member of secure sums
 * @param spaces what is learnt from public samples
 */
public record Site(
    SitePolicy policy,
    String lineage,
    SiteRecords records,
    ShardKey shardKey,
    PrivacyLedger ledger,
    LabelRelease release,
    ReleaseTick tick,
    ChunkStore transfer,
    Path studies,
    @Nullable DeviceChoice device,
    LearnEngine engine,
    InstantSource clock,
    UnsafeTeacherTap tap,
    LedgerHalt halt,
    SiteWitness witnessing,
    SumSite sums,
    PublicSpaces spaces) {

  /** This site, with votes saved in another directory: for the studies of another coordinator. */
  public Site withStudies(Path other) {
    return new Site(
        policy,
        lineage,
        records,
        shardKey,
        ledger,
        release,
        tick,
        transfer,
        other,
        device,
        engine,
        clock,
        tap,
        halt,
        witnessing,
        sums,
        spaces);
  }
}
