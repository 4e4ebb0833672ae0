package io.overlaybd.tools.doctor;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** How much the daemon may have, if it runs, else how much this process may. */
record LimitsCheck(Machine machine, String process) implements Check {

    private static final long FEW_FILES = 16_384;
    private static final long MEMORY_BYTES = 1L << 30;

    @Override
    public String subject() {
        return "limits";
    }

    @Override
    public List<Finding> look() throws IOException {
        String whose = process.equals("self") ? "this shell" : "the daemon";
        return List.of(files(whose), memory(whose));
    }

    /** Each disk takes some descriptors, each layer of it one, and each blob in the cache two. */
    private Finding files(String whose) throws IOException {
        long files = soft("Max open files");
        String found = whose + " may open " + words(files) + " files";
        return files < 0 || files >= FEW_FILES
                ? Finding.ok("open files", found)
                : Finding.warn(
                        "open files",
                        found + ", which is few for disks of many layers",
                        "LimitNOFILE=1048576 in the unit of overlaybd-tcmu, or ulimit -n 1048576 before it is started");
    }

    /** What has CAP_IPC_LOCK is not limited. */
    private Finding memory(String whose) throws IOException {
        long bytes = soft("Max locked memory");
        boolean privileged = hasIpcLock();
        String found =
                whose + " may lock " + (privileged ? "all" : words(bytes) + (bytes < 0 ? "" : " bytes of")) + " memory";
        return privileged || bytes < 0 || bytes >= MEMORY_BYTES
                ? Finding.ok("locked memory", found)
                : Finding.warn(
                        "locked memory",
                        found + ": it may be swapped out to a disk that it serves",
                        "LimitMEMLOCK=infinity in the unit, or start it with CAP_IPC_LOCK");
    }

    private boolean hasIpcLock() throws IOException {
        Optional<String> set = machine.lines("proc/" + process + "/status").stream()
                .filter(line -> line.startsWith("CapEff:"))
                .findFirst();
        return set.isPresent() && (Long.parseUnsignedLong(set.get().substring(7).strip(), 16) >>> 14 & 1) == 1;
    }

    /** -1 is no limit. */
    private long soft(String name) throws IOException {
        return machine.lines("proc/" + process + "/limits").stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split(" +")[0])
                .map(value -> value.equals("unlimited") ? -1 : Long.parseLong(value))
                .findFirst()
                .orElseThrow(() -> new IOException("proc/" + process + "/limits: no " + name));
    }

    private static String words(long limit) {
        return limit < 0 ? "any number of" : Long.toString(limit);
    }
}
