package io.overlaybd.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares the process's open files before and after, by what they point to. Linux. Thread-confined. */
public final class LeakGuard {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final Path below;

    /** Watches files at or below a folder; what the VM and the test runner open elsewhere does not count. */
    public LeakGuard(Path below) {
        this.below = below.toAbsolutePath();
    }

    /** The watched files that are open now. */
    public Set<String> open() {
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            List<Path> all = descriptors.toList();
            return all.stream()
                    .map(LeakGuard::target)
                    .filter(target -> target.startsWith(below.toString()))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    /** Fails if a watched file is open. */
    public void assertNoneOpen() {
        Set<String> open = open();
        if (!open.isEmpty()) {
            throw new AssertionError("left open: " + open);
        }
    }
}
