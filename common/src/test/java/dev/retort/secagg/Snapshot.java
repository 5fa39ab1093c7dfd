package dev.retort.secagg;

import dev.retort.merkle.Digest;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A state machine that can be branched: whole copies of it, and a 64-bit fingerprint of all that it holds. Two states with
 * one fingerprint are taken for the same; for a million states that errs with a probability below 1e-7.
 */
final class Snapshot<T> {

  private static final Map<Class<?>, List<Field>> FIELDS = new HashMap<>();

  /** By identity, of what never changes and is shared by all copies. */
  private static final IdentityHashMap<Object, Long> IMMUTABLE = new IdentityHashMap<>();

  private final T machine;
  private final long fingerprint;

  private Snapshot(T machine) {
    this.machine = machine;
    this.fingerprint = new Fingerprint().of(machine);
  }

  /** A snapshot of a machine that is not used any more by anybody else. */
  static <T> Snapshot<T> of(T machine) {
    return new Snapshot<>(machine);
  }

  /** Drops what searches remembered of immutable parts. */
  static void forget() {
    IMMUTABLE.clear();
  }

  long fingerprint() {
    return fingerprint;
  }

  /** A machine in the same state that shares nothing with this one that can change. */
  @SuppressWarnings("unchecked") // A copy has its original's class.
  T branch() {
    return (T) Objects.requireNonNull(new Copy().of(machine));
  }

  /** To be looked at only. */
  T look() {
    return machine;
  }

  private static boolean isImmutable(Object object) {
    return object instanceof String
        || object instanceof Number
        || object instanceof Boolean
        || object instanceof Enum
        || object instanceof Octets
        || object instanceof Digest
        || object instanceof Signed
        || object instanceof VerifyingKey
        || object instanceof UnsafeIdentity
        || object instanceof NodeSet
        || object instanceof InstantSource;
  }

  private static List<Field> fields(Class<?> type) {
    return FIELDS.computeIfAbsent(type, t -> {
      if (!t.getName().startsWith("dev.retort.secagg.")) {
        throw new IllegalStateException("snapshots must know how to copy " + t);
      }
      List<Field> fields = new ArrayList<>();
      for (Class<?> c = t; c != null && c != Object.class; c = c.getSuperclass()) {
        for (Field field : c.getDeclaredFields()) {
          if (!Modifier.isStatic(field.getModifiers())) {
            field.setAccessible(true);
            fields.add(field);
          }
        }
      }
      return fields;
    });
  }

  private static final class Copy {

    private final IdentityHashMap<Object, Object> made = new IdentityHashMap<>();

    @Nullable
    Object of(@Nullable Object original) {
      if (original == null || isImmutable(original)) {
        return original;
      }
      Object before = made.get(original);
      if (before != null) {
        return before;
      }
      Object copy = make(original);
      made.put(original, copy);
      return copy;
    }

    private Object make(Object original) {
      if (original instanceof List<?> list) {
        return list(list);
      } else if (original instanceof Set<?> set) {
        Set<@Nullable Object> copy = new HashSet<>();
        set.forEach(item -> copy.add(of(item)));
        return copy;
      } else if (original instanceof Map<?, ?> map) {
        Map<@Nullable Object, @Nullable Object> copy =
            original instanceof TreeMap ? new TreeMap<>() : new HashMap<>();
        map.forEach((key, value) -> copy.put(of(key), of(value)));
        return copy;
      } else if (original instanceof BitSet bits) {
        return bits.clone();
      } else if (original.getClass().isArray()) {
        return array(original);
      }
      try {
        return original instanceof Record record ? record(record) : object(original);
      } catch (IllegalAccessException | InstantiationException | NoSuchMethodException e) {
        throw new IllegalStateException(e);
      } catch (InvocationTargetException e) {
        throw new IllegalStateException(e.getCause());
      }
    }

    private Object list(List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      boolean same = true;
      for (Object item : list) {
        Object copied = of(item);
        same &= copied == item;
        copy.add(copied);
      }
      // A list that cannot change is its own copy, and so stays equal in the fastest way.
      return same && !(list instanceof ArrayList) ? list : copy;
    }

    private Object array(Object array) {
      int length = Array.getLength(array);
      Object copy = Array.newInstance(array.getClass().getComponentType(), length);
      if (array.getClass().getComponentType().isPrimitive()) {
        System.arraycopy(array, 0, copy, 0, length);
      } else {
        for (int i = 0; i < length; i++) {
          Array.set(copy, i, of(Array.get(array, i)));
        }
      }
      return copy;
    }

