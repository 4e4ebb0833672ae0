package io.overlaybd.core;

import java.util.TreeSet;

/**
 * The end of a file that many threads append to at once: each takes its place, writes there, and says that it has. Guarded by
 * its owner.
 */
final class AppendSpace {

    private final TreeSet<Long> underWay = new TreeSet<>();
    private long endBytes;
    private long writtenEndBytes;

    AppendSpace(long endBytes) {
        this.endBytes = endBytes;
        this.writtenEndBytes = endBytes;
    }

    /** A place for so many bytes. */
    long take(int lengthBytes) {
        long at = endBytes;
        endBytes += lengthBytes;
        underWay.add(at);
        return at;
    }

    /** The place was not filled. It stays, as garbage, if others have gone on behind it. */
    void giveBack(long at, int lengthBytes) {
        underWay.remove(at);
        if (endBytes == at + lengthBytes) {
            endBytes = at;
        }
    }

    /** The place was filled, and told of. */
    void filled(long at, int lengthBytes) {
        underWay.remove(at);
        writtenEndBytes = Math.max(writtenEndBytes, at + lengthBytes);
    }

    /** The end of all that was ever taken. */
    long endBytes() {
        return endBytes;
    }

    /** The end of what was really written: the file is at least so long. */
    long writtenEndBytes() {
        return writtenEndBytes;
    }

    /** What lies before this was told of, or never will be. */
    long settledEndBytes() {
        return underWay.isEmpty() ? endBytes : underWay.first();
    }
}
