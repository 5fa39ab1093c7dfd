package dev.retort.journal;

import dev.retort.journal.JournalEntry.Aggregate;
import dev.retort.journal.JournalEntry.Ask;
import dev.retort.journal.JournalEntry.Drop;
import dev.retort.journal.JournalEntry.Place;
import dev.retort.journal.JournalEntry.ProvenRelease;
import dev.retort.journal.JournalEntry.Receive;
import dev.retort.journal.JournalEntry.Reject;
import dev.retort.journal.JournalEntry.Student;
import dev.retort.journal.JournalEntry.StudyFail;
import dev.retort.journal.JournalEntry.StudyOpen;
import dev.retort.tlog.EntryFormat;
import dev.retort.tlog.FieldReader;
import dev.retort.tlog.MalformedLogException;
import java.util.Map;

/** The journal's entries as named strings. */
public final class JournalFormat implements EntryFormat<JournalEntry> {

  /** The format has no settings. */
  public JournalFormat() {}

  @Override
  public String type(JournalEntry entry) {
    return entry.type();
  }

  @Override
  public void put(Map<String, String> fields, JournalEntry entry) {
    fields.put("study", entry.study());
    if (entry instanceof StudyOpen open) {
      fields.put("plan", open.plan().hex());
    } else if (entry instanceof Ask ask) {
      putPlace(fields, ask.place());
    } else if (entry instanceof Receive receive) {
      putPlace(fields, receive.place());
      fields.put("answerDigest", receive.answer().hex());
      ProvenRelease proven = receive.release();
      fields.put("origin", proven.origin());
      fields.put("charge", Long.toString(proven.charge()));
      fields.put("release", Long.toString(proven.release()));
      fields.put("size", Long.toString(proven.size()));
      fields.put("root", proven.root().hex());
    } else if (entry instanceof Reject reject) {
      putPlace(fields, reject.place());
      fields.put("answerDigest", reject.answer().hex());
      fields.put("reason", reject.reason());
    } else if (entry instanceof Drop drop) {
      putPlace(fields, drop.place());
    } else if (entry instanceof Aggregate aggregate) {
      fields.put("blocks", Integer.toString(aggregate.blocks()));
      fields.put("sums", aggregate.sums().hex());
    } else if (entry instanceof Student student) {
      fields.put("model", student.model().hex());
    }
  }

  @Override
  public JournalEntry read(String type, FieldReader fields) throws MalformedLogException {
    String study = fields.text("study");
    return switch (type) {
      case "study-open" -> new StudyOpen(study, fields.digest("plan"));
      case "ask" -> new Ask(study, place(fields));
      case "receive" ->
        new Receive(
            study,
            place(fields),
            fields.digest("answerDigest"),
            new ProvenRelease(
                fields.text("origin"),
                fields.integer("charge"),
                fields.integer("release"),
                fields.integer("size"),
                fields.digest("root")));
      case "reject" ->
        new Reject(study, place(fields), fields.digest("answerDigest"), fields.text("reason"));
      case "drop" -> new Drop(study, place(fields));
      case "aggregate" ->
        new Aggregate(study, fields.smallInteger("blocks"), fields.digest("sums"));
      case "student" -> new Student(study, fields.digest("model"));
      case "study-fail" -> new StudyFail(study);
      default -> throw new MalformedLogException("type must be one this version knows: " + type);
    };
  }

  private static void putPlace(Map<String, String> fields, Place place) {
    fields.put("node", place.node());
    fields.put("round", Integer.toString(place.round()));
    fields.put("firstSample", Long.toString(place.firstSample()));
    fields.put("count", Integer.toString(place.count()));
  }

  private static Place place(FieldReader fields) throws MalformedLogException {
    return new Place(
        fields.text("node"),
        fields.smallInteger("round"),
        fields.integer("firstSample"),
        fields.smallInteger("count"));
  }
}
