package io.overlaybd.io.metrics;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one device does. Its frontend tells of every operation: of one that was served at once after it is answered, several with one
 * call, since only counters change; of one that may have to wait when it {@linkplain #begin begins}, so that what hangs is seen.
 * Thread-safe.
 */
public final class DeviceMeter {

    /** Kinds of operations. */
    public enum Kind {
        READ,
        WRITE,
        /** Flushes, discards and what only asks. */
        OTHER;

        /** The name in metrics and answers. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Map<Kind, Histogram> latencies = new EnumMap<>(Kind.class);
    private final Map<Kind, LongAdder> bytes = new EnumMap<>(Kind.class);
    private final Map<Kind, LongAdder> failures = new EnumMap<>(Kind.class);
    private final LongAdder inlineReads = new LongAdder();
    private final LongAdder remoteReads = new LongAdder();
    private final LongAdder[] stages = new LongAdder[Stage.values().length];
    private final Set<PendingIo> pending = ConcurrentHashMap.newKeySet();
    private final RecentReads recent = new RecentReads();

    /** A meter of a device that did nothing yet. */
    public DeviceMeter() {
        for (Kind kind : Kind.values()) {
            latencies.put(kind, new Histogram());
            bytes.put(kind, new LongAdder());
            failures.put(kind, new LongAdder());
        }
        for (int i = 0; i < stages.length; i++) {
            stages[i] = new LongAdder();
        }
    }

    /**
     * Reads that were served at once.
     *
     * @param readBytes of all together
     * @param eachNanos from the moment they were taken up until they were answered
     */
    public void servedAtOnce(int reads, long readBytes, long eachNanos) {
        latencies.get(Kind.READ).record(eachNanos, reads);
        bytes.get(Kind.READ).add(readBytes);
        inlineReads.add(reads);
    }

    /** An operation that may have to wait; whoever begins it ends or abandons it. */
    public PendingIo begin(Kind kind, long takenUpNanos) {
        PendingIo io = new PendingIo(this, kind, takenUpNanos);
        pending.add(io);
        return io;
    }

    void abandoned(PendingIo io) {
        pending.remove(io);
    }

    void ended(PendingIo io, StageTimes times, long movedBytes, boolean failed, long nanos) {
        pending.remove(io);
        latencies.get(io.kind()).record(nanos);
        bytes.get(io.kind()).add(movedBytes);
        if (failed) {
            failures.get(io.kind()).increment();
        }
        if (io.kind() == Kind.READ) {
            account(times, nanos);
        }
    }

    private void account(StageTimes times, long nanos) {
        boolean remote = false;
        for (Stage stage : Stage.values()) {
            stages[stage.ordinal()].add(times.nanos(stage));
            remote |= stage.isRemote() && times.nanos(stage) > 0;
        }
        if (remote) {
            remoteReads.increment();
        }
        recent.add(times, nanos);
    }

    /** From when an operation of a kind was taken up until it was answered. */
    public HistogramSnapshot latencies(Kind kind) {
        return latencies.get(kind).snapshot();
    }

    /** Bytes that operations of a kind moved. */
    public long bytes(Kind kind) {
        return bytes.get(kind).sum();
    }

    /** Operations of a kind that were answered with an error, though they waited for their turn. */
    public long failures(Kind kind) {
        return failures.get(kind).sum();
    }

    /** Reads that were served at once. */
    public long inlineReads() {
        return inlineReads.sum();
    }

    /** Reads that had to wait for a registry. */
    public long remoteReads() {
        return remoteReads.sum();
    }

    /** What went into a stage in all reads that were not served at once, in nanoseconds. */
    public long stageNanos(Stage stage) {
        return stages[stage.ordinal()].sum();
    }

    /** What is under way now, other than what is served at once. */
    public Collection<PendingIo> pending() {
        return Set.copyOf(pending);
    }

    /** The last reads that were not served at once. */
    public RecentReads recent() {
        return recent;
    }
}
