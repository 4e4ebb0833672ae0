package io.overlaybd.tools.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether a daemon that is started as this was may do what it has to. */
record PrivilegesCheck(Machine machine) implements Check {

    private static final String SETS = "CapEff:";

    private enum Capability {
        SYS_ADMIN(21, Finding.Level.FAIL, "disks cannot be made or served"),
        NET_ADMIN(12, Finding.Level.FAIL, "the kernel tells of no devices"),
        IPC_LOCK(14, Finding.Level.WARN, "the daemon cannot keep itself in memory"),
        SYS_RESOURCE(24, Finding.Level.WARN, "the daemon cannot be kept out of memory reclaim");

        private final int bit;
        private final Finding.Level level;
        private final String without;

        Capability(int bit, Finding.Level level, String without) {
            this.bit = bit;
            this.level = level;
            this.without = without;
        }
    }

    @Override
    public String subject() {
        return "privileges";
    }

    @Override
    public List<Finding> look() throws IOException {
        long effective = machine.lines("proc/self/status").stream()
                .filter(line -> line.startsWith(SETS))
                .map(line ->
                        Long.parseUnsignedLong(line.substring(SETS.length()).strip(), 16))
                .findFirst()
                .orElse(0L);
        Map<Capability, String> missing = new LinkedHashMap<>();
        for (Capability capability : Capability.values()) {
            if ((effective >>> capability.bit & 1) == 0) {
                missing.put(capability, capability.without);
            }
        }
        List<Finding> findings = new ArrayList<>();
        missing.forEach((capability, without) -> findings.add(new Finding(
                capability.level,
                subject(),
                "CAP_" + capability + " is missing: " + without,
                "run this and the daemon as root; in a container or unit, grant CAP_" + capability)));
        return missing.isEmpty() ? List.of(Finding.ok(subject(), "all that the daemon needs")) : findings;
    }
}
