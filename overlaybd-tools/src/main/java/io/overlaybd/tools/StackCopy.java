package io.overlaybd.tools;

import io.overlaybd.core.CommitOptions;
import io.overlaybd.core.Committer;
import io.overlaybd.core.LayerStack;
import io.overlaybd.core.index.MergedIndex;
import io.overlaybd.core.index.TooManySegmentsException;
import io.overlaybd.io.BlobSink;
import io.overlaybd.io.BlockDevice;
import java.io.IOException;
import java.nio.file.Path;

/** Copies a stack, or a single layer, into one finished layer in a file of its own. Thread-confined. */
final class StackCopy {

    private StackCopy() {}

    /** Creates the file; the stack stays open. {@code label} is what the progress is called. */
    static void copy(
            String label, LayerStack stack, Path output, boolean replace, LayerFormat format, CommitOptions options)
            throws IOException {
        try (Target file = Target.create(output, replace);
                BlobSink sink = format.around(file.sink());
                Progress progress = Progress.start(label, storedBytes(stack.index()))) {
            Committer.commit(stack, new WatchedSink(sink, progress), options);
        } catch (TooManySegmentsException e) {
            throw new IOException(
                    output + ": the data lies in more than " + e.limit() + " pieces, more than a layer can hold;"
                            + " export the device and import it with a --min-hole of 16K or more",
                    e);
        }
    }

    private static long storedBytes(MergedIndex index) {
        long sectors = 0;
        for (int i = 0; i < index.size(); i++) {
            sectors += index.isZeroed(i) ? 0 : index.lengthSectors(i);
        }
        return sectors * BlockDevice.SECTOR_BYTES;
    }
}
