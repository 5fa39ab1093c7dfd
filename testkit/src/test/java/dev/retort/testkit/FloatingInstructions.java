package dev.retort.testkit;

import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassReader;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.MethodVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the instructions of a class file that compute with floats or doubles. */
final class FloatingInstructions {

  private static final Set<Integer> FLOATING = Set.of(
      Opcodes.FCONST_0,
      Opcodes.FCONST_1,
      Opcodes.FCONST_2,
      Opcodes.DCONST_0,
      Opcodes.DCONST_1,
      Opcodes.FLOAD,
      Opcodes.DLOAD,
      Opcodes.FALOAD,
      Opcodes.DALOAD,
      Opcodes.FSTORE,
      Opcodes.DSTORE,
      Opcodes.FASTORE,
      Opcodes.DASTORE,
      Opcodes.FADD,
      Opcodes.DADD,
      Opcodes.FSUB,
      Opcodes.DSUB,
      Opcodes.FMUL,
      Opcodes.DMUL,
      Opcodes.FDIV,
      Opcodes.DDIV,
      Opcodes.FREM,
      Opcodes.DREM,
      Opcodes.FNEG,
      Opcodes.DNEG,
      Opcodes.I2F,
      Opcodes.I2D,
      Opcodes.L2F,
      Opcodes.L2D,
      Opcodes.F2I,
      Opcodes.F2L,
      Opcodes.F2D,
      Opcodes.D2I,
      Opcodes.D2L,
      Opcodes.D2F,
      Opcodes.FCMPL,
      Opcodes.FCMPG,
      Opcodes.DCMPL,
      Opcodes.DCMPG,
      Opcodes.FRETURN,
      Opcodes.DRETURN);

  private FloatingInstructions() {}

  /** One line an instruction. */
  static List<String> in(String name, byte[] classFile) {
    List<String> found = new ArrayList<>();
    new ClassReader(classFile)
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public MethodVisitor visitMethod(
                  int access,
                  String method,
                  String descriptor,
                  @Nullable String signature,
                  String @Nullable [] exceptions) {
                return new Finder(name + "." + method, found);
              }
            },
            0);
    return found;
  }

  private static final class Finder extends MethodVisitor {

    private final String method;
    private final List<String> found;

    Finder(String method, List<String> found) {
      super(Opcodes.ASM9);
      this.method = method;
      this.found = found;
    }

    @Override
    public void visitInsn(int opcode) {
      add(FLOATING.contains(opcode), "opcode " + opcode);
    }

    @Override
    public void visitVarInsn(int opcode, int local) {
      add(FLOATING.contains(opcode), "opcode " + opcode);
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
      add(
          opcode == Opcodes.NEWARRAY && (operand == Opcodes.T_FLOAT || operand == Opcodes.T_DOUBLE),
          "NEWARRAY");
    }

    @Override
    public void visitLdcInsn(Object value) {
      add(value instanceof Float || value instanceof Double, "LDC " + value);
    }

    private void add(boolean floating, String instruction) {
      if (floating) {
        found.add(method + ": " + instruction);
      }
    }
  }
}
