package dev.retort.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on loopback that can cut, stall and corrupt what passes through it. A fault strikes once, at a byte of one
 * direction counted over all connections since the proxy was opened, so that tests need no clock. Safe for use by several
 * threads.
 */
public final class FaultProxy implements AutoCloseable {

  private static final int PIECE_BYTES = 8 << 10;

  /** A way through the proxy. */
  public enum Direction {
    /** From those who dial to the one who listens. */
    UP,
    /** From the one who listens to those who dial. */
    DOWN
  }

  private enum Kind {
    CUT,
    STALL,
    CORRUPT
  }

  private record Fault(Kind kind, Direction direction, long atByte) {}

  private final ServerSocket listener;
  private final int target;
  private final Object lock = new Object();
  private final List<Socket> open = new ArrayList<>();
  private final Map<Direction, Long> passed = new EnumMap<>(Direction.class);
  private @Nullable Fault fault;
  private @Nullable Direction stalled;
  private int connections;
  private int struck;
  private boolean closed;

  private FaultProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /** Opens a proxy on a free port that forwards to {@code target} on loopback. */
  public static FaultProxy to(int target) throws IOException {
    FaultProxy proxy =
        new FaultProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    start(proxy::accept, "fault-proxy");
    return proxy;
  }

  /** The port it listens on. */
  public int port() {
    return listener.getLocalPort();
  }

  /** The bytes that have passed so far, those corrupted included. */
  public long bytes(Direction direction) {
    synchronized (lock) {
      return passed.getOrDefault(direction, 0L);
    }
  }

  /** The connections accepted so far. */
  public int connections() {
    synchronized (lock) {
      return connections;
    }
  }

  /** How many faults have struck so far. */
  public int struck() {
    synchronized (lock) {
      return struck;
    }
  }

  /** Cuts every connection when {@code bytes} more have passed; later ones pass untouched. */
  public void cutAfter(Direction direction, long bytes) {
    plan(Kind.CUT, direction, bytes);
  }

  /** Holds everything back in one direction once {@code bytes} more have passed, until {@link #resume}. */
  public void stallAfter(Direction direction, long bytes) {
    plan(Kind.STALL, direction, bytes);
  }

  /** Turns over the bits of one byte once {@code bytes} more have passed. */
  public void corruptAfter(Direction direction, long bytes) {
    plan(Kind.CORRUPT, direction, bytes);
  }

  /** Lets a stalled direction pass again. */
  public void resume() {
    synchronized (lock) {
      stalled = null;
      lock.notifyAll();
    }
  }

  private void plan(Kind kind, Direction direction, long bytes) {
    synchronized (lock) {
      fault = new Fault(kind, direction, bytes(direction) + bytes);
    }
  }

  private void accept() {
    while (true) {
      try {
        Socket near = listener.accept();
        Socket far = new Socket();
        if (!keep(near, far)) {
          return;
        }
        far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        start(() -> pump(near, far, Direction.UP), "fault-proxy-up");
        start(() -> pump(far, near, Direction.DOWN), "fault-proxy-down");
      } catch (IOException e) {
        // Nobody listens behind the proxy, or the proxy is closed.
        cut();
        synchronized (lock) {
          if (closed) {
            return;
          }
        }
      }
    }
  }

  private boolean keep(Socket near, Socket far) {
    synchronized (lock) {
      open.add(near);
      open.add(far);
      connections++;
      if (closed) {
        cut();
      }
      return !closed;
    }
  }

  private void pump(Socket from, Socket to, Direction direction) {
    byte[] piece = new byte[PIECE_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        if (!admit(direction, piece, length)) {
          return;
        }
        out.write(piece, 0, length);
      }
    } catch (IOException | InterruptedException e) {
      // One end is gone; closing both tells the other.
    }
  }

  /** Lets a piece pass, or a fault strike; false if the connection is to end. */
  private boolean admit(Direction direction, byte[] piece, int length) throws InterruptedException {
    synchronized (lock) {
      Fault next = fault;
      long before = bytes(direction);
      if (next != null && next.direction() == direction && before + length > next.atByte()) {
        fault = null;
        struck++;
        switch (next.kind()) {
          case CUT -> {
            cut();
            return false;
          }
          case STALL -> stalled = direction;
          case CORRUPT -> {
            int at = (int) Math.max(0, next.atByte() - before);
            piece[at] = (byte) ~piece[at];
          }
        }
      }
      while (stalled == direction && !closed) {
        lock.wait();
      }
      passed.merge(direction, (long) length, Long::sum);
      return !closed;
    }
  }

  /** Ends every open connection; new ones are accepted. */
  public void cut() {
    synchronized (lock) {
      for (Socket socket : open) {
        try {
          socket.close();
        } catch (IOException e) {
          // Then it is as good as closed.
        }
      }
      open.clear();
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    listener.close();
    cut();
  }

  private static void start(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
