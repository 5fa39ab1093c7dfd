package dev.retort.coordinator.enroll;

import java.nio.file.Path;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/** Migrated SQLite files. */
final class Databases {

  private Databases() {}

  static Jdbi sqlite(Path directory) {
    String url = "jdbc:sqlite:" + directory.resolve("coordinator.db");
    Flyway.configure().dataSource(url, null, null).load().migrate();
    return Jdbi.create(url);
  }
}
