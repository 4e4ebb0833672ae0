package io.overlaybd.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the kernel counts as memory of this process, see proc_pid_smaps(5). */
public final class ResidentMemory {

    private static final int KIB = 1024;

    private ResidentMemory() {}

    /**
     * Bytes that are counted of the one mapping of this length, which ought to be one that no other has.
     *
     * @param lengthBytes a multiple of 1024
     * @throws AssertionError if there is no such mapping, or more than one
     */
    public static long ofMapping(long lengthBytes) throws IOException {
        String size = "Size: +" + lengthBytes / KIB + " kB";
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        long resident = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).matches(size)) {
                if (resident >= 0) {
                    throw new AssertionError("more than one mapping of " + lengthBytes + " bytes");
                }
                resident = resident(lines.subList(i, lines.size()));
            }
        }
        if (resident < 0) {
            throw new AssertionError("no mapping of " + lengthBytes + " bytes");
        }
        return resident;
    }

    private static long resident(List<String> facts) {
        String line = facts.stream()
                .filter(fact -> fact.startsWith("Rss:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB;
    }
}
