package io.overlaybd.service.prefetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at a trace's file to see what is to be done. */
final class TraceChoice {

    private TraceChoice() {}

    static ImageTrace of(String image, Path file, boolean mayRecord, int concurrency, PrefetchCounters counters)
            throws IOException {
        if (Files.size(file) == 0) {
            return mayRecord ? TraceRecording.start(image, new TraceFiles(file)) : ImageTrace.NONE;
        }
        if (Trace.hasMagic(head(file))) {
            Trace trace = Trace.read(file);
            return new TraceReplay(image, lowers -> trace.reads(), concurrency, counters);
        }
        FileList list = FileList.read(file);
        return new TraceReplay(image, lowers -> list.reads(image, lowers), concurrency, counters);
    }

    private static ByteBuffer head(Path file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file)) {
            return ByteBuffer.wrap(bytes.readNBytes(Integer.BYTES));
        }
    }
}
