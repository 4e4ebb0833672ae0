package io.overlaybd.core;

import io.overlaybd.io.BlockDevice.ExtentKind;
import io.overlaybd.io.BlockDevice.ExtentVisitor;

/** Cuts extents to a range and joins neighbours of one kind on their way to a visitor. Thread-confined; all in bytes. */
final class ExtentJoiner {

    private final long end;
    private final ExtentVisitor visitor;
    private long start;
    private long at;
    private ExtentKind kind;
    private boolean wantsMore;

    ExtentJoiner(long start, long end, ExtentVisitor visitor) {
        this.start = start;
        this.at = start;
        this.end = end;
        this.visitor = visitor;
        this.wantsMore = start < end;
    }

    /** Whether the end of the range is not reached and the visitor has not had enough. */
    boolean wantsMore() {
        return wantsMore;
    }

    /** Everything from the last call's end up to {@code to}, if that is beyond it, is of this kind. */
    void extend(long to, ExtentKind next) {
        long stop = Math.min(to, end);
        if (!wantsMore || stop <= at) {
            return;
        }
        if (kind != next) {
            deliver();
            kind = next;
        }
        at = stop;
        if (at == end) {
            deliver();
            wantsMore = false;
        }
    }

    private void deliver() {
        if (wantsMore && at > start) {
            wantsMore = visitor.visit(start, at - start, kind);
            start = at;
        }
    }
}
