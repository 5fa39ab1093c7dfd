package dev.retort.learn;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript archive of one module without parameters: methods given as source text. It is how operators that
 * DJL does not bind are reached.
 *
 * <p>An archive is a zip of stored (not deflated) entries: the module's state as a pickle of protocol 2, its source,
 * its constants as another pickle, and the format version.
 */
final class TorchScriptArchive {

  private static final byte[] STATE =
      pickle("\u0080\u0002c__torch__\nOps\n)\u0081}X\u0008\0\0\0training\u0089sb.");
  private static final byte[] NO_CONSTANTS = pickle("\u0080\u0002).");
  private static final long FIRST_ZIP_DAY = 315532800000L;

  private final StringBuilder source = new StringBuilder(
      "class Ops(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n");

  /**
   * Adds a method. Beware: the compiler drops an in-place operator whose list argument is built inside the method and
   * not used after it; take lists as parameters.
   *
   * @param signature such as {@code forward(self: __torch__.Ops, x: Tensor) -> Tensor}
   * @param body statements in TorchScript's own serialised form, one a line
   */
  TorchScriptArchive method(String signature, String... body) {
    source.append("  def ").append(signature).append(":\n");
    for (String line : body) {
      source.append("    ").append(line).append('\n');
    }
    return this;
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "ops/data.pkl", STATE);
      put(zip, "ops/code/__torch__.py", source.toString().getBytes(StandardCharsets.UTF_8));
      put(zip, "ops/constants.pkl", NO_CONSTANTS);
      put(zip, "ops/version", "3\n".getBytes(StandardCharsets.US_ASCII));
      put(zip, "ops/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static byte[] pickle(String opcodes) {
    return opcodes.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTime(FIRST_ZIP_DAY);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
