package dev.retort.coordinator.store;

import dev.retort.coordinator.study.StudyStore;
import dev.retort.coordinator.study.StudyStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, on SQLite. */
final class SqlStudyStoreTest extends StudyStoreContract {

  @TempDir
  private Path directory;

  private Database database;
  private StudyStore store;

  @BeforeEach
  void open() {
    database = Database.open(directory.resolve("coordinator.db"));
    store = new SqlStudyStore(database.jdbi());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Override
  protected StudyStore store() {
    return store;
  }

  @Override
  protected void restart() {
    close();
    open();
  }
}