    private Object record(Record record)
        throws IllegalAccessException, InvocationTargetException, NoSuchMethodException,
            InstantiationException {
      RecordComponent[] components = record.getClass().getRecordComponents();
      @Nullable Object[] values = new @Nullable Object[components.length];
      Class<?>[] types = new Class<?>[components.length];
      boolean same = true;
      for (int i = 0; i < components.length; i++) {
        components[i].getAccessor().setAccessible(true);
        Object value = components[i].getAccessor().invoke(record);
        values[i] = of(value);
        types[i] = components[i].getType();
        same &= values[i] == value;
      }
      if (same) {
        return record;
      }
      Constructor<?> constructor = record.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    }

    private Object object(Object original)
        throws IllegalAccessException, InvocationTargetException, NoSuchMethodException,
            InstantiationException {
      List<Field> fields = fields(original.getClass());
      Object copy = unconstructed(original.getClass());
      made.put(original, copy);
      for (Field field : fields) {
        field.set(copy, of(field.get(original)));
      }
      return copy;
    }
  }

  /** An object whose constructor did not run: the platform's way for serialisation, which only reflection may call. */
  private static Object unconstructed(Class<?> type)
      throws IllegalAccessException, InvocationTargetException, NoSuchMethodException,
          InstantiationException {
    try {
      Class<?> factory = Class.forName("sun.reflect.ReflectionFactory");
      Object shared = factory.getMethod("getReflectionFactory").invoke(null);
      Constructor<?> constructor = (Constructor<?>) factory
          .getMethod("newConstructorForSerialization", Class.class, Constructor.class)
          .invoke(shared, type, Object.class.getDeclaredConstructor());
      return constructor.newInstance();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Fingerprint {

    private final IdentityHashMap<Object, Long> known = new IdentityHashMap<>();

    long of(@Nullable Object object) {
      if (object == null) {
        return 11;
      }
      Map<Object, Long> made =
          object instanceof Octets || object instanceof Signed ? IMMUTABLE : known;
      Long before = made.get(object);
      if (before != null) {
        return before;
      }
      long fingerprint = make(object);
      made.put(object, fingerprint);
      return fingerprint;
    }

    private long make(Object object) {
      if (object instanceof Octets octets) {
        return bytes(octets.view());
      } else if (object instanceof Signed signed) {
        return mix(bytes(signed.signature().view()), bytes(signed.body().view()));
      } else if (object instanceof VerifyingKey key) {
        return bytes(key.raw().view());
      } else if (object instanceof UnsafeIdentity identity) {
        return identity.name().hashCode();
      } else if (object instanceof InstantSource) {
        return 13;
      } else if (object instanceof Enum<?> constant) {
        return constant.name().hashCode();
      } else if (isImmutable(object)) {
        return mix(17, object.hashCode());
      } else if (object instanceof List<?> list) {
        long hash = 19;
        for (Object item : list) {
          hash = mix(hash, of(item));
        }
        return hash;
      } else if (object instanceof Set<?> set) {
        return set.stream().mapToLong(item -> mix(23, of(item))).sum();
      } else if (object instanceof Map<?, ?> map) {
        return map.entrySet().stream()
            .mapToLong(entry -> mix(of(entry.getKey()), of(entry.getValue())))
            .sum();
      } else if (object instanceof BitSet bits) {
        return mix(29, bits.hashCode());
      } else if (object instanceof byte[] array) {
        return bytes(array);
      } else if (object instanceof int[] array) {
        return mix(31, Arrays.hashCode(array));
      } else if (object instanceof Object[] array) {
        return of(Arrays.asList(array));
      }
      long hash = object.getClass().getName().hashCode();
      try {
        for (Field field : fields(object.getClass())) {
          hash = mix(hash, of(field.get(object)));
        }
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
      return hash;
    }
  }

  static long bytes(byte[] bytes) {
    long hash = bytes.length;
    for (byte b : bytes) {
      hash = hash * 0x100000001b3L ^ (b & 0xff);
    }
    return mix(hash, 37);
  }

  static long mix(long a, long b) {
    long z = (a ^ Long.rotateLeft(b, 32) * 0x9e3779b97f4a7c15L) + b;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
